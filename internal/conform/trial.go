package conform

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"cosell/internal/api"
)

// failure ends a case: what was expected, and what came.
type failure string

// trial is a case that runs. Its methods end the case where the endpoint does not do what they say.
type trial struct {
	ctx     context.Context //nolint:containedctx // of the one case that it runs
	client  *Client
	second  *Client
	cleanup []func()
}

func (t *trial) failf(format string, args ...any) { panic(failure(fmt.Sprintf(format, args...))) }

// clean removes what can be removed.
func (t *trial) clean() {
	for _, f := range slices.Backward(t.cleanup) {
		f()
	}
}

// token is a client token that was never used.
func token() string { return "conform-" + strings.ToLower(rand.Text()) }

// send sends an operation in the catalog Sandbox.
func (t *trial) send(c *Client, operation string, in object) *Answer {
	in = with(in)
	if _, given := in["Catalog"]; !given && operation != "ListTagsForResource" && operation != "TagResource" && operation != "UntagResource" {
		in["Catalog"] = catalog
	}
	answer, err := c.Call(t.ctx, operation, in)
	if err != nil {
		t.failf("%v", err)
	}
	return answer
}

// ok sends an operation that must succeed and returns its answer.
func (t *trial) ok(operation string, in object) object { return t.okAs(t.client, operation, in) }

func (t *trial) okAs(c *Client, operation string, in object) object {
	answer := t.send(c, operation, in)
	if answer.Error != "" {
		t.failf("%s: want success, got %s", operation, answer)
	}
	return answer.Body
}

// refused sends an operation that must be answered with an exception.
func (t *trial) refused(operation string, in object, exception string) *Answer {
	return t.refusedAs(t.client, operation, in, exception)
}

func (t *trial) refusedAs(c *Client, operation string, in object, exception string) *Answer {
	answer := t.send(c, operation, in)
	if answer.Error != exception {
		t.failf("%s: want %s, got %s", operation, exception, answer)
	}
	return answer
}

// invalid sends an operation that breaks one rule.
func (t *trial) invalid(operation string, in object, reason, field, code string) {
	answer := t.refused(operation, in, api.TypeValidation)
	if answer.Reason != reason {
		t.failf("%s: want the reason %s, got %q", operation, reason, answer.Reason)
	}
	if answer.Fields[field] != code {
		t.failf("%s: want %s on %s, got %s", operation, code, field, answer)
	}
}

// equal compares a member of an answer, by its path.
func (t *trial) equal(answer any, path string, want any) {
	if got := at(answer, path); fmt.Sprint(got) != fmt.Sprint(want) {
		t.failf("%s: want %v, got %v", path, want, got)
	}
}

// eventually repeats a read until it holds; AWS may answer with an older state for some seconds.
func (t *trial) eventually(what string, holds func() bool) {
	const patience = 20 * time.Second
	end := time.Now().Add(patience)
	for pause := 10 * time.Millisecond; !holds(); pause = min(2*pause, time.Second) {
		if time.Now().After(end) {
			t.failf("%s: not within %s", what, patience)
		}
		select {
		case <-time.After(pause):
		case <-t.ctx.Done():
			t.failf("%v", t.ctx.Err())
		}
	}
}

// at returns what stands at a path such as LifeCycle.Stage or Results.0.Id, nil where there is nothing.
func at(value any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		switch v := value.(type) {
		case object:
			value = v[name]
		case []any:
			var i int
			if _, err := fmt.Sscan(name, &i); err != nil || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

// text is at, for a string.
func text(value any, path string) string {
	s, _ := at(value, path).(string)
	return s
}

// rows is at, for a list.
func rows(value any, path string) []any {
	list, _ := at(value, path).([]any)
	return list
}

// with returns a deep copy of an object with changes: paths and their values in turn. The value remove removes.
func with(in object, changes ...any) object {
	out, _ := clone(in).(object)
	for i := 0; i+1 < len(changes); i += 2 {
		path, _ := changes[i].(string)
		names := strings.Split(path, ".")
		inner := out
		for _, name := range names[:len(names)-1] {
			next, ok := inner[name].(object)
			if !ok {
				next = object{}
				inner[name] = next
			}
			inner = next
		}
		last := names[len(names)-1]
		if changes[i+1] == remove {
			delete(inner, last)
		} else {
			inner[last] = changes[i+1]
		}
	}
	return out
}

// remove is the value of a change that removes a member.
var remove any = &struct{ removed bool }{}

func clone(value any) any {
	switch v := value.(type) {
	case object:
		out := make(object, len(v))
		for name, inner := range v {
			out[name] = clone(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = clone(inner)
		}
		return out
	}
	return value
}
