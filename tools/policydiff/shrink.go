package main

import (
	"encoding/json"
	"iter"
	"slices"
)

// shrink removes from a case what is not needed for a property to hold.
func shrink(c *testCase, holds func(*testCase) bool) *testCase {
	for smaller := true; smaller; {
		smaller = false
		for candidate := range c.smaller() {
			if holds(candidate) {
				c, smaller = candidate, true
				break
			}
		}
	}
	return c
}

// smaller yields copies of a case that lack something.
func (c *testCase) smaller() iter.Seq[*testCase] {
	return func(yield func(*testCase) bool) {
		try := func(change func(*testCase)) bool {
			again := c.clone()
			change(again)
			return yield(again)
		}
		if c.Boundary != nil && (!try(func(c *testCase) { c.Boundary = nil }) || !try(func(c *testCase) { c.Identity, c.Boundary = []map[string]any{c.Boundary}, nil })) {
			return
		}
		for i := range c.Session {
			if !try(func(c *testCase) { c.Session = slices.Delete(c.Session, i, i+1) }) ||
				!try(func(c *testCase) { c.Identity, c.Session = []map[string]any{c.Session[i]}, nil }) {
				return
			}
		}
		for i := range c.Identity {
			if len(c.Identity) > 1 && !try(func(c *testCase) { c.Identity = slices.Delete(c.Identity, i, i+1) }) {
				return
			}
		}
		for key := range c.Context {
			if !try(func(c *testCase) { delete(c.Context, key) }) {
				return
			}
		}
		for _, of := range []func(*testCase) []map[string]any{
			func(c *testCase) []map[string]any { return c.Identity }, func(c *testCase) []map[string]any { return c.Session },
			func(c *testCase) []map[string]any {
				if c.Boundary == nil {
					return nil
				}
				return []map[string]any{c.Boundary}
			},
		} {
			for i := range of(c) {
				for change := range smallerValues(of(c)[i]["Statement"]) {
					if !try(func(c *testCase) { of(c)[i]["Statement"] = change }) {
						return
					}
				}
			}
		}
	}
}

// smallerValues yields a value without one of its members or elements, at any depth.
func smallerValues(v any) iter.Seq[any] {
	return func(yield func(any) bool) {
		switch v := v.(type) {
		case []any:
			for i := range v {
				if len(v) > 1 && !yield(slices.Delete(slices.Clone(v), i, i+1)) {
					return
				}
				for inner := range smallerValues(v[i]) {
					again := slices.Clone(v)
					again[i] = inner
					if !yield(again) {
						return
					}
				}
			}
		case map[string]any:
			for key := range v {
				again := map[string]any{}
				for k := range v {
					if k != key {
						again[k] = v[k]
					}
				}
				if !yield(again) {
					return
				}
				for inner := range smallerValues(v[key]) {
					changed := map[string]any{key: inner}
					for k := range again {
						changed[k] = again[k]
					}
					if !yield(changed) {
						return
					}
				}
			}
		}
	}
}

func (c *testCase) clone() *testCase {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // of texts alone
	}
	again := new(testCase)
	if err := json.Unmarshal(text, again); err != nil {
		panic(err)
	}
	return again
}
