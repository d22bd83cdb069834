package operator

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/fixture"
)

// Fixtures loads files of records; package service implements it.
type Fixtures interface {
	LoadFixtures(ctx context.Context, files []*fixture.File) (map[string]string, error)
	// CheckFixtures returns what LoadFixtures would, and makes nothing.
	CheckFixtures(ctx context.Context, files []*fixture.File) (map[string]string, error)
	// CaptureFixtures returns a file that makes what the store holds.
	CaptureFixtures(ctx context.Context, o fixture.CaptureOptions) (*fixture.Captured, error)
	// ResetAccount removes the records of an account and returns how many rows that were.
	ResetAccount(ctx context.Context, account string) (rows int64, err error)
}

type fixtureFile struct {
	Name    string `json:"name" maxLength:"255" example:"world.yaml" doc:"For errors"`
	Content string `json:"content" maxLength:"900000" doc:"YAML or JSON"`
}

type fixtureFiles struct {
	Files []fixtureFile `json:"files" minItems:"1" maxItems:"100" nullable:"false" doc:"Loaded in this order, all or none"`
}

type fixturesInput struct {
	Check bool `query:"check" doc:"Only check: nothing is made, and the identifiers are none that will be"`
	Body  fixtureFiles
}

type loadedFixtures struct {
	IDs map[string]string `json:"ids" doc:"Identifiers by the names of the records"`
}

type captureInput struct {
	Account  []string `query:"account,explode" maxItems:"100" doc:"Accounts whose records are captured; all without one"`
	Catalog  string   `query:"catalog" enum:"AWS,Sandbox" doc:"Both without one"`
	Relative bool     `query:"relative" doc:"Times and dates are relative to the load"`
}

type leftOut struct {
	What    string   `json:"what" example:"earlier next steps of opportunities" doc:"What the file does not have, and why"`
	Records []string `json:"records" nullable:"false" doc:"Whose: names in the file, identifiers or accounts"`
}

type capturedFixtures struct {
	Content string    `json:"content" doc:"The file, in YAML"`
	Left    []leftOut `json:"left" nullable:"false" doc:"What the file does not have"`
}

// captureRoute adds the route that captures fixtures.
func (c Config) captureRoute(rest huma.API) {
	huma.Get(rest, "/fixtures", func(ctx context.Context, in *captureInput) (*body[capturedFixtures], error) {
		captured, err := c.Fixtures.CaptureFixtures(ctx, fixture.CaptureOptions{Accounts: in.Account, Catalog: in.Catalog, Relative: in.Relative})
		if unknown, ok := errors.AsType[fixture.UnknownAccountError](err); ok {
			return nil, unprocessable("query.account", unknown.Error())
		}
		if many, ok := errors.AsType[fixture.TooManyRecordsError](err); ok {
			return nil, unprocessable("query.account", many.Error())
		}
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		out := capturedFixtures{Content: captured.Content, Left: []leftOut{}}
		for _, l := range captured.Left {
			out.Left = append(out.Left, leftOut{What: l.What, Records: append([]string{}, l.Records...)})
		}
		return &body[capturedFixtures]{out}, nil
	}, tagged("State", "Capture what the server holds as a file of fixtures; secrets are not in it"))
}

func (c Config) fixtureRoutes(rest huma.API) {
	c.captureRoute(rest)
	huma.Post(rest, "/fixtures", func(ctx context.Context, in *fixturesInput) (*body[loadedFixtures], error) {
		files := make([]*fixture.File, len(in.Body.Files))
		for i, f := range in.Body.Files {
			var err error
			if files[i], err = fixture.Parse(f.Name, []byte(f.Content)); err != nil {
				return nil, c.fixtureRefusal(ctx, err)
			}
		}
		load := c.Fixtures.LoadFixtures
		if in.Check {
			load = c.Fixtures.CheckFixtures
		}
		ids, err := load(ctx, files)
		if err != nil {
			return nil, c.fixtureRefusal(ctx, err)
		}
		return &body[loadedFixtures]{loadedFixtures{ids}}, nil
	}, tagged("State", "Load records from fixtures, all or none; those of names that were loaded before are kept"), func(o *huma.Operation) {
		o.DefaultStatus = http.StatusOK
	})
}

func (c Config) fixtureRefusal(ctx context.Context, err error) error {
	if wrong, ok := errors.AsType[*fixture.Error](err); ok {
		return unprocessable("body.files", wrong.Error())
	}
	return c.refusal(ctx, err, "body.files")
}
