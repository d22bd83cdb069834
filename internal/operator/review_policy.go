package operator

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/api"
	"cosell/internal/clock"
	"cosell/internal/selling"
)

type reviewPolicy struct {
	Mode             string       `json:"mode" enum:"off,approve,rules" doc:"off: people decide; approve: everything is approved; rules: the first matching rule decides, people if none matches"`
	After            string       `json:"after,omitempty" doc:"Time from submission to decision, on the business clock; at once if absent" example:"48h"`
	Rules            []reviewRule `json:"rules,omitempty" nullable:"false" maxItems:"100"`
	RejectDuplicates bool         `json:"rejectDuplicates,omitempty" doc:"Reject a submission for a customer of which the account has another opportunity under review or approved, in any mode"`
}

type reviewRule struct {
	MaxAmount        string   `json:"maxAmount,omitempty" pattern:"^([0-9]{1,12}([.][0-9]{1,2})?)?$" patternDescription:"an amount, such as 10000.00" doc:"Maximum monthly spend of the customer at AWS"`
	Currency         string   `json:"currency,omitempty" enum:"USD,EUR" default:"USD" doc:"Currency of maxAmount; spend in another currency does not match"`
	Industries       []string `json:"industries,omitempty" nullable:"false" doc:"Industries of the customer; any if empty"`
	Countries        []string `json:"countries,omitempty" nullable:"false" doc:"Countries of the customer, in two letters; any if empty"`
	InvolvementTypes []string `json:"involvementTypes,omitempty" nullable:"false" enum:"Co-Sell,For Visibility Only"`
	Decision         string   `json:"decision" enum:"Approve,RequestAction,Reject"`
	Comments         string   `json:"comments,omitempty" maxLength:"2000"`
	Reason           string   `json:"reason,omitempty" maxLength:"255"`
}

// PolicyPath is the part of a path that names a catalog of all accounts. It is
// exported because huma ignores embedded structures that are not.
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
	}, tagged("Review", "Read the policy of automatic review"))
	huma.Put(rest, path, func(ctx context.Context, in *putReviewPolicy) (*body[reviewPolicy], error) {
		stored, err := in.Body.stored()
		if err != nil {
			return nil, err
		}
		if err := c.Service.PutReviewPolicy(ctx, in.Catalog, stored); err != nil {
			return nil, c.fault(ctx, err)
		}
		return &body[reviewPolicy]{policyOf(stored)}, nil
	}, tagged("Review", "Set the policy of automatic review"))
}

// stored converts a policy, or returns what is wrong with it.
func (p reviewPolicy) stored() (selling.ReviewPolicy, error) {
	stored := selling.ReviewPolicy{Mode: selling.ReviewMode(p.Mode), Rules: make([]selling.ReviewRule, len(p.Rules)), RejectDuplicates: p.RejectDuplicates}
	if p.After != "" {
		after, err := clock.ParseDuration(p.After)
		if err != nil {
			return stored, unprocessable("body.after", err.Error())
		}
		if after < 0 || after > selling.MaxReviewDelay {
			return stored, unprocessable("body.after", "must be a duration in hours, minutes and seconds, such as 48h or 1h30m, of at most 366 days")
		}
		stored.Delay = after.Milliseconds()
	}
	if stored.Mode == selling.ReviewRules && len(p.Rules) == 0 {
		return stored, unprocessable("body.rules", "must have at least one rule in mode rules")
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

// known returns an error if a given value is not one of values.
func known[T ~string](at string, given []string, values []T) error {
	for i, v := range given {
		if !slices.Contains(values, T(v)) {
			return unprocessable(fmt.Sprintf("%s[%d]", at, i), "must be a value of the API type "+reflect.TypeFor[T]().Name())
		}
	}
	return nil
}

func policyOf(p selling.ReviewPolicy) reviewPolicy {
	out := reviewPolicy{Mode: string(p.Mode), Rules: make([]reviewRule, len(p.Rules)), RejectDuplicates: p.RejectDuplicates}
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

// texts converts a list of strings to another string type.
func texts[To, From ~string](list []From) []To {
	out := make([]To, len(list))
	for i, v := range list {
		out[i] = To(v)
	}
	return out
}
