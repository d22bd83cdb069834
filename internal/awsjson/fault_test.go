package awsjson_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"cosell/internal/api"
	"cosell/internal/awsjson"
	"cosell/internal/fault"
)

// struck serves an operation that a fault strikes. It counts how often the operation runs.
func struck(t *testing.T, f fault.Fault) (handler *awsjson.Handler, s *world, runs *int) {
	t.Helper()
	faults := fault.NewTable(time.Now)
	if err := faults.Set([]fault.Fault{f}, 0); err != nil {
		t.Fatal(err)
	}
	runs = new(int)
	s = &world{do: func(context.Context, api.Input) (any, error) {
		*runs++
		return &api.ListSolutionsResponse{SolutionSummaries: []api.SolutionBase{}}, nil
	}}
	handler = s.handler()
	handler.Faults = faults
	return handler, s, runs
}

const solutions = `{"Catalog":"Sandbox"}`

// A fault with an error answers it in place of the operation, and says so.
func TestFaultWithAnError(t *testing.T) {
	for f, status := range map[fault.Error]int{"ThrottlingException": 400, "InternalServerException": 500, "ServiceUnavailableException": 503} {
		h, s, runs := struck(t, fault.Fault{Error: f})
		w := httptest.NewRecorder()
		h.ServeHTTP(w, newRequest("ListSolutions", solutions))
		if got := readError(t, w); w.Code != status || got.Type != string(f) || *runs != 0 {
			t.Errorf("%s: answered %d with %+v after %d runs", f, w.Code, got, *runs)
		}
		if got, want := w.Header().Get("X-Cosell-Fault"), "0: "+string(f); got != want || s.seen[0].Strike.Name != want {
			t.Errorf("%s: header %q, logged %q", f, got, s.seen[0].Strike.Name)
		}
	}
}

// A late answer is late by the latency, unless the client leaves before.
func TestFaultWithLatency(t *testing.T) {
	for name, c := range map[string]struct{ leaves, want time.Duration }{
		"Waits":        {time.Hour, 20 * time.Second},
		"ClientLeaves": {3 * time.Second, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, _, runs := struck(t, fault.Fault{Latency: "20s"})
				ctx, cancel := context.WithTimeout(t.Context(), c.leaves)
				defer cancel()
				begin := time.Now()
				h.ServeHTTP(httptest.NewRecorder(), newRequest("ListSolutions", solutions).WithContext(ctx))
				if took := time.Since(begin); took != c.want || *runs != 1 {
					t.Errorf("took %s after %d runs, want %s after one", took, *runs, c.want)
				}
			})
		})
	}
}

// What a client sees of a connection that breaks, and whether the operation ran.
func TestFaultWithABrokenConnection(t *testing.T) {
	for how, c := range map[string]struct {
		runs int
		want error
	}{
		fault.Reset:    {0, syscall.ECONNRESET},
		fault.Close:    {1, io.EOF},
		fault.Truncate: {1, io.ErrUnexpectedEOF},
		fault.Hang:     {1, context.DeadlineExceeded},
	} {
		t.Run(how, func(t *testing.T) {
			h, s, runs := struck(t, fault.Fault{Connection: how})
			server := httptest.NewServer(h)
			defer server.Close()
			r := newRequest("ListSolutions", solutions)
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			if how == fault.Hang {
				// The client leaves once the operation has run.
				do := s.do
				s.do = func(ctx context.Context, in api.Input) (any, error) {
					defer cancel(context.DeadlineExceeded)
					return do(ctx, in)
				}
			}
			sent, err := http.NewRequestWithContext(ctx, r.Method, server.URL, r.Body)
			if err != nil {
				t.Fatal(err)
			}
			sent.Header = r.Header
			answer, err := server.Client().Do(sent)
			if err == nil {
				_, err = io.ReadAll(answer.Body)
				_ = answer.Body.Close()
			}
			if how == fault.Hang && errors.Is(err, context.Canceled) {
				err = context.Cause(ctx)
			}
			if !errors.Is(err, c.want) {
				t.Errorf("the client sees %v, want %v", err, c.want)
			}
			server.Close() // waits for the handler
			if *runs != c.runs {
				t.Errorf("the operation ran %d times, want %d", *runs, c.runs)
			}
		})
	}
}
