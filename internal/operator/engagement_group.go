package operator

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/api"
	"cosell/internal/selling"
	"cosell/internal/store"
)

// Groups has the operations on engagement groups, which the operator keeps.
type Groups interface {
	EngagementGroups(ctx context.Context) ([]selling.EngagementGroup, error)
	PutEngagementGroup(ctx context.Context, g selling.EngagementGroup) (selling.EngagementGroup, error)
	DeleteEngagementGroup(ctx context.Context, name string) error
}

// engagementFilter is a filter of SearchEngagements with the member names of the API.
type engagementFilter struct{ json.RawMessage }

// Schema implements [huma.SchemaProvider]. A filter holds filters, which the schema
// does not spell out.
func (engagementFilter) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, Nullable: true, AdditionalProperties: true,
		Description: "A Filter of SearchEngagements: docs/behavior/searching.md",
	}
}

type engagementGroupFields struct {
	Catalog        string           `json:"catalog" enum:"AWS,Sandbox"`
	Description    string           `json:"description" minLength:"1" maxLength:"2048"`
	ReadinessLevel string           `json:"readinessLevel" enum:"SalesReady,MarketingReady,LowPotential"`
	Filter         engagementFilter `json:"filter,omitzero" doc:"The engagements of the group; all if absent"`
	Accounts       []string         `json:"accounts,omitempty" nullable:"false" maxItems:"1000" doc:"Accounts that may use the group; all if absent"`
	Active         *bool            `json:"active,omitempty" doc:"Whether partners see the group; true if absent"`
	Rank           int32            `json:"rank,omitempty" minimum:"0" doc:"Place in the recommended order; the lowest is the first"`
}

type engagementGroup struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	UpdatedAt time.Time `json:"updatedAt"`
	engagementGroupFields
}

type engagementGroupList struct {
	EngagementGroups []engagementGroup `json:"engagementGroups" nullable:"false" doc:"By name"`
}

// EngagementGroupPath names a group. It is exported because huma ignores embedded
// structures that are not.
type EngagementGroupPath struct {
	Name string `path:"name" minLength:"1" maxLength:"255" example:"public-sector"`
}

type putEngagementGroup struct {
	EngagementGroupPath

	Body engagementGroupFields
}

func (c Config) engagementGroupRoutes(rest huma.API) {
	const path = "/engagement-groups"
	huma.Get(rest, path, func(ctx context.Context, _ *struct{}) (*body[engagementGroupList], error) {
		groups, err := c.Service.EngagementGroups(ctx)
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		list := engagementGroupList{EngagementGroups: make([]engagementGroup, len(groups))}
		for i := range groups {
			if list.EngagementGroups[i], err = engagementGroupOf(&groups[i]); err != nil {
				return nil, c.fault(ctx, err)
			}
		}
		return &body[engagementGroupList]{list}, nil
	}, tagged("Engagement groups", "List the engagement groups"))
	huma.Get(rest, path+"/{name}", func(ctx context.Context, in *EngagementGroupPath) (*body[engagementGroup], error) {
		groups, err := c.Service.EngagementGroups(ctx)
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		i := slices.IndexFunc(groups, func(g selling.EngagementGroup) bool { return g.Name == in.Name })
		if i < 0 {
			return nil, errNoGroup()
		}
		return c.answerGroup(ctx, &groups[i])
	}, tagged("Engagement groups", "Read an engagement group"))
	huma.Put(rest, path+"/{name}", func(ctx context.Context, in *putEngagementGroup) (*body[engagementGroup], error) {
		g, err := in.Body.stored(in.Name)
		if err != nil {
			return nil, err
		}
		put, err := c.Service.PutEngagementGroup(ctx, g)
		if err != nil {
			return nil, c.refusal(ctx, err, "body")
		}
		return c.answerGroup(ctx, &put)
	}, tagged("Engagement groups", "Create or replace an engagement group"))
	huma.Delete(rest, path+"/{name}", func(ctx context.Context, in *EngagementGroupPath) (*struct{}, error) {
		err := c.Service.DeleteEngagementGroup(ctx, in.Name)
		if errors.Is(err, store.ErrNotFound) {
			return nil, errNoGroup()
		}
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		return nil, nil
	}, tagged("Engagement groups", "Delete an engagement group"), func(o *huma.Operation) { o.DefaultStatus = http.StatusNoContent })
}

func errNoGroup() error { return huma.Error404NotFound("name: there is no such engagement group") }

func (c Config) answerGroup(ctx context.Context, g *selling.EngagementGroup) (*body[engagementGroup], error) {
	out, err := engagementGroupOf(g)
	if err != nil {
		return nil, c.fault(ctx, err)
	}
	return &body[engagementGroup]{out}, nil
}

func engagementGroupOf(g *selling.EngagementGroup) (engagementGroup, error) {
	out := engagementGroup{ID: g.ID, Name: g.Name, UpdatedAt: g.UpdatedAt.Time(), engagementGroupFields: engagementGroupFields{
		Catalog: g.Catalog, Description: g.Description, ReadinessLevel: string(g.ReadinessLevel),
		Accounts: g.Accounts, Active: &g.Active, Rank: g.Rank,
	}}
	if g.Filter == nil {
		return out, nil
	}
	var err error
	out.Filter.RawMessage, err = api.Marshal(g.Filter)
	return out, err
}

// stored returns the fields as the service keeps them, or what is wrong with them.
func (f engagementGroupFields) stored(name string) (selling.EngagementGroup, error) {
	g := selling.EngagementGroup{
		Name: name, Catalog: f.Catalog, Description: f.Description, ReadinessLevel: api.ReadinessLevel(f.ReadinessLevel),
		Accounts: f.Accounts, Active: f.Active == nil || *f.Active, Rank: f.Rank,
	}
	if len(f.Filter.RawMessage) == 0 || string(f.Filter.RawMessage) == "null" {
		return g, nil
	}
	g.Filter = new(api.EngagementSearchFilter)
	if err := api.Unmarshal(f.Filter.RawMessage, g.Filter); err != nil {
		return g, unprocessable("body.filter", "must be a Filter of SearchEngagements")
	}
	return g, nil
}
