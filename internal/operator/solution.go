package operator

import (
	"context"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/api"
)

type solutionFields struct {
	Name                      string `json:"name" minLength:"1" maxLength:"255"`
	Status                    string `json:"status,omitempty" enum:"Active,Inactive,Draft" default:"Active"`
	Category                  string `json:"category,omitempty" maxLength:"255" example:"Software Product"`
	AwsMarketplaceSolutionArn string `json:"awsMarketplaceSolutionArn,omitempty" maxLength:"255"`
}

type solution struct {
	ID          string    `json:"id"`
	ARN         string    `json:"arn"`
	CreatedDate time.Time `json:"createdDate"`
	solutionFields
}

type solutionList struct {
	Solutions []solution `json:"solutions" nullable:"false"`
}

// CatalogPath is the part of a path that names a catalog of an account. It is
// exported because huma ignores embedded structures that are not.
type CatalogPath struct {
	AccountPath

	Catalog string `path:"catalog" enum:"AWS,Sandbox"`
}

type putSolution struct {
	CatalogPath

	ID   string `path:"id" pattern:"^S-[0-9]{1,19}$" patternDescription:"S- and up to 19 digits" example:"S-7654321"`
	Body solutionFields
}

type getSolution struct {
	CatalogPath

	ID string `path:"id"`
}

func (c Config) solutionRoutes(rest huma.API) {
	const path = "/accounts/{account}/catalogs/{catalog}/solutions"
	huma.Get(rest, path, func(ctx context.Context, in *CatalogPath) (*body[solutionList], error) {
		stored, err := c.Service.Solutions(ctx, in.Account, in.Catalog)
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		list := solutionList{Solutions: make([]solution, len(stored))}
		for i, s := range stored {
			list.Solutions[i] = solutionOf(s)
		}
		return &body[solutionList]{list}, nil
	}, tagged("Solutions", "List an account's solutions"))
	huma.Get(rest, path+"/{id}", func(ctx context.Context, in *getSolution) (*body[solution], error) {
		return c.findSolution(ctx, in.CatalogPath, in.ID)
	}, tagged("Solutions", "Read a solution"))
	huma.Put(rest, path+"/{id}", func(ctx context.Context, in *putSolution) (*body[solution], error) {
		if err := c.Service.PutSolution(ctx, in.Account, in.Catalog, in.Body.stored(in.ID)); err != nil {
			return nil, c.fault(ctx, err)
		}
		return c.findSolution(ctx, in.CatalogPath, in.ID)
	}, tagged("Solutions", "Add or replace a solution"))
}

func (c Config) findSolution(ctx context.Context, at CatalogPath, id string) (*body[solution], error) {
	stored, err := c.Service.Solutions(ctx, at.Account, at.Catalog)
	if err != nil {
		return nil, c.fault(ctx, err)
	}
	i := slices.IndexFunc(stored, func(s api.SolutionBase) bool { return *s.Id == id })
	if i < 0 {
		return nil, huma.Error404NotFound("id: the account has no such solution in this catalog")
	}
	return &body[solution]{solutionOf(stored[i])}, nil
}

func solutionOf(s api.SolutionBase) solution {
	out := solution{ID: *s.Id, ARN: *s.Arn, CreatedDate: s.CreatedDate.Time()}
	out.Name, out.Status = *s.Name, string(*s.Status)
	if s.Category != nil {
		out.Category = *s.Category
	}
	if s.AwsMarketplaceSolutionArn != nil {
		out.AwsMarketplaceSolutionArn = *s.AwsMarketplaceSolutionArn
	}
	return out
}

func (f solutionFields) stored(id string) api.SolutionBase {
	s := api.SolutionBase{Id: &id, Name: &f.Name, Status: new(api.SolutionStatus(f.Status))}
	if f.Category != "" {
		s.Category = &f.Category
	}
	if f.AwsMarketplaceSolutionArn != "" {
		s.AwsMarketplaceSolutionArn = &f.AwsMarketplaceSolutionArn
	}
	return s
}
