package selling

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
	"cosell/internal/rule"
)

func TestReviewTable(t *testing.T) {
	parties := []reviewParty{byPartner, byReviewer, byPlay, bySender}
	t.Run("AnActionLeadsToOneStatus", func(t *testing.T) {
		type cause struct {
			from   api.ReviewStatus
			action reviewAction
		}
		seen := map[cause]bool{}
		for _, step := range reviewSteps {
			if c := (cause{step.from, step.action}); seen[c] {
				t.Errorf("%s in %s stands there twice", c.action, c.from)
			} else {
				seen[c] = true
			}
			if step.by == 0 {
				t.Errorf("nobody takes %v", step)
			}
		}
	})
	t.Run("WhoActsFindsNoOthersSteps", func(t *testing.T) {
		for _, step := range reviewSteps {
			for _, by := range parties {
				found, ok := nextStep(step.from, step.action, by)
				if ok != (step.by&by != 0) || ok && found != step {
					t.Errorf("%v by %d: %v, %t", step, by, found, ok)
				}
			}
		}
	})
	t.Run("EveryStatusCanBeReached", func(t *testing.T) {
		reached := map[api.ReviewStatus]bool{api.ReviewStatusPendingSubmission: true}
		for range reviewSteps {
			for _, step := range reviewSteps {
				reached[step.to] = reached[step.to] || reached[step.from] && step.by&^byPlay != 0
			}
		}
		for _, status := range api.ReviewStatus("").Values() {
			if !reached[status] {
				t.Errorf("%s is out of reach", status)
			}
		}
	})
	t.Run("VerdictsAreFinal", func(t *testing.T) {
		for _, step := range reviewSteps {
			if step.from == api.ReviewStatusRejected || step.from == api.ReviewStatusApproved && step.to != step.from {
				t.Errorf("there is a way out: %v", step)
			}
		}
	})
	t.Run("APlayerCannotSubmitOrReview", func(t *testing.T) {
		for _, step := range reviewSteps {
			if step.by&byPlay != 0 && (step.to == api.ReviewStatusSubmitted || step.to == api.ReviewStatusInReview) {
				t.Errorf("%v", step)
			}
		}
	})
	t.Run("WhatCanBeEditedIsInTheLockTable", func(t *testing.T) {
		for _, status := range api.ReviewStatus("").Values() {
			_, edits := nextStep(status, actionEdit, byPartner)
			echo := rule.Edit{Before: new(rule.Content), After: new(rule.Content), Status: status}
			if open := echo.Locked() == nil; open != edits {
				t.Errorf("%s: open %t, can be edited %t", status, open, edits)
			}
		}
	})
}

// The page for readers is the table; UPDATE_DOCS=1 writes it.
func TestTheReviewPageIsTheTable(t *testing.T) {
	page := filepath.Join("..", "..", "docs", "behavior", "review.md")
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(got), tableBegins)
	_, after, ends := strings.Cut(rest, tableEnds)
	if !found || !ends {
		t.Fatalf("%s has no place for the table", page)
	}
	want := before + tableBegins + reviewTable() + tableEnds + after
	if os.Getenv("UPDATE_DOCS") != "" {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("run UPDATE_DOCS=1 go test ./internal/selling/ (-table +page):\n%s", diff)
	}
}

// What the table stands between.
const (
	tableBegins = "<!-- The table is written by UPDATE_DOCS=1 go test ./internal/selling/ out of internal/selling/review.go. -->\n"
	tableEnds   = "<!-- End of the table. -->\n"
)

func reviewTable() string {
	var b strings.Builder
	b.WriteString("\n| From | Action | To | By |\n|---|---|---|---|\n")
	for _, step := range reviewSteps {
		var by []string
		for _, who := range []struct {
			party reviewParty
			name  string
		}{{byPartner, "partner"}, {byReviewer, "AWS"}, {byPlay, "partner, in Sandbox"}, {bySender, "AWS, with the sender's opportunity"}} {
			if step.by&who.party != 0 {
				by = append(by, who.name)
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", step.from, step.action, step.to, strings.Join(by, "; "))
	}
	b.WriteString("\n")
	return b.String()
}

func TestPolicyRules(t *testing.T) {
	entry := func(target, amount string) api.ExpectedCustomerSpend {
		return api.ExpectedCustomerSpend{Amount: &amount, CurrencyCode: new(api.CurrencyCodeUSD), TargetCompany: &target}
	}
	usd := func(amounts ...string) []api.ExpectedCustomerSpend {
		var all []api.ExpectedCustomerSpend
		for _, amount := range amounts {
			all = append(all, entry(rule.TargetAWS, amount))
		}
		return all
	}
	for _, c := range []struct {
		name  string
		rule  ReviewRule
		spend []api.ExpectedCustomerSpend
		fits  bool
	}{
		{"no condition", ReviewRule{}, usd("1"), true},
		{"up to the amount", ReviewRule{MaxAmount: "100", Currency: "USD"}, usd("100.00"), true},
		{"above the amount", ReviewRule{MaxAmount: "100", Currency: "USD"}, usd("100.01"), false},
		{"the sum counts", ReviewRule{MaxAmount: "100", Currency: "USD"}, usd("60", "41"), false},
		{"the contract's value does not", ReviewRule{MaxAmount: "100", Currency: "USD"}, append(usd("60"), entry(rule.TargetSelf, "5000")), true},
		{"another currency", ReviewRule{MaxAmount: "100", Currency: "EUR"}, usd("1"), false},
		{"no spend", ReviewRule{MaxAmount: "100", Currency: "USD"}, nil, true},
		{"the industry", ReviewRule{Industries: []api.Industry{"Mining", "Financial Services"}}, nil, true},
		{"another industry", ReviewRule{Industries: []api.Industry{"Mining"}}, nil, false},
		{"the country", ReviewRule{Countries: []api.CountryCode{"US"}}, nil, true},
		{"another country", ReviewRule{Countries: []api.CountryCode{"DE"}}, nil, false},
		{"the involvement", ReviewRule{Involvement: []api.SalesInvolvementType{"Co-Sell"}}, nil, true},
		{"another involvement", ReviewRule{Involvement: []api.SalesInvolvementType{"For Visibility Only"}}, nil, false},
		{"all but one", ReviewRule{MaxAmount: "100", Currency: "USD", Countries: []api.CountryCode{"DE"}}, usd("1"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			content := &rule.Content{
				Customer: &api.Customer{Account: &api.Account{
					Industry: new(api.IndustryFinancialServices), Address: &api.Address{CountryCode: new(api.CountryCodeUS)},
				}},
				Project: &api.Project{ExpectedCustomerSpend: c.spend},
			}
			side := &awsRecord{InvolvementType: new(api.SalesInvolvementTypeCoSell)}
			if got := c.rule.fits(content, side); got != c.fits {
				t.Errorf("fits: %t", got)
			}
		})
	}
}

func FuzzMergePatch(f *testing.F) {
	// The cases of RFC 7396, appendix A, that are objects.
	for _, c := range [][2]string{
		{`{"a":"b"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`},
		{`{"a":["b"]}`, `{"a":"c"}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`},
		{`{"e":null}`, `{"a":1}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`},
	} {
		f.Add(c[0], c[1])
	}
	f.Fuzz(func(t *testing.T, target, patch string) {
		var before, change any
		if api.Unmarshal([]byte(target), &before) != nil || api.Unmarshal([]byte(patch), &change) != nil {
			return
		}
		once, err := api.Marshal(merged(before, change))
		if err != nil {
			t.Skip(err) // what has no JSON
		}
		var again, change2 any
		if err := api.Unmarshal(once, &again); err != nil {
			t.Fatal(err)
		}
		if err := api.Unmarshal([]byte(patch), &change2); err != nil {
			t.Fatal(err)
		}
		twice, err := api.Marshal(merged(again, change2))
		if err != nil || string(once) != string(twice) {
			t.Errorf("once %s, twice %s (%v)", once, twice, err)
		}
		if object, ok := change.(map[string]any); ok {
			nothing(t, object, merged(again, change2))
		}
	})
}

// nothing checks that what a patch clears is gone.
func nothing(t *testing.T, patch map[string]any, got any) {
	object, ok := got.(map[string]any)
	if !ok {
		t.Fatalf("an object patch made %v", got)
	}
	for name, v := range patch {
		if _, there := object[name]; v == nil && there {
			t.Errorf("%q is still there", name)
		}
		if nested, ok := v.(map[string]any); ok {
			nothing(t, nested, object[name])
		}
	}
}

func TestRejectionReasonFitsAnInvitation(t *testing.T) {
	for _, c := range []struct{ reason, want string }{
		{"Duplicate", "Duplicate"},
		{"two\nlines\tand\x7f", "two lines and "},
		{strings.Repeat("ä", 100), strings.Repeat("ä", 80)},
		{"\u0085\U0001F600", "  "},
	} {
		got := rejectionReason(&c.reason)
		in := api.RejectEngagementInvitationRequest{Catalog: new("AWS"), Identifier: new("engi-0000000000000"), RejectionReason: got}
		if *got != c.want || in.Check() != nil {
			t.Errorf("%q became %q: %v", c.reason, *got, rule.Refuse(in.Check()))
		}
	}
	if got := rejectionReason(new("")); got != nil {
		t.Errorf("nothing became %q", *got)
	}
	if !slices.Equal([]rune(*rejectionReason(new("a b"))), []rune("a b")) {
		t.Error("a blank is lost")
	}
}
