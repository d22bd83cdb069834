package operation_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/clock"
	"cosell/internal/ids"
	"cosell/internal/operation"
	"cosell/internal/pagetoken"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

var (
	alice = auth.Principal{Account: "111122223333"}
	bob   = auth.Principal{Account: "444455556666"}
)

func newRunner(t *testing.T, wake func()) *operation.Runner {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	r, err := operation.NewRunner(t.Context(), operation.Config{
		Store: s, Clock: clock.System(), IDs: ids.New(time.Now, rand.NewChaCha8([32]byte{3})), Wake: wake,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// list reads a page of the numbers 1 to 5.
func list(c *operation.Call, operationName string, in api.PagedInput) (numbers []int, next *string, err error) {
	page, err := c.Page(operationName, in, 2)
	if err != nil {
		return nil, nil, err
	}
	first := 1
	if page.After != nil {
		first = int(page.After.Number) + 1
	}
	for n := first; n <= 5 && len(numbers) < page.Limit(); n++ {
		numbers = append(numbers, n)
	}
	return operation.Cut(page, numbers, func(n *int) pagetoken.Position { return pagetoken.Position{Number: int64(*n)} })
}

func TestPages(t *testing.T) {
	r := newRunner(t, nil)
	for _, c := range []struct {
		name string
		size *int32
		want [][]int
	}{
		{"UsualSize", nil, [][]int{{1, 2}, {3, 4}, {5}}},
		{"GivenSize", new(int32(3)), [][]int{{1, 2, 3}, {4, 5}}},
		{"LastPageIsFull", new(int32(5)), [][]int{{1, 2, 3, 4, 5}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := &api.ListEngagementsRequest{Catalog: new("AWS"), MaxResults: c.size}
			for i, want := range c.want {
				err := r.View(t.Context(), alice, func(c *operation.Call) error {
					numbers, next, err := list(c, "ListEngagements", in)
					if !slices.Equal(numbers, want) {
						t.Errorf("page %d is %v, want %v", i, numbers, want)
					}
					in.NextToken = next
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			if in.NextToken != nil {
				t.Error("the last page has a token")
			}
		})
	}
}

// A page token leads on in the list that it came from, and in no other.
func TestPageTokenIsBoundToItsList(t *testing.T) {
	r := newRunner(t, nil)
	var token *string
	err := r.View(t.Context(), alice, func(c *operation.Call) (err error) {
		_, token, err = list(c, "ListEngagements", &api.ListEngagementsRequest{Catalog: new("AWS")})
		return err
	})
	if err != nil || token == nil {
		t.Fatalf("token %v, error %v", token, err)
	}
	for _, c := range []struct {
		name, operation string
		caller          auth.Principal
		in              api.PagedInput
		valid           bool
	}{
		{"SameList", "ListEngagements", alice, &api.ListEngagementsRequest{Catalog: new("AWS"), NextToken: token}, true},
		{"OtherPageSize", "ListEngagements", alice, &api.ListEngagementsRequest{Catalog: new("AWS"), NextToken: token, MaxResults: new(int32(1))}, true},
		{"OtherAccount", "ListEngagements", bob, &api.ListEngagementsRequest{Catalog: new("AWS"), NextToken: token}, false},
		{"OtherOperation", "ListThings", alice, &api.ListEngagementsRequest{Catalog: new("AWS"), NextToken: token}, false},
		{"OtherCatalog", "ListEngagements", alice, &api.ListEngagementsRequest{Catalog: new("Sandbox"), NextToken: token}, false},
		{"OtherFilter", "ListEngagements", alice, &api.ListEngagementsRequest{Catalog: new("AWS"), NextToken: token, CreatedBy: []string{"aws"}}, false},
		{"Forged", "ListEngagements", alice, &api.ListEngagementsRequest{Catalog: new("AWS"), NextToken: new("AAAA")}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := r.View(t.Context(), c.caller, func(call *operation.Call) error {
				_, _, err := list(call, c.operation, c.in)
				return err
			})
			if e, _ := errors.AsType[*api.Error](err); c.valid && err != nil || !c.valid && (e == nil || e.Type != api.TypeValidation) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestOnce(t *testing.T) {
	r := newRunner(t, nil)
	runs := 0
	create := func(title string) (api.Raw, error) {
		in := &api.CreateEngagementRequest{Catalog: new("AWS"), ClientToken: new("token"), Title: &title}
		return r.Once(t.Context(), alice, "CreateEngagement", in, func(*operation.Call) (any, error) {
			runs++
			return map[string]int{"Run": runs}, nil
		})
	}
	for range 2 {
		answer, err := create("A")
		if err != nil || string(answer) != `{"Run":1}` {
			t.Errorf("got %s, %v", answer, err)
		}
	}
	_, err := create("B")
	if e, _ := errors.AsType[*api.Error](err); e == nil || e.Type != api.TypeConflict {
		t.Errorf("another request under the token: %v", err)
	}
}

// Workers are woken after a commit that enqueued work, and only then.
func TestWake(t *testing.T) {
	woken := 0
	r := newRunner(t, func() { woken++ })
	enqueue := func(c *operation.Call) error {
		return c.OnBehalfOf(bob.Account).Later("kind", "subject", operation.Immediately, 1)
	}
	broken := errors.New("broken")
	for _, c := range []struct {
		name string
		fn   func(*operation.Call) error
		want int
	}{
		{"NoWork", func(*operation.Call) error { return nil }, 0},
		{"RolledBack", func(c *operation.Call) error { return errors.Join(enqueue(c), broken) }, 0},
		{"Committed", enqueue, 1},
	} {
		woken = 0
		if err := r.Update(t.Context(), alice, c.fn); err != nil && !errors.Is(err, broken) {
			t.Fatal(err)
		}
		if woken != c.want {
			t.Errorf("%s: woken %d times", c.name, woken)
		}
	}
}

func TestWorkHandlers(t *testing.T) {
	r := newRunner(t, nil)
	var reason string
	family := map[string]operation.WorkHandler{
		"plain": {Handle: func(*operation.Call, []byte) error { return nil }},
		"told": {
			Handle:    func(*operation.Call, []byte) error { return nil },
			OnFailure: func(_ *operation.Call, _ []byte, why string) error { reason = why; return nil },
		},
	}
	if _, err := operation.NewWorkHandlers(r, family, map[string]operation.WorkHandler{"told": {}}); err == nil {
		t.Error("two handlers of one kind were taken")
	}
	p, err := operation.NewWorkHandlers(r, family)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Handle(nil, store.Work{Kind: "unknown"}); err == nil {
		t.Error("work of an unknown kind was performed")
	}
	if err := p.OnFailure(nil, store.Work{Kind: "plain"}, errors.New("broken")); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		name  string
		cause error
		want  string
	}{
		{"ErrorOfTheAPI", api.QuotaExceeded("There is no room"), "There is no room"},
		{"Fault", context.Canceled, "The server could not complete the request"},
	} {
		if err := p.OnFailure(nil, store.Work{Kind: "told"}, c.cause); err != nil || reason != c.want {
			t.Errorf("%s: told %q, %v", c.name, reason, err)
		}
	}
}

func TestLoad(t *testing.T) {
	type thing struct{ Name string }
	for _, c := range []struct {
		name     string
		document string
		err      error
		wantType string // of the API; "" is a fault
		ok       bool
	}{
		{name: "Found", document: `{"Name":"x"}`, ok: true},
		{name: "NotFound", err: store.ErrNotFound, wantType: api.TypeResourceNotFound},
		{name: "FailedRead", err: errors.New("disk")},
		{name: "Damaged", document: `{`},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := operation.Load[thing]("thing", []byte(c.document), c.err)
			if c.ok {
				if err != nil || v.Name != "x" {
					t.Errorf("got %v, %v", v, err)
				}
				return
			}
			e, _ := errors.AsType[*api.Error](err)
			if err == nil || (e == nil) != (c.wantType == "") || e != nil && e.Type != c.wantType {
				t.Errorf("got %v", err)
			}
		})
	}
}
