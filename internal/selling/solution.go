package selling

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cosell/internal/api"
	"cosell/internal/arn"
	"cosell/internal/auth"
	"cosell/internal/operation"
	"cosell/internal/pagetoken"
	"cosell/internal/store"
)

// defaultSolution is the active solution that Sandbox holds for every account
// (docs/behavior/solutions-and-tags.md#solutions).
const defaultSolution = "S-1234567"

// catalogSandbox is the catalog for tests, where a partner may play AWS.
const catalogSandbox = "Sandbox"

// defaultSolutionCreated is when the default solution says it was made: before
// every record, and the same for each account.
const defaultSolutionCreated = api.Timestamp(1704067200000) // 2024-01-01

// ListSolutions returns a page of the caller's solutions. An account has few
// enough of them to filter and sort in memory.
func (c *Call) ListSolutions(in *api.ListSolutionsRequest) (*api.ListSolutionsResponse, error) {
	page, err := c.Page("ListSolutions", in, 20)
	if err != nil {
		return nil, err
	}
	solutions, err := c.solutions(*in.Catalog)
	if err != nil {
		return nil, err
	}
	solutions = slices.DeleteFunc(solutions, func(s api.SolutionBase) bool {
		return !oneOf(in.Status, *s.Status) || !oneOf(in.Identifier, *s.Id) ||
			!oneOf(in.Category, api.Value(s.Category)) || !oneOf(in.AwsMarketplaceSolutionArn, api.Value(s.AwsMarketplaceSolutionArn))
	})
	by, sign := api.SolutionSortNameIdentifier, 1
	if in.Sort != nil {
		by = *in.Sort.SortBy
		if *in.Sort.SortOrder == api.SortOrderDescending {
			sign = -1
		}
	}
	compare := func(a, b pagetoken.Position) int { return sign * comparePositions(a, b) }
	slices.SortFunc(solutions, func(a, b api.SolutionBase) int {
		return compare(solutionPosition(a, by), solutionPosition(b, by))
	})
	if page.After != nil {
		begin, _ := slices.BinarySearchFunc(solutions, *page.After, func(s api.SolutionBase, p pagetoken.Position) int {
			return cmp.Or(compare(solutionPosition(s, by), p), -1)
		})
		solutions = solutions[begin:]
	}
	solutions, next, err := operation.Cut(page, solutions, func(s *api.SolutionBase) pagetoken.Position { return solutionPosition(*s, by) })
	if err != nil {
		return nil, err
	}
	return &api.ListSolutionsResponse{SolutionSummaries: solutions, NextToken: next}, nil
}

// oneOf reports whether a filter accepts a value; an empty filter accepts all.
func oneOf[T comparable](filter []T, v T) bool {
	return len(filter) == 0 || slices.Contains(filter, v)
}

func comparePositions(a, b pagetoken.Position) int {
	return cmp.Or(cmp.Compare(a.Number, b.Number), strings.Compare(a.Text, b.Text), strings.Compare(a.ID, b.ID))
}

// solutionPosition is a solution's place in a list sorted by a member.
func solutionPosition(s api.SolutionBase, by api.SolutionSortName) pagetoken.Position {
	p := pagetoken.Position{ID: *s.Id}
	switch by {
	case api.SolutionSortNameIdentifier:
	case api.SolutionSortNameName:
		p.Text = api.Value(s.Name)
	case api.SolutionSortNameStatus:
		p.Text = string(api.Value(s.Status))
	case api.SolutionSortNameCategory:
		p.Text = api.Value(s.Category)
	case api.SolutionSortNameCreatedDate:
		p.Number = int64(api.Value(s.CreatedDate))
	}
	return p
}

// solutions returns the caller's solutions in a catalog, by identifier.
func (c *Call) solutions(catalog string) ([]api.SolutionBase, error) {
	documents, err := c.Tx.Solutions(c.Caller.Account, catalog)
	if err != nil {
		return nil, fmt.Errorf("read solutions: %w", err)
	}
	found := make([]api.SolutionBase, len(documents), len(documents)+1)
	for i, document := range documents {
		if err := api.Unmarshal(document, &found[i]); err != nil {
			return nil, fmt.Errorf("decode solution: %w", err)
		}
	}
	if catalog == catalogSandbox && !slices.ContainsFunc(found, func(s api.SolutionBase) bool { return *s.Id == defaultSolution }) {
		found = append(found, sandboxSolution(c.Caller.Account))
		slices.SortFunc(found, func(a, b api.SolutionBase) int { return strings.Compare(*a.Id, *b.Id) })
	}
	return found, nil
}

// solution returns one of the caller's solutions, or store.ErrNotFound.
func (c *Call) solution(catalog, id string) (*api.SolutionBase, error) {
	document, err := c.Tx.Solution(c.Caller.Account, catalog, id)
	if errors.Is(err, store.ErrNotFound) && catalog == catalogSandbox && id == defaultSolution {
		return new(sandboxSolution(c.Caller.Account)), nil
	}
	if err != nil {
		return nil, fmt.Errorf("read solution: %w", err)
	}
	return operation.Decode[api.SolutionBase]("solution", document)
}

func sandboxSolution(account string) api.SolutionBase {
	return api.SolutionBase{
		Catalog: new(catalogSandbox), Id: new(defaultSolution),
		Arn:  new(arn.Of(account, catalogSandbox, kindSolution+"/"+defaultSolution)),
		Name: new("Sandbox Solution"), Status: new(api.SolutionStatusActive),
		Category: new("Software Product"), CreatedDate: new(defaultSolutionCreated),
	}
}

// PutSolution adds or replaces a solution of an account. The catalog, ARN and
// time of creation are filled in; the identifier, name and status must be there.
func (s *Service) PutSolution(ctx context.Context, account, catalog string, solution api.SolutionBase) error {
	return s.update(ctx, auth.Principal{Account: account}, func(c *Call) error { return c.putSolution(catalog, solution) })
}

// putSolution adds or replaces a solution of the caller's.
func (c *Call) putSolution(catalog string, solution api.SolutionBase) error {
	solution.Catalog = &catalog
	solution.Arn = new(arn.Of(c.Caller.Account, catalog, kindSolution+"/"+*solution.Id))
	before, err := c.solution(catalog, *solution.Id)
	switch {
	case err == nil:
		solution.CreatedDate = before.CreatedDate
	case errors.Is(err, store.ErrNotFound):
		solution.CreatedDate = new(c.Now)
	default:
		return err
	}
	document, err := operation.Encode("solution", solution)
	if err != nil {
		return err
	}
	return c.Tx.PutSolution(c.Caller.Account, catalog, *solution.Id, document)
}

// Solutions returns all solutions of an account in a catalog.
func (s *Service) Solutions(ctx context.Context, account, catalog string) (found []api.SolutionBase, err error) {
	err = s.view(ctx, auth.Principal{Account: account}, func(c *Call) error {
		found, err = c.solutions(catalog)
		return err
	})
	return found, err
}
