package selling_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cosell/internal/api"
)

// list is an operation that pages, and what a test reads of its answer: a text for
// each record, and the token.
type list[O any] struct {
	operation string
	show      func(*O) ([]string, *string)
}

// pages walks a list of Sandbox with pages of a size, 0 for the normal one.
func pages[O any](t testing.TB, h *harness, account string, l list[O], body string, size int) []string {
	t.Helper()
	all := []string{}
	token := ""
	for {
		members := []string{`"Catalog": "Sandbox"`}
		if size > 0 {
			members = append(members, fmt.Sprintf(`"MaxResults": %d`, size))
		}
		if token != "" {
			members = append(members, fmt.Sprintf(`"NextToken": %q`, token))
		}
		found, next := l.show(do[O](t, h, account, l.operation, merge(body, members...)))
		all = append(all, found...)
		if next == nil {
			return all
		}
		if len(found) != size {
			t.Fatalf("a page of %d that is not the last, want %d", len(found), size)
		}
		token = *next
	}
}

func TestListResourceSnapshots(t *testing.T) {
	h := newHarness(t)
	engagement, one := h.shared(t)
	two, bobs := *h.createOpportunity(t, alice).Id, *h.createOpportunity(t, bob).Id
	for range 3 {
		h.publish(t, alice, engagement, one, summaryView)
	}
	h.publish(t, alice, engagement, one, awsView)
	h.publish(t, alice, engagement, two, summaryView)
	h.publish(t, bob, engagement, bobs, summaryView)
	h.publish(t, bob, engagement, bobs, awsView)
	h.publish(t, alice, h.sandboxEngagement(t, alice), one, summaryView)
	names := strings.NewReplacer(one, "one", two, "two", bobs, "bobs", summaryView, "summary", awsView, "aws",
		"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/"+engagement+"/resource/Opportunity/", "")
	show := func(out *api.ListResourceSnapshotsResponse) (shown []string, next *string) {
		for _, s := range out.ResourceSnapshotSummaries {
			if !strings.Contains(*s.Arn, *s.ResourceId+"/template/"+*s.ResourceSnapshotTemplateName) || *s.ResourceType != "Opportunity" {
				t.Errorf("summary %s", encoded(t, s))
			}
			shown = append(shown, fmt.Sprintf("%s by %s, revision %d", names.Replace(*s.Arn), *s.CreatedBy, *s.Revision))
		}
		return shown, out.NextToken
	}
	snapshots := list[api.ListResourceSnapshotsResponse]{"ListResourceSnapshots", show}
	aliceAll := []string{
		"one/template/aws/snapshot/1 by 111122223333, revision 1",
		"one/template/summary/snapshot/3 by 111122223333, revision 3",
		"two/template/summary/snapshot/1 by 111122223333, revision 1",
		"bobs/template/summary/snapshot/1 by 444455556666, revision 1",
	}
	bobAll := []string{aliceAll[1], aliceAll[2], "bobs/template/aws/snapshot/1 by 444455556666, revision 1", aliceAll[3]}
	for name, c := range map[string]struct {
		account string
		filter  []string
		want    []string
	}{
		"Alice":     {alice, nil, aliceAll},
		"Bob":       {bob, nil, bobAll},
		"Resource":  {alice, []string{fmt.Sprintf(`"ResourceIdentifier": %q`, one)}, aliceAll[:2]},
		"Template":  {alice, []string{`"ResourceSnapshotTemplateIdentifier": "OpportunitySummaryView"`}, aliceAll[1:]},
		"Private":   {bob, []string{`"ResourceSnapshotTemplateIdentifier": "AwsOpportunitySummaryFullView"`}, bobAll[2:3]},
		"CreatedBy": {alice, []string{`"CreatedBy": "444455556666"`}, aliceAll[3:]},
		"Type":      {alice, []string{`"ResourceType": "Opportunity"`}, aliceAll},
		"Both":      {bob, []string{`"CreatedBy": "111122223333"`, fmt.Sprintf(`"ResourceIdentifier": %q`, two)}, aliceAll[2:3]},
		"None":      {alice, []string{`"ResourceIdentifier": "O404"`}, []string{}},
	} {
		for _, size := range []int{0, 1, 2, 4} {
			t.Run(fmt.Sprint(name, size), func(t *testing.T) {
				body := merge(fmt.Sprintf(`{"EngagementIdentifier": %q}`, engagement), c.filter...)
				if got := pages(t, h, c.account, snapshots, body, size); !slices.Equal(got, c.want) {
					t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
				}
			})
		}
	}
	t.Run("AWSSeesAll", func(t *testing.T) {
		h.accept(t, "aws", h.invite(t, alice, engagement, "aws"))
		got := pages(t, h, "aws", snapshots, fmt.Sprintf(`{"EngagementIdentifier": %q}`, engagement), 0)
		if len(got) != 5 {
			t.Errorf("got %q", got)
		}
	})
	for name, c := range map[string]struct {
		account string
		members []string
		want    string
		fields  []string
	}{
		"Stranger":        {carol, nil, api.TypeResourceNotFound, nil},
		"OtherCatalog":    {alice, []string{`"Catalog": "AWS"`}, api.TypeResourceNotFound, nil},
		"UnknownTemplate": {alice, []string{`"ResourceSnapshotTemplateIdentifier": "Other"`}, api.TypeValidation, []string{"resourceSnapshotTemplateIdentifier INVALID_VALUE"}},
		"PageOfNothing":   {alice, []string{`"MaxResults": 0`}, api.TypeValidation, []string{"maxResults VALUE_OUT_OF_RANGE"}},
		"PageTooLarge":    {alice, []string{`"MaxResults": 1001`}, api.TypeValidation, []string{"maxResults VALUE_OUT_OF_RANGE"}},
		"ForgedToken":     {alice, []string{`"NextToken": "forged"`}, api.TypeValidation, []string{"nextToken INVALID_VALUE"}},
		"NoEngagement":    {alice, []string{`"EngagementIdentifier": null`}, api.TypeValidation, []string{"engagementIdentifier REQUIRED_FIELD_MISSING"}},
	} {
		t.Run("Refuses"+name, func(t *testing.T) {
			body := merge(fmt.Sprintf(`{"Catalog": "Sandbox", "EngagementIdentifier": %q}`, engagement), c.members...)
			_, err := try[struct{}](t, h, c.account, "ListResourceSnapshots", body)
			fails(t, err, c.want, c.fields...)
		})
	}
}

func TestListEngagementResourceAssociations(t *testing.T) {
	h := newHarness(t)
	common, one := h.shared(t)
	own, private := h.sandboxEngagement(t, alice), *h.createOpportunity(t, alice).Id
	h.publish(t, alice, common, one, summaryView)
	h.publish(t, alice, common, one, awsView)
	h.publish(t, alice, common, private, awsView)
	h.publish(t, alice, own, one, summaryView)
	bobs := *h.createOpportunity(t, bob).Id
	h.publish(t, bob, common, bobs, summaryView)
	names := strings.NewReplacer(common, "common", own, "own", one, "one", private, "private", bobs, "bobs", alice, "alice", bob, "bob")
	show := func(out *api.ListEngagementResourceAssociationsResponse) (shown []string, next *string) {
		for _, a := range out.EngagementResourceAssociationSummaries {
			if *a.Catalog != "Sandbox" || *a.ResourceType != "Opportunity" {
				t.Errorf("association %s", encoded(t, a))
			}
			shown = append(shown, names.Replace(*a.EngagementId+" "+*a.ResourceId+" "+*a.CreatedBy))
		}
		return shown, out.NextToken
	}
	associations := list[api.ListEngagementResourceAssociationsResponse]{"ListEngagementResourceAssociations", show}
	for name, c := range map[string]struct {
		account, filter string
		want            []string
	}{
		"Owner":      {alice, `{}`, []string{"common bobs bob", "common one alice", "common private alice", "own one alice"}},
		"Member":     {bob, `{}`, []string{"common bobs bob", "common one alice"}},
		"Stranger":   {carol, `{}`, []string{}},
		"Resource":   {alice, fmt.Sprintf(`{"ResourceIdentifier": %q}`, one), []string{"common one alice", "own one alice"}},
		"Engagement": {alice, fmt.Sprintf(`{"EngagementIdentifier": %q}`, own), []string{"own one alice"}},
		"Strange":    {bob, fmt.Sprintf(`{"EngagementIdentifier": %q}`, own), []string{}},
		"CreatedBy":  {alice, fmt.Sprintf(`{"CreatedBy": %q, "ResourceType": "Opportunity"}`, bob), []string{"common bobs bob"}},
	} {
		for _, size := range []int{0, 1, 2} {
			t.Run(fmt.Sprint(name, size), func(t *testing.T) {
				got := pages(t, h, c.account, associations, c.filter, size)
				slices.Sort(got)
				if !slices.Equal(got, c.want) {
					t.Errorf("got %q, want %q", got, c.want)
				}
			})
		}
	}
	for name, c := range map[string]struct{ members, field string }{
		"PageOfNothing": {`"MaxResults": 0`, "maxResults VALUE_OUT_OF_RANGE"},
		"ForgedToken":   {`"NextToken": "forged"`, "nextToken INVALID_VALUE"},
		"NoCatalog":     {`"Catalog": null`, "catalog REQUIRED_FIELD_MISSING"},
		"Resource":      {`"ResourceIdentifier": "S-1"`, "resourceIdentifier INVALID_STRING_FORMAT"},
	} {
		t.Run("Refuses"+name, func(t *testing.T) {
			_, err := try[struct{}](t, h, alice, "ListEngagementResourceAssociations", merge(`{"Catalog": "Sandbox"}`, c.members))
			fails(t, err, api.TypeValidation, c.field)
		})
	}
	t.Run("OtherCatalogIsEmpty", func(t *testing.T) {
		out := do[api.ListEngagementResourceAssociationsResponse](t, h, alice, "ListEngagementResourceAssociations", `{"Catalog": "AWS"}`)
		if len(out.EngagementResourceAssociationSummaries) != 0 {
			t.Errorf("got %s", encoded(t, out))
		}
	})
}
