package rule

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
)

// The order of the checks: the status, then what is missing, then the locks.
func TestRefused(t *testing.T) {
	lifeCycleAlone := func(c *Content) { *c = Content{LifeCycle: c.LifeCycle} }
	for _, test := range []struct {
		name   string
		status api.ReviewStatus
		edit   func(c *Content)
		want   []string
	}{
		{
			"a draft with its life cycle alone misses customer and marketing", api.ReviewStatusPendingSubmission, lifeCycleAlone,
			[]string{"customer", "marketing.source"},
		},
		{
			"so does an approved one, and all that submission required", api.ReviewStatusApproved, lifeCycleAlone,
			[]string{
				"customer", "marketing.source", "project.title", "project.customerBusinessProblem", "project.deliveryModels",
				"project.customerUseCase", "project.expectedCustomerSpend", "project.salesActivities", "opportunityType",
				"primaryNeedsFromAws", "relatedEntityIdentifiers.solutions",
			},
		},
		{
			"nothing is missing: the locks answer", api.ReviewStatusApproved,
			func(c *Content) { c.Project.Title = new("Another title") },
			[]string{"project.title"},
		},
		{
			"another mistake does not hide the locks", api.ReviewStatusApproved,
			func(c *Content) { c.Project.Title, c.Project.CustomerUseCase = new("Another title"), new("Gardening") },
			[]string{"project.customerUseCase", "project.title"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := &Edit{Before: stored(), After: stored(), Status: test.status, Today: today, Involvement: new(api.SalesInvolvementTypeCoSell)}
			test.edit(e.After)
			var fields []string
			for _, v := range e.Refused() {
				fields = append(fields, *v.FieldName)
			}
			if diff := cmp.Diff(test.want, fields); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("a closed status is the whole answer", func(t *testing.T) {
		e := &Edit{Before: stored(), After: stored(), Status: api.ReviewStatusSubmitted, Today: today}
		lifeCycleAlone(e.After)
		if diff := cmp.Diff(lines(e.Locked()), lines(e.Refused())); diff != "" {
			t.Errorf("(-locked +got):\n%s", diff)
		}
	})
}

func TestLocked(t *testing.T) {
	title := func(c *Content) { c.Project.Title = new("Another title") }
	for _, test := range []struct {
		name   string
		status api.ReviewStatus
		stage  api.Stage
		edit   func(c *Content)
		want   []string
	}{
		{"a draft is open", api.ReviewStatusPendingSubmission, api.StageProspect, title, nil},
		{
			"a draft keeps its stage", api.ReviewStatusPendingSubmission, api.StageProspect,
			func(c *Content) { c.LifeCycle.Stage = new(api.StageCommitted) },
			[]string{"lifeCycle.stage ACTION_NOT_PERMITTED stage is not editable if status is Pending Submission"},
		},
		{
			"national security is fixed", api.ReviewStatusPendingSubmission, api.StageProspect,
			func(c *Content) { c.NationalSecurity = new(api.NationalSecurityYes) },
			[]string{"nationalSecurity ACTION_NOT_PERMITTED nationalSecurity is fixed at creation"},
		},
		{
			"a submitted one is shut", api.ReviewStatusSubmitted, api.StageProspect, title,
			[]string{
				"lifeCycle.reviewStatus ACTION_NOT_PERMITTED An opportunity cannot be modified in Submitted, Rejected or In review status",
				"project.title ACTION_NOT_PERMITTED title cannot be modified in Submitted, Rejected or In review status",
			},
		},
		{
			"one in review is shut", api.ReviewStatusInReview, api.StageProspect, title,
			[]string{
				"lifeCycle.reviewStatus ACTION_NOT_PERMITTED An opportunity cannot be modified in Submitted, Rejected or In review status",
				"project.title ACTION_NOT_PERMITTED title cannot be modified in Submitted, Rejected or In review status",
			},
		},
		{
			"a rejected one is shut", api.ReviewStatusRejected, api.StageProspect, title,
			[]string{
				"lifeCycle.reviewStatus ACTION_NOT_PERMITTED An opportunity cannot be modified in Submitted, Rejected or In review status",
				"project.title ACTION_NOT_PERMITTED title cannot be modified in Submitted, Rejected or In review status",
			},
		},
		{
			"a shut one takes no echo either", api.ReviewStatusSubmitted, api.StageProspect, func(*Content) {},
			[]string{"lifeCycle.reviewStatus ACTION_NOT_PERMITTED An opportunity cannot be modified in Submitted, Rejected or In review status"},
		},
		{
			"what AWS asked about can be mended", api.ReviewStatusActionRequired, api.StageProspect,
			func(c *Content) {
				c.Customer.Account.WebsiteUrl = new("https://www.example.com")
				c.Customer.Account.Address.CountryCode = new(api.CountryCode("CA"))
				c.Project.ExpectedCustomerSpend[0].Amount = new("1")
				c.LifeCycle.TargetCloseDate = new("2028-01-01")
			}, nil,
		},
		{
			"and nothing else", api.ReviewStatusActionRequired, api.StageProspect,
			func(c *Content) {
				title(c)
				c.LifeCycle.NextSteps = nil
			},
			[]string{
				"project.title ACTION_NOT_PERMITTED title is not editable if status is Action Required",
				"lifeCycle.nextSteps ACTION_NOT_PERMITTED nextSteps is not editable if status is Action Required",
			},
		},
		{
			"an approved one moves on", api.ReviewStatusApproved, api.StageQualified,
			func(c *Content) {
				c.LifeCycle.Stage, c.LifeCycle.ClosedLostReason = new(api.StageClosedLost), new(api.ClosedLostReasonPrice)
				c.Customer.Account.Address.City = new("Albany")
			}, nil,
		},
		{
			"an approved one keeps what identifies it", api.ReviewStatusApproved, api.StageQualified,
			func(c *Content) {
				c.PartnerOpportunityIdentifier = nil
				c.Customer.Account.CompanyName = new("Another Bank")
				c.Customer.Account.Industry = new(api.IndustryMining)
				c.Customer.Account.WebsiteUrl = new("https://www.example.com")
				c.Customer.Account.Address.PostalCode = new("10002")
				c.Customer.Account.Address.CountryCode = new(api.CountryCode("CA"))
				title(c)
				c.Project.CustomerBusinessProblem = new("Another problem altogether, and a long one.")
			},
			[]string{
				"partnerOpportunityIdentifier ACTION_NOT_PERMITTED partnerOpportunityIdentifier is not editable if status is Approved",
				"customer.account.companyName ACTION_NOT_PERMITTED companyName is not editable if status is Approved",
				"customer.account.industry ACTION_NOT_PERMITTED industry is not editable if status is Approved",
				"customer.account.websiteUrl ACTION_NOT_PERMITTED websiteUrl is not editable if status is Approved",
				"customer.account.address.postalCode ACTION_NOT_PERMITTED postalCode is not editable if status is Approved",
				"customer.account.address.countryCode ACTION_NOT_PERMITTED countryCode is not editable if status is Approved",
				"project.title ACTION_NOT_PERMITTED title is not editable if status is Approved",
				"project.customerBusinessProblem ACTION_NOT_PERMITTED customerBusinessProblem is not editable if status is Approved",
			},
		},
		{
			"a launched one is shut", api.ReviewStatusApproved, api.StageLaunched,
			func(c *Content) { c.LifeCycle.Stage = new(api.StageProspect) },
			[]string{`lifeCycle.stage ACTION_NOT_PERMITTED Changes are not allowed when an opportunity stage is "Closed Lost" or "Launched."`},
		},
		{
			"but for two fields", api.ReviewStatusApproved, api.StageClosedLost,
			func(c *Content) {
				c.Project.DeliveryModels = []api.DeliveryModel{api.DeliveryModelResell}
				c.Project.AdditionalComments = nil
			}, nil,
		},
		{
			"an approved one keeps its software revenue, member by member", api.ReviewStatusApproved, api.StageQualified,
			func(c *Content) {
				c.SoftwareRevenue.Value.Amount = new("1")
				c.SoftwareRevenue.EffectiveDate = nil
			},
			[]string{
				"softwareRevenue.value.amount ACTION_NOT_PERMITTED amount is not editable if status is Approved",
				"softwareRevenue.effectiveDate ACTION_NOT_PERMITTED effectiveDate is not editable if status is Approved",
			},
		},
		{
			"and leaving it out clears it", api.ReviewStatusApproved, api.StageLaunched,
			func(c *Content) { c.SoftwareRevenue = nil },
			[]string{
				"softwareRevenue.deliveryModel ACTION_NOT_PERMITTED deliveryModel is not editable if status is Approved",
				"softwareRevenue.value.amount ACTION_NOT_PERMITTED amount is not editable if status is Approved",
				"softwareRevenue.value.currencyCode ACTION_NOT_PERMITTED currencyCode is not editable if status is Approved",
				"softwareRevenue.effectiveDate ACTION_NOT_PERMITTED effectiveDate is not editable if status is Approved",
				"softwareRevenue.expirationDate ACTION_NOT_PERMITTED expirationDate is not editable if status is Approved",
			},
		},
		{
			"what is worth the same is the same", api.ReviewStatusApproved, api.StageLaunched,
			func(c *Content) {
				c.Project.ExpectedCustomerSpend[0].Amount = new("12500")
				c.SoftwareRevenue.Value.Amount = new("10000")
				c.Project.CustomerUseCase = new("Migration/Database Migration")
				c.Project.ApnPrograms = []string{"Well-Architected", "IS Immersion Day SFID Program"}
				c.Customer.Account.OtherIndustry = new("")
			}, nil,
		},
		{
			"what AWS writes is not the partner's to lock", api.ReviewStatusActionRequired, api.StageProspect,
			func(c *Content) {
				c.LifeCycle.ReviewStatus = new(api.ReviewStatusApproved)
				c.LifeCycle.ReviewComments, c.LifeCycle.ReviewStatusReason = new("Fine"), new("Fine")
				c.LifeCycle.NextStepsHistory = []api.NextStepsHistory{{Value: new("Call")}}
			}, nil,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			before, after := stored(), stored()
			before.Project.ApnPrograms = []string{"ISV Immersion Day SFID Program", "Well-Architected"}
			after.Project.ApnPrograms = before.Project.ApnPrograms
			test.edit(after)
			if diff := cmp.Diff(test.want, lines(locked(before, after, test.status, test.stage))); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

// A change of one member of an entry is a change of the list.
func TestChangesWithinEntries(t *testing.T) {
	contact := func(c *Content) *api.Contact { return &c.Customer.Contacts[0] }
	spend := func(c *Content) *api.ExpectedCustomerSpend { return &c.Project.ExpectedCustomerSpend[0] }
	for name, test := range map[string]struct {
		edit  func(c *Content)
		field string
	}{
		"e-mail":     {func(c *Content) { contact(c).Email = new("al@bank.example.com") }, "customer.contacts"},
		"first name": {func(c *Content) { contact(c).FirstName = new("Al") }, "customer.contacts"},
		"last name":  {func(c *Content) { contact(c).LastName = new("Roe") }, "customer.contacts"},
		"title":      {func(c *Content) { contact(c).BusinessTitle = new("CFO") }, "customer.contacts"},
		"phone":      {func(c *Content) { contact(c).Phone = new("+12125550100") }, "customer.contacts"},
		"amount":     {func(c *Content) { spend(c).Amount = new("12500.01") }, FieldSpend},
		"currency":   {func(c *Content) { spend(c).CurrencyCode = new(api.CurrencyCodeEUR) }, FieldSpend},
		"frequency":  {func(c *Content) { spend(c).Frequency = new(api.PaymentFrequencyNone) }, FieldSpend},
		"target":     {func(c *Content) { spend(c).TargetCompany = new(TargetSelf) }, FieldSpend},
		"link":       {func(c *Content) { spend(c).EstimationUrl = new(link) }, FieldSpend},
		"months":     {func(c *Content) { c.Project.ExpectedContractDuration = months("24") }, fieldDuration},
		"no months":  {func(c *Content) { c.Project.ExpectedContractDuration = api.Nullable[api.ExpectedContractDuration]{} }, fieldDuration},
		"revenue":    {func(c *Content) { c.SoftwareRevenue.Value.Amount = new("10000.01") }, "softwareRevenue.value.amount"},
		"order counts": {func(c *Content) {
			c.Customer.Contacts[0], c.Customer.Contacts[1] = c.Customer.Contacts[1], c.Customer.Contacts[0]
		}, "customer.contacts"},
	} {
		t.Run(name, func(t *testing.T) {
			before, after := stored(), stored()
			for _, c := range []*Content{before, after} {
				c.Customer.Contacts = append(c.Customer.Contacts, api.Contact{Email: new("ed@bank.example.com")})
				c.Project.ExpectedContractDuration = months("12")
			}
			test.edit(after)
			var fields []string
			for _, v := range locked(before, after, api.ReviewStatusRejected, api.StageProspect)[1:] {
				fields = append(fields, *v.FieldName)
			}
			if !slices.Equal(fields, []string{test.field}) {
				t.Errorf("changed fields: %q, want %q", fields, test.field)
			}
		})
	}
}

// No member of the content may be forgotten in the table: in a shut status each
// of them is named when it comes or goes.
func TestEveryMemberIsInTheLockTable(t *testing.T) {
	readOnly := map[string]bool{
		"LifeCycle.ReviewStatus": true, "LifeCycle.ReviewComments": true,
		"LifeCycle.ReviewStatusReason": true, "LifeCycle.NextStepsHistory": true,
	}
	for _, member := range members(reflect.TypeFor[Content](), "", nil) {
		after := new(Content)
		fill(reflect.ValueOf(after).Elem(), member.index)
		refused := locked(new(Content), after, api.ReviewStatusRejected, api.StageProspect)
		named := len(refused) > 1
		if named == readOnly[member.name] {
			t.Errorf("%s: a change is named: %t", member.name, named)
		}
	}
}

type member struct {
	name  string
	index []int // of the fields on the way; a list is entered by its element
}

// members lists the leaves of a structure.
func members(of reflect.Type, name string, index []int) []member {
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice && of.Elem().Kind() == reflect.Struct && !strings.HasSuffix(name, "History") {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct {
		return []member{{name, index}}
	}
	var all []member
	for i := range of.NumField() {
		if of.Field(i).Name == "Null" {
			continue // says that a value is absent
		}
		path := strings.TrimPrefix(name+"."+of.Field(i).Name, ".")
		all = append(all, members(of.Field(i).Type, path, append(append([]int{}, index...), i))...)
	}
	return all
}

// fill gives one leaf a value that is not its zero.
func fill(v reflect.Value, index []int) {
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), index)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), index)
	case v.Kind() == reflect.Struct && len(index) > 0:
		fill(v.Field(index[0]), index[1:])
	case v.Kind() == reflect.String:
		v.SetString("x")
	}
}

// The page for readers is the table; UPDATE_DOCS=1 writes it.
func TestTheEditLocksPageIsTheTable(t *testing.T) {
	page := filepath.Join("..", "..", "docs", "behavior", "edit-locks.md")
	want := editLocksPage()
	if os.Getenv("UPDATE_DOCS") != "" {
		if err := os.MkdirAll(filepath.Dir(page), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("run UPDATE_DOCS=1 go test ./internal/rule/ (-table +page):\n%s", diff)
	}
}

func editLocksPage() string {
	var b strings.Builder
	b.WriteString(`# What an update may change

` + "`UpdateOpportunity`" + ` replaces the whole content of an opportunity, but how much of
it may differ from what is stored depends on the review status and on the stage.
A client sends every field back as it was read, changed or not. Each field that is
changed though it is locked gets one entry in the ErrorList, with the code
` + "`ACTION_NOT_PERMITTED`" + `.

- In **Submitted**, **In review** and **Rejected** every update is refused, even one
  that changes nothing: the first entry names ` + "`lifeCycle.reviewStatus`" + `, the others
  each field that would change. Nothing else is checked.
- In the other statuses a field may change where its column says yes.
- *First value* means that the field may be set while it has no value; after that it
  is locked, and leaving it out counts as changing it.
- In stage **Launched** or **Closed Lost** the last column must say so as well.
- Members that an update must have are checked first
  ([required on update](opportunities.md#required-on-update)): while one is missing,
  the locks are not reported.
- Equal values count as unchanged: ` + "`531`" + ` and ` + "`531.0`" + `, a use case with or
  without blanks around its slashes, choices in another order.
- The review status with its comments and reason, and the history of next steps,
  are not the partner's to write; see UpdateOpportunity.

| Field | Pending Submission | Action Required | Approved | Launched, Closed Lost |
|---|---|---|---|---|
`)
	for _, l := range locks {
		fmt.Fprintf(&b, "| `%s` |", l.field)
		for _, column := range []editState{draft, actionRequired, approved, ended} {
			switch {
			case l.changesIn&column != 0:
				b.WriteString(" yes |")
			case l.firstIn&column != 0:
				b.WriteString(" first value |")
			default:
				b.WriteString(" |")
			}
		}
		b.WriteString("\n")
	}
	b.WriteString(`
The rows are documented, with these exceptions. In Approved, ` + "`customer.account.companyName`" + `
and the members of ` + "`softwareRevenue`" + ` are locked because AWS's Sandbox refused such changes
in May 2026 (observed, 1 source); that a first value of ` + "`softwareRevenue`" + ` is accepted follows
the documentation, which asks for it at Launch. ` + "`lifeCycle.stage`" + ` in Pending Submission is
observed, 1 source. The last column is the documentation of the older ACE program.
`)
	b.WriteString("\nThis page is written by `UPDATE_DOCS=1 go test ./internal/rule/` out of the table in `internal/rule/lock.go`.\n")
	return b.String()
}
