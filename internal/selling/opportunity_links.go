package selling

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"cosell/internal/api"
	"cosell/internal/rule"
	"cosell/internal/store"
)

// relation describes one kind of entity that can be linked to an opportunity
// (docs/behavior/associations.md#kinds).
type relation struct {
	most    int
	pattern *regexp.Regexp
	form    string // what the pattern asks for, in words
	// of returns where an opportunity keeps the identifiers of this kind.
	of func(*api.RelatedEntityIdentifiers) *[]string
}

var relations = map[api.RelatedEntityType]relation{
	api.RelatedEntityTypeSolutions: {
		most: 10, pattern: regexp.MustCompile(`^S-[0-9]{1,19}$`),
		form: "a solution identifier such as S-1234567",
		of:   func(r *api.RelatedEntityIdentifiers) *[]string { return &r.Solutions },
	},
	api.RelatedEntityTypeAwsProducts: {
		most: 20, pattern: regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 ._&()/+-]{0,254}$`),
		form: "an AWS product code such as AWSLambda",
		of:   func(r *api.RelatedEntityIdentifiers) *[]string { return &r.AwsProducts },
	},
	api.RelatedEntityTypeAwsMarketplaceOffers: {
		most: 1, pattern: regexp.MustCompile(`^arn:aws:aws-marketplace:[a-z]{1,2}-[a-z]*-\d+:\d{12}:AWSMarketplace/Offer/.+$`),
		form: "the ARN of an AWS Marketplace offer (…:AWSMarketplace/Offer/offer-…)",
		of:   func(r *api.RelatedEntityIdentifiers) *[]string { return &r.AwsMarketplaceOffers },
	},
	api.RelatedEntityTypeAwsMarketplaceOfferSets: {
		most: 1, pattern: regexp.MustCompile(`^arn:aws:aws-marketplace:[a-z]{1,2}-[a-z]*-\d+:\d{12}:AWSMarketplace/OfferSet/offerset-.+$`),
		form: "the ARN of an AWS Marketplace offer set (…:AWSMarketplace/OfferSet/offerset-…)",
		of:   func(r *api.RelatedEntityIdentifiers) *[]string { return &r.AwsMarketplaceOfferSets },
	},
	api.RelatedEntityTypeAwsMarketplaceSolutions: {
		most: 10, pattern: regexp.MustCompile(`^arn:.+:AWSMarketplace/Solution/soln-.+$`),
		form: "the ARN of an AWS Marketplace solution (…:AWSMarketplace/Solution/soln-…)",
		of:   func(r *api.RelatedEntityIdentifiers) *[]string { return &r.AwsMarketplaceSolutions },
	},
	api.RelatedEntityTypeAwsMarketplaceProducts: {
		most: 10, pattern: regexp.MustCompile(`^arn:.+:AWSMarketplace/[A-Za-z]+Product/prod-.+$`),
		form: "the ARN of an AWS Marketplace product (…:AWSMarketplace/SaaSProduct/prod-…)",
		of:   func(r *api.RelatedEntityIdentifiers) *[]string { return &r.AwsMarketplaceProducts },
	},
}

// noRelatedEntities returns the associations of a new opportunity: every list is
// present and empty.
func noRelatedEntities() *api.RelatedEntityIdentifiers {
	r := new(api.RelatedEntityIdentifiers)
	for _, relation := range relations {
		*relation.of(r) = []string{}
	}
	return r
}

// AssociateOpportunity links an entity to an opportunity. Linking what is linked
// already changes nothing (docs/behavior/associations.md#linking).
func (c *Call) AssociateOpportunity(in *api.AssociateOpportunityRequest) error {
	o, err := c.opportunity(*in.Catalog, *in.OpportunityIdentifier)
	if err != nil {
		return err
	}
	if err := mayRelate(o); err != nil {
		return err
	}
	kind, id := *in.RelatedEntityType, *in.RelatedEntityIdentifier
	linked := relations[kind].of(o.RelatedEntityIdentifiers)
	if slices.Contains(*linked, id) {
		return nil
	}
	if err := c.checkRelated(*in.Catalog, kind, id); err != nil {
		return err
	}
	if len(*linked) >= relations[kind].most {
		return invalid(api.Violation("relatedEntityIdentifier", api.ValidationExceptionErrorCodeTooManyValues,
			fmt.Sprintf("an opportunity has at most %d %s; unlink one first", relations[kind].most, kind)))
	}
	if other, ok := excludes[kind]; ok && len(*relations[other].of(o.RelatedEntityIdentifiers)) > 0 {
		return invalid(api.Violation("relatedEntityType", api.ValidationExceptionErrorCodeActionNotPermitted,
			"an opportunity has either an offer or an offer set; unlink the other first"))
	}
	*linked = append(*linked, id)
	return c.save(o)
}

// excludes holds the kinds that rule each other out.
var excludes = map[api.RelatedEntityType]api.RelatedEntityType{
	api.RelatedEntityTypeAwsMarketplaceOffers:    api.RelatedEntityTypeAwsMarketplaceOfferSets,
	api.RelatedEntityTypeAwsMarketplaceOfferSets: api.RelatedEntityTypeAwsMarketplaceOffers,
}

func mayRelate(o *opportunity) error {
	if *o.LifeCycle.ReviewStatus != api.ReviewStatusRejected {
		return nil
	}
	return invalid(api.Violation("opportunityIdentifier", api.ValidationExceptionErrorCodeActionNotPermitted,
		"a rejected opportunity cannot be modified"))
}

// checkRelated reports why an entity cannot be linked, as far as the server can know.
func (c *Call) checkRelated(catalog string, kind api.RelatedEntityType, id string) error {
	wrong := func(message string) error {
		return invalid(api.Violation("relatedEntityIdentifier", api.ValidationExceptionErrorCodeInvalidValue, message))
	}
	if !relations[kind].pattern.MatchString(id) {
		return wrong("must be " + relations[kind].form)
	}
	switch kind {
	case api.RelatedEntityTypeSolutions:
		solution, err := c.solution(catalog, id)
		if errors.Is(err, store.ErrNotFound) {
			return api.NotFound("Solution " + id + " not found")
		}
		if err != nil {
			return err
		}
		if *solution.Status != api.SolutionStatusActive {
			return wrong("must be an active solution; " + id + " is " + string(*solution.Status))
		}
	case api.RelatedEntityTypeAwsProducts:
		if !c.Products.has(id) {
			return wrong(id + " is not in the list of AWS products; it must be a code such as AWSLambda")
		}
	}
	return nil
}

// DisassociateOpportunity unlinks an entity. The last one that qualifies a
// submitted opportunity stays (docs/behavior/associations.md#unlinking).
func (c *Call) DisassociateOpportunity(in *api.DisassociateOpportunityRequest) error {
	o, err := c.opportunity(*in.Catalog, *in.OpportunityIdentifier)
	if err != nil {
		return err
	}
	linked := relations[*in.RelatedEntityType].of(o.RelatedEntityIdentifiers)
	i := slices.Index(*linked, *in.RelatedEntityIdentifier)
	if i < 0 {
		return api.NotFound("")
	}
	if err := mayRelate(o); err != nil {
		return err
	}
	qualified := o.qualified()
	*linked = slices.Delete(*linked, i, i+1)
	if *o.LifeCycle.ReviewStatus != api.ReviewStatusPendingSubmission && qualified && !o.qualified() {
		return invalid(api.Violation("relatedEntityIdentifier", api.ValidationExceptionErrorCodeInvalidResourceState,
			"is the last solution or product of a submitted opportunity; link another before you unlink this one"))
	}
	return c.save(o)
}

// qualified reports whether an opportunity has the solution that its submission and
// its stage ask for: from Committed on it must be a real one, before that a
// description is enough.
func (o *opportunity) qualified() bool {
	if rule.HasSolution(o.RelatedEntityIdentifiers) {
		return true
	}
	return !rule.NeedsSolution(*o.LifeCycle.Stage) && o.Project != nil && api.Value(o.Project.OtherSolutionDescription) != ""
}
