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

func (c Config) fixtureRoutes(rest huma.API) {
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
