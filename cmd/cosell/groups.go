package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
)

// groupsCommand keeps the engagement groups of a running server.
type groupsCommand struct {
	List   listGroups  `cmd:"" default:"withargs" help:"List the engagement groups."`
	Put    putGroup    `cmd:"" help:"Create or replace an engagement group."`
	Delete deleteGroup `cmd:"" help:"Delete an engagement group."`
}

const groupsPath = "/engagement-groups"

type engagementGroup struct {
	ID, Name, Catalog, ReadinessLevel, Description string
	Active                                         bool
	Rank                                           int
}

func groupTable(w io.Writer, groups ...engagementGroup) {
	fmt.Fprintln(w, "GROUP\tNAME\tCATALOG\tREADINESS\tRANK\tACTIVE\tDESCRIPTION")
	for _, g := range groups {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%t\t%s\n", g.ID, g.Name, g.Catalog, g.ReadinessLevel, g.Rank, g.Active, g.Description)
	}
}

type listGroups struct{ operatorClient }

// Run prints the groups.
func (c listGroups) Run(out output) error {
	var list struct{ EngagementGroups []engagementGroup }
	return c.ask(out, http.MethodGet, groupsPath, nil, &list, func(w io.Writer) { groupTable(w, list.EngagementGroups...) })
}

type putGroup struct {
	operatorClient

	Name        string   `arg:"" placeholder:"NAME" help:"Name, such as public-sector; no two groups have the same."`
	Description string   `required:"true" placeholder:"TEXT" help:"What partners read about the group."`
	Catalog     string   `default:"Sandbox" enum:"AWS,Sandbox" placeholder:"CATALOG" help:"AWS or Sandbox (${default})."`
	Readiness   string   `default:"SalesReady" placeholder:"LEVEL" help:"SalesReady, MarketingReady or LowPotential (${default})."`
	Filter      string   `type:"existingfile" placeholder:"FILE" help:"File with the filter of SearchEngagements that describes the group's engagements; without it, all."`
	Accounts    []string `placeholder:"ACCOUNT" help:"Accounts that may use the group; without it, all."`
	Rank        int      `help:"Place in the recommended order; the lowest is the first (${default})." default:"0"`
	Inactive    bool     `help:"Show the group to nobody."`
}

// Run stores the group and prints it.
func (c putGroup) Run(out output) error {
	body := map[string]any{
		catalogMember: c.Catalog, "description": c.Description, "readinessLevel": c.Readiness, "rank": c.Rank, "active": !c.Inactive,
	}
	if len(c.Accounts) > 0 {
		body["accounts"] = c.Accounts
	}
	if c.Filter != "" {
		filter, err := os.ReadFile(c.Filter)
		if err != nil {
			return fmt.Errorf("--filter: %w", err)
		}
		body["filter"] = json.RawMessage(filter)
	}
	var put engagementGroup
	return c.ask(out, http.MethodPut, groupsPath+"/"+url.PathEscape(c.Name), body, &put, func(w io.Writer) { groupTable(w, put) })
}

type deleteGroup struct {
	operatorClient

	Name string `arg:"" placeholder:"NAME" help:"Name of the group."`
}

// Run deletes the group.
func (c deleteGroup) Run() error {
	_, err := c.send(http.MethodDelete, groupsPath+"/"+url.PathEscape(c.Name), nil)
	return err
}
