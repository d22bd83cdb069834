package operator

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/api"
	"cosell/internal/selling"
)

type reviewPolicy struct {
	Mode  string       `json:"mode" enum:"off,approve,rules" doc:"off: people decide; approve: everything is approved; rules: the first rule that fits decides, and people where none does"`
	After string       `json:"after,omitempty" doc:"How long after its submission an opportunity is decided about, by the business clock; at once when left out" example:"48h"`
	Rules []reviewRule `json:"rules,omitempty" nullable:"false" maxItems:"100"`
}

type reviewRule struct {
	MaxAmount        string   `json:"maxAmount,omitempty" pattern:"^([0-9]{1,12}([.][0-9]{1,2})?)?$" patternDescription:"an amount like 10000.00" doc:"The most that the customer spends at AWS in a month"`
	Currency         string   `json:"currency,omitempty" enum:"USD,EUR" default:"USD" doc:"Of maxAmount; spend in another currency does not fit"`
	Industries       []string `json:"industries,omitempty" nullable:"false" doc:"The customer's; empty is any"`
	Countries        []string `json:"countries,omitempty" nullable:"false" doc:"The customer's, by their two letters; empty is any"`
	InvolvementTypes []string `json:"involvementTypes,omitempty" nullable:"false" enum:"Co-Sell,For Visibility Only"`
	Decision         string   `json:"decision" enum:"Approve,RequestAction,Reject"`
	Comments         string   `json:"comments,omitempty" maxLength:"2000"`
	Reason           string   `json:"reason,omitempty" maxLength:"255"`
}

// PolicyPath is the part of a path that names a catalog of all accounts. It is
// exported for huma, which looks into no other embedded structure.
type PolicyPath struct {
	Catalog string `path:"catalog" enum:"AWS,Sandbox"`
}

type putReviewPolicy struct {
	PolicyPath

	Body reviewPolicy
}

func (c Config) reviewPolicyRoutes(rest huma.API) {
	const path = "/review-policies/{catalog}"
	huma.Get(rest, path, func(ctx context.Context, in *PolicyPath) (*body[reviewPolicy], error) {
		stored, err := c.Service.ReviewPolicy(ctx, in.Catalog)
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		return &body[reviewPolicy]{policyOf(stored)}, nil
	}, tagged("Review", "Read what the review does by itself"))
	huma.Put(rest, path, func(ctx context.Context, in *putReviewPolicy) (*body[reviewPolicy], error) {
		stored, err := in.Body.stored()
		if err != nil {
			return nil, err
		}
		if err := c.Service.PutReviewPolicy(ctx, in.Catalog, stored); err != nil {
			return nil, c.fault(ctx, err)
		}
		return &body[reviewPolicy]{policyOf(stored)}, nil
	}, tagged("Review", "Set what the review does by itself"))
}

// stored reads a policy, or says what is wrong with it.
func (p reviewPolicy) stored() (selling.ReviewPolicy, error) {
	stored := selling.ReviewPolicy{Mode: selling.ReviewMode(p.Mode), Rules: make([]selling.ReviewRule, len(p.Rules))}
	if p.After != "" {
		after, err := time.ParseDuration(p.After)
		if err != nil || after < 0 || after > selling.MaxReviewDelay {
			return stored, unprocessable("body.after", "must be a duration in hours, minutes and seconds, like 48h or 1h30m, of at most 366 days")
		}
		stored.Delay = after.Milliseconds()
	}
	if stored.Mode == selling.ReviewRules && len(p.Rules) == 0 {
		return stored, unprocessable("body.rules", "must have a rule in mode rules")
	}
	for i, r := range p.Rules {
		at := fmt.Sprintf("body.rules[%d].", i)
		if err := known(at+"industries", r.Industries, api.Industry("").Values()); err != nil {
			return stored, err
		}
		if err := known(at+"countries", r.Countries, api.CountryCode("").Values()); err != nil {
			return stored, err
		}
		stored.Rules[i] = selling.ReviewRule{
			MaxAmount: r.MaxAmount, Currency: api.CurrencyCode(r.Currency), Industries: texts[api.Industry](r.Industries),
			Countries: texts[api.CountryCode](r.Countries), Involvement: texts[api.SalesInvolvementType](r.InvolvementTypes),
			Decision: selling.ReviewDecision(r.Decision), Comments: r.Comments, Reason: r.Reason,
		}
	}
	return stored, nil
}

// known refuses a value that no opportunity has.
func known[T ~string](at string, given []string, values []T) error {
	for i, v := range given {
		if !slices.Contains(values, T(v)) {
			return unprocessable(fmt.Sprintf("%s[%d]", at, i), "must be a value of the API's "+reflect.TypeFor[T]().Name())
		}
	}
	return nil
}

func policyOf(p selling.ReviewPolicy) reviewPolicy {
	out := reviewPolicy{Mode: string(p.Mode), Rules: make([]reviewRule, len(p.Rules))}
	if p.Delay != 0 {
		out.After = (time.Duration(p.Delay) * time.Millisecond).String()
	}
	for i, r := range p.Rules {
		out.Rules[i] = reviewRule{
			MaxAmount: r.MaxAmount, Currency: string(r.Currency), Industries: texts[string](r.Industries),
			Countries: texts[string](r.Countries), InvolvementTypes: texts[string](r.Involvement),
			Decision: string(r.Decision), Comments: r.Comments, Reason: r.Reason,
		}
	}
	return out
}

// texts writes a list of texts as one of another type.
func texts[To, From ~string](list []From) []To {
	out := make([]To, len(list))
	for i, v := range list {
		out[i] = To(v)
	}
	return out
}
