package selling_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
	"cosell/internal/selling"
	"cosell/internal/service"
)

func associate(t testing.TB, h *harness, id, kind, entity string) error {
	t.Helper()
	return relate(t, h, "AssociateOpportunity", id, kind, entity)
}

func disassociate(t testing.TB, h *harness, id, kind, entity string) error {
	t.Helper()
	return relate(t, h, "DisassociateOpportunity", id, kind, entity)
}

func relate(t testing.TB, h *harness, operation, id, kind, entity string) error {
	t.Helper()
	_, err := try[struct{}](t, h, alice, operation, fmt.Sprintf(
		`{"Catalog": "Sandbox", "OpportunityIdentifier": %q, "RelatedEntityType": %q, "RelatedEntityIdentifier": %q}`, id, kind, entity))
	return err
}

const marketplace = "arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/"

func TestAssociateOpportunity(t *testing.T) {
	h := newHarness(t)
	id := *h.createOpportunity(t, alice).Id
	for kind, entity := range map[string]string{
		"Solutions":               "S-1234567",
		"AwsProducts":             "AWSLambda",
		"AwsMarketplaceOffers":    marketplace + "Offer/offer-abc",
		"AwsMarketplaceSolutions": marketplace + "Solution/soln-abc",
		"AwsMarketplaceProducts":  marketplace + "SaaSProduct/prod-abc",
	} {
		if err := associate(t, h, id, kind, entity); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
	}
	o := h.opportunity(t, alice, id)
	want := &api.RelatedEntityIdentifiers{
		AwsMarketplaceOffers:    []string{marketplace + "Offer/offer-abc"},
		AwsMarketplaceOfferSets: []string{},
		Solutions:               []string{"S-1234567"},
		AwsProducts:             []string{"AWSLambda"},
		AwsMarketplaceSolutions: []string{marketplace + "Solution/soln-abc"},
		AwsMarketplaceProducts:  []string{marketplace + "SaaSProduct/prod-abc"},
	}
	if diff := cmp.Diff(want, o.RelatedEntityIdentifiers); diff != "" {
		t.Error(diff)
	}
	t.Run("TwiceIsOnce", func(t *testing.T) {
		if err := associate(t, h, id, "AwsProducts", "AWSLambda"); err != nil {
			t.Fatal(err)
		}
		if again := h.opportunity(t, alice, id); *again.LastModifiedDate != *o.LastModifiedDate {
			t.Error("linking what is linked moved LastModifiedDate")
		}
	})
	t.Run("Disassociate", func(t *testing.T) {
		if err := disassociate(t, h, id, "AwsProducts", "AWSLambda"); err != nil {
			t.Fatal(err)
		}
		if after := h.opportunity(t, alice, id); len(after.RelatedEntityIdentifiers.AwsProducts) != 0 || *after.LastModifiedDate <= *o.LastModifiedDate {
			t.Error("still linked, or LastModifiedDate stands still")
		}
		fails(t, disassociate(t, h, id, "AwsProducts", "AWSLambda"), api.TypeResourceNotFound)
	})
}

func TestAssociateOpportunityRefuses(t *testing.T) {
	h := newHarness(t)
	inactive := api.SolutionBase{Id: new("S-7"), Name: new("Old"), Status: new(api.SolutionStatusInactive)}
	if err := h.PutSolution(t.Context(), alice, "Sandbox", inactive); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		rule, kind, entity, wantType, field string
	}{
		{"a solution has its form", "Solutions", "X-1", api.TypeValidation, "relatedEntityIdentifier INVALID_VALUE"},
		{"a solution exists", "Solutions", "S-404", api.TypeResourceNotFound, ""},
		{"a solution is active", "Solutions", "S-7", api.TypeValidation, "relatedEntityIdentifier INVALID_VALUE"},
		{"an offer is an ARN", "AwsMarketplaceOffers", "offer-abc", api.TypeValidation, "relatedEntityIdentifier INVALID_VALUE"},
		{"an offer set is no offer", "AwsMarketplaceOfferSets", marketplace + "Offer/offer-abc", api.TypeValidation, "relatedEntityIdentifier INVALID_VALUE"},
		{"a marketplace solution is no product", "AwsMarketplaceSolutions", marketplace + "SaaSProduct/prod-abc", api.TypeValidation, "relatedEntityIdentifier INVALID_VALUE"},
		{"a product is no solution", "AwsMarketplaceProducts", marketplace + "Solution/soln-abc", api.TypeValidation, "relatedEntityIdentifier INVALID_VALUE"},
		{"the kinds are six", "Favourites", "x", api.TypeValidation, "relatedEntityType INVALID_ENUM_VALUE"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			err := associate(t, h, *h.createOpportunity(t, alice).Id, c.kind, c.entity)
			if c.field == "" {
				fails(t, err, c.wantType)
			} else {
				fails(t, err, c.wantType, c.field)
			}
		})
	}
}

func TestAssociationLimits(t *testing.T) {
	for kind, c := range map[string]struct {
		most int
		name string
	}{
		"AwsProducts":             {20, "Product%d"},
		"AwsMarketplaceOffers":    {1, marketplace + "Offer/offer-%d"},
		"AwsMarketplaceOfferSets": {1, marketplace + "OfferSet/offerset-%d"},
		"AwsMarketplaceSolutions": {10, marketplace + "Solution/soln-%d"},
		"AwsMarketplaceProducts":  {10, marketplace + "AmiProduct/prod-%d"},
	} {
		t.Run(kind, func(t *testing.T) {
			h := newHarness(t)
			id := *h.createOpportunity(t, alice).Id
			for i := range c.most {
				if err := associate(t, h, id, kind, fmt.Sprintf(c.name, i)); err != nil {
					t.Fatalf("%d: %v", i, err)
				}
			}
			fails(t, associate(t, h, id, kind, fmt.Sprintf(c.name, c.most)), api.TypeValidation, "relatedEntityIdentifier TOO_MANY_VALUES")
		})
	}
	t.Run("Solutions", func(t *testing.T) {
		h := newHarness(t)
		id := *h.createOpportunity(t, alice).Id
		for i := range 11 {
			s := api.SolutionBase{Id: new(fmt.Sprintf("S-%d", i)), Name: new("n"), Status: new(api.SolutionStatusActive)}
			if err := h.PutSolution(t.Context(), alice, "Sandbox", s); err != nil {
				t.Fatal(err)
			}
			if err := associate(t, h, id, "Solutions", *s.Id); i < 10 && err != nil {
				t.Fatal(err)
			} else if i == 10 {
				fails(t, err, api.TypeValidation, "relatedEntityIdentifier TOO_MANY_VALUES")
			}
		}
	})
	t.Run("OfferOrOfferSet", func(t *testing.T) {
		h := newHarness(t)
		id := *h.createOpportunity(t, alice).Id
		if err := associate(t, h, id, "AwsMarketplaceOffers", marketplace+"Offer/offer-1"); err != nil {
			t.Fatal(err)
		}
		fails(t, associate(t, h, id, "AwsMarketplaceOfferSets", marketplace+"OfferSet/offerset-1"), api.TypeValidation, "relatedEntityType ACTION_NOT_PERMITTED")
	})
}

func TestLastSolutionOfASubmittedOpportunityStays(t *testing.T) {
	h := newHarness(t)
	o := h.opportunity(t, alice, *h.createOpportunity(t, alice).Id)
	if err := associate(t, h, *o.Id, "Solutions", "S-1234567"); err != nil {
		t.Fatal(err)
	}
	o = h.opportunity(t, alice, *o.Id)
	o.Project.OtherSolutionDescription = nil
	o = update(t, h, alice, o, fmt.Sprintf(verdictBody, "Approved"))
	fails(t, disassociate(t, h, *o.Id, "Solutions", "S-1234567"), api.TypeValidation, "relatedEntityIdentifier INVALID_RESOURCE_STATE")
	if err := associate(t, h, *o.Id, "AwsMarketplaceProducts", marketplace+"SaaSProduct/prod-1"); err != nil {
		t.Fatal(err)
	}
	if err := disassociate(t, h, *o.Id, "Solutions", "S-1234567"); err != nil {
		t.Errorf("another one qualifies, still: %v", err)
	}
}

func TestRejectedOpportunityTakesNoLinks(t *testing.T) {
	h := newHarness(t)
	o := h.opportunity(t, alice, *h.createOpportunity(t, alice).Id)
	o = update(t, h, alice, o, fmt.Sprintf(verdictBody, "Rejected"))
	fails(t, associate(t, h, *o.Id, "AwsProducts", "AWSLambda"), api.TypeValidation, "opportunityIdentifier ACTION_NOT_PERMITTED")
}

func TestProductCatalog(t *testing.T) {
	catalog, err := selling.ReadProductCatalog(strings.NewReader(`[{"Identifier": "AWSLambda", "Name": "AWS Lambda"}]`))
	if err != nil {
		t.Fatal(err)
	}
	h := newHarness(t, func(c *service.Config) { c.Selling.Products = catalog })
	id := *h.createOpportunity(t, alice).Id
	if err := associate(t, h, id, "AwsProducts", "AWSLambda"); err != nil {
		t.Error(err)
	}
	fails(t, associate(t, h, id, "AwsProducts", "AWSFrisbee"), api.TypeValidation, "relatedEntityIdentifier INVALID_VALUE")
	for _, bad := range []string{`{}`, `[{"Name": "x"}]`, `[`} {
		if _, err := selling.ReadProductCatalog(strings.NewReader(bad)); err == nil {
			t.Errorf("catalog %s was taken", bad)
		}
	}
}

// Every code of the list that AWS publishes has the form of a code and can be linked.
func TestAWSProducts(t *testing.T) {
	h := newHarness(t, func(c *service.Config) { c.Selling.Products = selling.AWSProducts() })
	id := *h.createOpportunity(t, alice).Id
	for _, code := range []string{"AWSLambda", "AmazonEC2Linux", "AmazonS3"} {
		if err := associate(t, h, id, "AwsProducts", code); err != nil {
			t.Errorf("%s: %v", code, err)
		}
	}
	for _, wrong := range []string{"AmazonEC2", "awslambda", "NoSuchThing"} {
		fails(t, associate(t, h, id, "AwsProducts", wrong), api.TypeValidation, "relatedEntityIdentifier INVALID_VALUE")
	}
}

// What is left without its last solution does not qualify, whether it lacks a
// description, a project or a stage that makes do with a description.
func TestTheLastSolutionStays(t *testing.T) {
	const described, bare = `"Project": {"Title": "Data lake", "OtherSolutionDescription": "Our lake"}`, `"Project": {"Title": "Data lake"}`
	for _, c := range []struct {
		name, project, stage string
		stays                bool
	}{
		{"no project", `"Project": null`, "Prospect", true},
		{"a project without a description", bare, "Prospect", true},
		{"an empty description", `"Project": {"Title": "Data lake", "OtherSolutionDescription": ""}`, "Prospect", true},
		{"a description", described, "Prospect", false},
		{"a description in Committed", described, "Committed", true},
		{"no project in Committed", `"Project": null`, "Committed", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			o := h.opportunity(t, alice, *h.createOpportunity(t, alice, c.project, fmt.Sprintf(`"LifeCycle": {"Stage": %q}`, c.stage)).Id)
			if err := associate(t, h, *o.Id, "Solutions", "S-1234567"); err != nil {
				t.Fatal(err)
			}
			o = h.opportunity(t, alice, *o.Id)
			o = update(t, h, alice, o, fmt.Sprintf(`"LifeCycle": {"Stage": %q, "ReviewStatus": "Approved"}`, c.stage))
			_, err := try[struct{}](t, h, alice, "DisassociateOpportunity", fmt.Sprintf(`{"Catalog": "Sandbox", "OpportunityIdentifier": %q,
				"RelatedEntityType": "Solutions", "RelatedEntityIdentifier": "S-1234567"}`, *o.Id))
			if !c.stays {
				if err != nil {
					t.Error(err)
				}
				return
			}
			fails(t, err, api.TypeValidation, "relatedEntityIdentifier INVALID_RESOURCE_STATE")
		})
	}
}
