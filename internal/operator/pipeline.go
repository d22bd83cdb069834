package operator

import (
	"cmp"
	"context"
	"fmt"
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

// pipelinePage is how many opportunities are read at a time.
const pipelinePage = 1000

func (c Config) pipeline(ctx context.Context, in *pipelineQuery) (*body[pipeline], error) {
	q := newOverviewQuery(in.Account, in.Catalog, pipelinePage)
	sums := newPipelineSums()
	for {
		var rows []store.OverviewRow
		if err := c.Store.View(ctx, func(tx *store.Tx) (err error) {
			rows, err = tx.Overview(q)
			return err
		}); err != nil {
			return nil, c.fault(ctx, err)
		}
		for i := range rows {
			if err := sums.add(&rows[i]); err != nil {
				return nil, c.fault(ctx, err)
			}
		}
		if len(rows) < pipelinePage {
			return &body[pipeline]{sums.result()}, nil
		}
		q.After = rows[len(rows)-1].OpportunityKey
	}
}

// pipelineDocument is what the sums need of an opportunity.
type pipelineDocument struct {
	LifeCycle struct{ Stage, ReviewStatus, TargetCloseDate *string }
	Project   struct {
		ExpectedCustomerSpend []struct{ Amount, CurrencyCode, TargetCompany *string }
	}
}

// group counts opportunities and adds up their amounts.
type group struct {
	count   int
	amounts map[string]*big.Rat
}

func (g *group) add(currency string, amount *big.Rat) {
	g.count++
	if amount == nil {
		return
	}
	if g.amounts == nil {
		g.amounts = map[string]*big.Rat{}
	}
	if g.amounts[currency] == nil {
		g.amounts[currency] = new(big.Rat)
	}
	g.amounts[currency].Add(g.amounts[currency], amount)
}

// monthly returns the sums, by currency.
func (g *group) monthly() []pipelineAmount {
	list := []pipelineAmount{}
	for currency, sum := range g.amounts {
		list = append(list, pipelineAmount{Currency: currency, Amount: sum.FloatString(2)})
	}
	slices.SortFunc(list, func(a, b pipelineAmount) int { return cmp.Compare(a.Currency, b.Currency) })
	return list
}

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

func (s *pipelineSums) add(r *store.OverviewRow) error {
	var d pipelineDocument
	if err := api.Unmarshal(r.Document, &d); err != nil {
		return fmt.Errorf("decode opportunity %s: %w", r.ID, err)
	}
	s.all++
	currency, amount := d.monthly()
	stage := text(d.LifeCycle.Stage)
	in(s.stages, stage).add(currency, amount)
	in(s.statuses, text(d.LifeCycle.ReviewStatus)).add(currency, amount)
	const month = len("2026-12")
	date := text(d.LifeCycle.TargetCloseDate)
	if len(date) < month || stage == string(api.StageClosedLost) || stage == string(api.StageLaunched) {
		return nil
	}
	in(s.months, date[:month]).add(currency, amount)
	return nil
}

// monthly returns the amount of the first expected spend at AWS, as searches do
// (EstimatedMrr). It is nil where there is none.
func (d *pipelineDocument) monthly() (currency string, amount *big.Rat) {
	for _, spend := range d.Project.ExpectedCustomerSpend {
		if text(spend.TargetCompany) != "AWS" {
			continue
		}
		if amount, ok := new(big.Rat).SetString(text(spend.Amount)); ok {
			return text(spend.CurrencyCode), amount
		}
		return "", nil
	}
	return "", nil
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
