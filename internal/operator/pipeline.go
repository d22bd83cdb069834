package operator

import (
	"cmp"
	"context"
	"math/big"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/api"
	"cosell/internal/store"
)

// pipeline is what the opportunities of one account or of all come to.
type pipeline struct {
	Opportunities int             `json:"opportunities" doc:"Number of all opportunities"`
	Stages        []pipelineStage `json:"stages" nullable:"false" doc:"By stage, in the order of the contract"`
	ReviewStatus  []pipelineCount `json:"reviewStatuses" nullable:"false" doc:"By review status, in the order of the contract"`
	Months        []pipelineMonth `json:"months" nullable:"false" doc:"Open opportunities by the month of their target close date"`
}

type pipelineCount struct {
	ReviewStatus string `json:"reviewStatus"`
	Count        int    `json:"count"`
}

type pipelineStage struct {
	Stage   string           `json:"stage"`
	Count   int              `json:"count"`
	Monthly []pipelineAmount `json:"monthly" nullable:"false" doc:"Expected monthly spend of the customers at AWS, by currency"`
}

type pipelineMonth struct {
	Month   string           `json:"month" example:"2026-12"`
	Count   int              `json:"count"`
	Monthly []pipelineAmount `json:"monthly" nullable:"false"`
}

type pipelineAmount struct {
	Currency string `json:"currency"`
	Amount   string `json:"amount" example:"2500.00"`
}

type pipelineQuery struct {
	Account string `query:"account" required:"true" pattern:"^([0-9]{12}|aws|\\*)$" patternDescription:"an account of twelve digits, aws, or * for all" doc:"The owner of the opportunities; * is every account"`
	Catalog string `query:"catalog" enum:"AWS,Sandbox" doc:"Only this catalog"`
}

func (c Config) pipelineRoutes(rest huma.API) {
	huma.Get(rest, "/pipeline", c.pipeline, tagged("Overview", "Sum up opportunities by stage, review status and month of close"))
}

func (c Config) pipeline(ctx context.Context, in *pipelineQuery) (*body[pipeline], error) {
	q := newOverviewQuery(in.Account, in.Catalog, 0)
	if err := store.FoldSearches(ctx, c.Store, store.SearchOpportunity, q.Account, q.Catalog); err != nil {
		return nil, c.fault(ctx, err)
	}
	sums := newPipelineSums()
	err := c.Store.View(ctx, func(tx *store.Tx) error {
		all, err := tx.PipelineSums(q.Account, q.Catalog)
		for i := range all {
			sums.add(&all[i])
		}
		return err
	})
	if err != nil {
		return nil, c.fault(ctx, err)
	}
	return &body[pipeline]{sums.result()}, nil
}

// group counts opportunities and adds up their amounts.
type group struct {
	count   int
	amounts map[string]*big.Int // in hundredths
}

func (g *group) add(s *store.PipelineSum) {
	g.count += int(s.Number)
	if s.Spends == 0 {
		return
	}
	if g.amounts == nil {
		g.amounts = map[string]*big.Int{}
	}
	if g.amounts[s.Currency] == nil {
		g.amounts[s.Currency] = new(big.Int)
	}
	g.amounts[s.Currency].Add(g.amounts[s.Currency], s.Amount)
}

// monthly returns the sums, by currency.
func (g *group) monthly() []pipelineAmount {
	const hundred = 100
	list := []pipelineAmount{}
	for currency, sum := range g.amounts {
		list = append(list, pipelineAmount{Currency: currency, Amount: new(big.Rat).SetFrac(sum, big.NewInt(hundred)).FloatString(2)})
	}
	slices.SortFunc(list, func(a, b pipelineAmount) int { return cmp.Compare(a.Currency, b.Currency) })
	return list
}

// pipelineSums are the sums of opportunities. Those of AWS's spend are by the first expected
// spend at AWS, as searches have it (EstimatedMrr).
type pipelineSums struct {
	all      int
	stages   map[string]*group
	statuses map[string]*group
	months   map[string]*group
}

func newPipelineSums() *pipelineSums {
	return &pipelineSums{stages: map[string]*group{}, statuses: map[string]*group{}, months: map[string]*group{}}
}

func in(groups map[string]*group, name string) *group {
	if groups[name] == nil {
		groups[name] = new(group)
	}
	return groups[name]
}

func (s *pipelineSums) add(sum *store.PipelineSum) {
	s.all += int(sum.Number)
	in(s.stages, sum.Stage).add(sum)
	in(s.statuses, sum.ReviewStatus).add(sum)
	if sum.Month == "" || sum.Stage == string(api.StageClosedLost) || sum.Stage == string(api.StageLaunched) {
		return
	}
	in(s.months, sum.Month).add(sum)
}

func (s *pipelineSums) result() pipeline {
	p := pipeline{
		Opportunities: s.all, Stages: []pipelineStage{}, ReviewStatus: []pipelineCount{}, Months: []pipelineMonth{},
	}
	for _, stage := range api.Stage("").Values() {
		g := s.stages[string(stage)]
		if g == nil {
			g = new(group)
		}
		p.Stages = append(p.Stages, pipelineStage{Stage: string(stage), Count: g.count, Monthly: g.monthly()})
	}
	for _, status := range api.ReviewStatus("").Values() {
		if g := s.statuses[string(status)]; g != nil {
			p.ReviewStatus = append(p.ReviewStatus, pipelineCount{ReviewStatus: string(status), Count: g.count})
		}
	}
	for month, g := range s.months {
		p.Months = append(p.Months, pipelineMonth{Month: month, Count: g.count, Monthly: g.monthly()})
	}
	slices.SortFunc(p.Months, func(a, b pipelineMonth) int { return strings.Compare(a.Month, b.Month) })
	return p
}
