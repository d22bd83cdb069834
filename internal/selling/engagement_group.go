package selling

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"cosell/internal/api"
	"cosell/internal/arn"
	"cosell/internal/operation"
	"cosell/internal/pagetoken"
	"cosell/internal/search"
	"cosell/internal/store"
)

// EngagementGroup is a set of engagements with something in common. The operator
// keeps groups, as AWS does at AWS (docs/behavior/engagement-groups.md).
type EngagementGroup struct {
	ID             string                      `json:"id"`
	Name           string                      `json:"name"` // unique among all groups
	Catalog        string                      `json:"catalog"`
	Description    string                      `json:"description"`
	ReadinessLevel api.ReadinessLevel          `json:"readinessLevel"`
	Filter         *api.EngagementSearchFilter `json:"filter"`   // nil is every engagement
	Accounts       []string                    `json:"accounts"` // that may use it; none is every account
	Active         bool                        `json:"active"`
	Rank           int32                       `json:"rank"` // the first place in a list is that of the lowest
	UpdatedAt      api.Timestamp               `json:"updatedAt"`
}

// MaxEngagementGroups is how many groups a server keeps.
const MaxEngagementGroups = 200

// policyGroups names the document of all groups among the operator's policies:
// there are few, and every list reads them all.
const policyGroups = "engagement-groups"

func (c *Call) engagementGroups() ([]EngagementGroup, error) {
	document, err := c.Tx.Policy(policyGroups)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read engagement groups: %w", err)
	}
	groups, err := operation.Decode[[]EngagementGroup]("engagement groups", document)
	if err != nil {
		return nil, err
	}
	return *groups, nil
}

func (c *Call) putEngagementGroups(groups []EngagementGroup) error {
	document, err := operation.Encode("engagement groups", groups)
	if err != nil {
		return err
	}
	if err := c.Tx.PutPolicy(policyGroups, document); err != nil {
		return fmt.Errorf("write engagement groups: %w", err)
	}
	return nil
}

// groupNamed returns the index of a group, or -1.
func groupNamed(groups []EngagementGroup, name string) int {
	return slices.IndexFunc(groups, func(g EngagementGroup) bool { return g.Name == name })
}

// EngagementGroups returns all groups, by name.
func (s *Service) EngagementGroups(ctx context.Context) (groups []EngagementGroup, err error) {
	err = s.view(ctx, operatorCaller, func(c *Call) error {
		groups, err = c.engagementGroups()
		return err
	})
	slices.SortFunc(groups, func(a, b EngagementGroup) int { return strings.Compare(a.Name, b.Name) })
	return groups, err
}

// PutEngagementGroup creates or replaces the group of that name and returns it with
// its identifier and time. A filter that SearchEngagements would refuse is refused.
func (s *Service) PutEngagementGroup(ctx context.Context, g EngagementGroup) (EngagementGroup, error) {
	put := g
	err := s.update(ctx, operatorCaller, func(c *Call) (err error) {
		put, err = c.putEngagementGroup(g)
		return err
	})
	return put, err
}

func (c *Call) putEngagementGroup(g EngagementGroup) (put EngagementGroup, err error) {
	if _, err := search.Engagements.ParseRequest("filter", g.Filter); err != nil {
		return EngagementGroup{}, err
	}
	groups, err := c.engagementGroups()
	if err != nil {
		return EngagementGroup{}, err
	}
	put = g
	put.UpdatedAt = c.Now
	i := groupNamed(groups, g.Name)
	switch {
	case i >= 0:
		put.ID, put.UpdatedAt = groups[i].ID, c.NextModified(groups[i].UpdatedAt)
		groups[i] = put
	case len(groups) >= MaxEngagementGroups:
		return EngagementGroup{}, api.QuotaExceeded(fmt.Sprintf("groups: the server has %d already; delete one first", MaxEngagementGroups))
	default:
		put.ID = c.IDs.EngagementGroup()
		groups = append(groups, put)
	}
	return put, c.putEngagementGroups(groups)
}

// DeleteEngagementGroup removes a group, or returns store.ErrNotFound.
func (s *Service) DeleteEngagementGroup(ctx context.Context, name string) error {
	return s.update(ctx, operatorCaller, func(c *Call) error {
		groups, err := c.engagementGroups()
		if err != nil {
			return err
		}
		i := groupNamed(groups, name)
		if i < 0 {
			return store.ErrNotFound
		}
		return c.putEngagementGroups(slices.Delete(groups, i, i+1))
	})
}

func (g *EngagementGroup) arn() string { return arn.Of("", g.Catalog, "engagement-group/"+g.ID) }

// availableGroups returns the groups of a catalog that the caller may use.
func (c *Call) availableGroups(catalog string) ([]EngagementGroup, error) {
	groups, err := c.engagementGroups()
	return slices.DeleteFunc(groups, func(g EngagementGroup) bool {
		return !g.Active || g.Catalog != catalog || len(g.Accounts) > 0 && !slices.Contains(g.Accounts, c.Caller.Account)
	}), err
}

// groupFilter returns the filter of the group that a search is narrowed to, nil
// where it is narrowed to none. The answer does not tell a group that does not exist
// from one that is inactive or for other accounts.
func (c *Call) groupFilter(catalog string, id *string) (*search.Node, error) {
	if id == nil {
		return nil, nil
	}
	groups, err := c.availableGroups(catalog)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(groups, func(g EngagementGroup) bool { return g.ID == *id })
	if i < 0 {
		return nil, invalid(api.Violation("groupId", api.ValidationExceptionErrorCodeInvalidValue,
			"must be an active group that ListEngagementGroups lists"))
	}
	return search.Engagements.ParseRequest("filter", groups[i].Filter)
}

// ListEngagementGroups returns a page of the groups that the caller may use, in the
// recommended order unless a sort says otherwise. There are few enough of them to
// sort in memory.
func (c *Call) ListEngagementGroups(in *api.ListEngagementGroupsRequest) (*api.ListEngagementGroupsResponse, error) {
	page, err := c.Page("ListEngagementGroups", in, 20)
	if err != nil {
		return nil, err
	}
	groups, err := c.availableGroups(*in.Catalog)
	if err != nil {
		return nil, err
	}
	var listed []listedGroup
	for i := range groups {
		g := &groups[i]
		if in.ReadinessLevel != nil && *in.ReadinessLevel != g.ReadinessLevel ||
			!oneOf(in.EngagementGroupIdentifiers, g.ID) && !oneOf(in.EngagementGroupIdentifiers, g.arn()) {
			continue
		}
		count, err := c.countGroup(g)
		if err != nil {
			return nil, err
		}
		listed = append(listed, listedGroup{EngagementGroup: g, count: count})
	}
	sign := 1
	if in.Sort != nil && *in.Sort.SortOrder == api.SortOrderDescending {
		sign = -1
	}
	slices.SortFunc(listed, func(a, b listedGroup) int {
		return sign * comparePositions(a.position(in.Sort), b.position(in.Sort))
	})
	if page.After != nil {
		listed = slices.DeleteFunc(listed, func(g listedGroup) bool {
			return sign*comparePositions(g.position(in.Sort), *page.After) <= 0
		})
	}
	listed, next, err := operation.Cut(page, listed, func(g *listedGroup) pagetoken.Position { return g.position(in.Sort) })
	if err != nil {
		return nil, err
	}
	out := &api.ListEngagementGroupsResponse{EngagementGroupSummaries: make([]api.EngagementGroupSummary, len(listed)), NextToken: next}
	for i, g := range listed {
		out.EngagementGroupSummaries[i] = api.EngagementGroupSummary{
			Id: &g.ID, Arn: new(g.arn()), Catalog: &g.Catalog, Name: &g.Name, Description: &g.Description,
			Count: g.count, ReadinessLevel: &g.ReadinessLevel, UpdatedAt: &g.UpdatedAt,
		}
	}
	return out, nil
}

// listedGroup is a group in a list of the caller's.
type listedGroup struct {
	*EngagementGroup

	count *int32 // of the caller's engagements; nil where the filter is too wide to count
}

// readinessOrder is the recommended order of groups of the same rank.
var readinessOrder = []api.ReadinessLevel{api.ReadinessLevelSalesReady, api.ReadinessLevelMarketingReady, api.ReadinessLevelLowPotential}

// position is a group's place in a list; ties are settled by the identifier. The
// recommended order is by rank, then readiness, then the larger count.
func (g *listedGroup) position(sort *api.EngagementGroupSort) pagetoken.Position {
	p := pagetoken.Position{ID: g.ID}
	switch {
	case sort == nil:
		p.Number = int64(g.Rank)
		p.Text = fmt.Sprintf("%d %010d", slices.Index(readinessOrder, g.ReadinessLevel), math.MaxInt32-api.Value(g.count))
	case *sort.SortBy == api.EngagementGroupSortNameCount:
		p.Number = int64(api.Value(g.count))
	default:
		p.Number = int64(g.UpdatedAt)
	}
	return p
}

// countedAtOnce is how many engagements one search of a count reads.
const countedAtOnce = 1000

// countGroup counts the caller's engagements that match a group; nil is too many
// to compare.
func (c *Call) countGroup(g *EngagementGroup) (*int32, error) {
	q, err := operation.NewSearch(search.Engagements, g.Catalog, nil, (*api.EngagementSearchFilter)(nil))
	if err != nil {
		return nil, err
	}
	q.Account, q.Limit = c.Caller.Account, countedAtOnce
	if q.Group, err = q.Table.ParseRequest("filter", g.Filter); err != nil {
		return nil, fmt.Errorf("filter of group %s: %w", g.ID, err)
	}
	count := 0
	for {
		found, err := c.Tx.Search(q)
		if errors.Is(err, store.ErrSearchTooWide) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("count group %s: %w", g.ID, err)
		}
		count += len(found)
		if len(found) < countedAtOnce {
			return new(int32(min(count, math.MaxInt32))), nil
		}
		q.After = &found[len(found)-1]
	}
}
