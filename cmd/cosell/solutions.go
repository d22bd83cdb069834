package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// solutionsCommand lists and adds the solutions that a partner can associate.
type solutionsCommand struct {
	List listSolutions `cmd:"" default:"withargs" help:"List the solutions of an account."`
	Put  putSolution   `cmd:"" help:"Add or replace a solution."`
}

type solution struct{ ID, Name, Status, Category string }

func (o owner) solutions() string {
	return "/accounts/" + url.PathEscape(o.Account) + "/catalogs/" + url.PathEscape(o.Catalog) + "/solutions"
}

func solutionTable(w io.Writer, solutions ...solution) {
	fmt.Fprintln(w, "SOLUTION\tNAME\tSTATUS\tCATEGORY")
	for _, s := range solutions {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.ID, s.Name, s.Status, s.Category)
	}
}

type listSolutions struct {
	operatorClient
	owner
}

// Run prints the solutions.
func (c listSolutions) Run(out output) error {
	var list struct{ Solutions []solution }
	return c.ask(out, http.MethodGet, c.solutions(), nil, &list, func(w io.Writer) { solutionTable(w, list.Solutions...) })
}

type putSolution struct {
	operatorClient
	owner

	ID       string `arg:"" placeholder:"SOLUTION" help:"Identifier, such as S-7654321."`
	Name     string `env:"-" required:"true" help:"Name of the solution."`
	Status   string `env:"-" enum:"Active,Inactive,Draft" default:"Active" help:"Status: Active, Inactive or Draft (${default})."`
	Category string `env:"-" help:"Category of the solution."`
}

// Run stores the solution and prints it.
func (c putSolution) Run(out output) error {
	body := map[string]string{"name": c.Name, statusMember: c.Status}
	if c.Category != "" {
		body["category"] = c.Category
	}
	var stored solution
	return c.ask(out, http.MethodPut, c.solutions()+"/"+url.PathEscape(c.ID), body, &stored, func(w io.Writer) { solutionTable(w, stored) })
}
