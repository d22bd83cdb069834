package main

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
)

// Every job is waited for, also one that stands behind others that are done.
func TestBehindStopsAtTheFirstThatIsBehind(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text := "nothing new"
		if strings.HasPrefix(r.URL.Path, "/done") {
			text = burstCompany
		}
		_, _ = w.Write([]byte(text))
	}))
	defer server.Close()
	c, err := dial(t.Context(), strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	for _, test := range []struct {
		name, paths, want string
	}{
		{"all have followed", "done1 done2", ""},
		{"none has", "not1 not2", "not1 not2"},
		{"one in the middle has not", "done1 not1 done2", "not1 done2"},
		{"the last has not", "done1 done2 not1", "not1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := behind(c, requestsFor(test.paths))
			if err != nil || !slices.EqualFunc(got, requestsFor(test.want), slices.Equal) {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func requestsFor(paths string) [][]byte {
	var all [][]byte
	for path := range strings.FieldsSeq(paths) {
		all = append(all, []byte("GET /"+path+" HTTP/1.1\r\nHost: here\r\n\r\n"))
	}
	return all
}

func TestCostIsTimeNotRate(t *testing.T) {
	of := func(requests int) *result {
		return &result{requests: requests, elapsed: time.Second, latencies: []time.Duration{1}}
	}
	for _, test := range []struct {
		snapshots int
		want      string
	}{{200, "0.50 met"}, {80, "1.25 met"}, {50, "2.00 missed"}} {
		l := cost("", pairs{{of(test.snapshots), of(100)}})
		if got := l.measured + " " + l.verdict; got != test.want {
			t.Errorf("%d snapshots while 100 opportunities: %s, want %s", test.snapshots, got, test.want)
		}
	}
}

// The deep page and the old records must be there in a store of any size.
func TestListsFitTheStore(t *testing.T) {
	for n, page := range map[int]int{1000: 50, 20_000: 1000, 1_000_000: 1000} {
		l := newLists(n)
		if l.deepPage != page || l.deep.page != page || l.deepByCompany.page != page {
			t.Errorf("%d opportunities: page %d, want %d", n, l.deepPage, page)
		}
		last := api.NewTimestamp(firstCreated.Add(time.Duration(n) * spacing))
		for _, f := range l.filters {
			if created := f.list.in.CreatedDate; created != nil && *created.BeforeCreatedDate > last {
				t.Errorf("%d opportunities: %s ends after the last", n, f.what)
			}
		}
	}
}
