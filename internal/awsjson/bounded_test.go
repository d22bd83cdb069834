package awsjson

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

type key struct{}

func TestBoundedContext(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(parent context.CancelFunc, b *bounded)
		want error
	}{
		{"at its time", func(context.CancelFunc, *bounded) { time.Sleep(2 * time.Second) }, context.DeadlineExceeded},
		{"with its parent", func(parent context.CancelFunc, _ *bounded) { parent() }, context.Canceled},
		{"with the work", func(_ context.CancelFunc, b *bounded) { b.end() }, context.Canceled},
	} {
		for _, waits := range []string{"before", "after", "derived"} {
			t.Run(c.name+", waited for "+waits, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					parent, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "kept"))
					defer cancel()
					b := withTimeout(parent, time.Second)
					var ctx context.Context = b
					if waits == "derived" {
						var stop context.CancelFunc
						ctx, stop = context.WithCancel(b)
						defer stop()
					}
					if waits != "after" && ctx.Err() != nil {
						t.Fatalf("ended at once: %v", ctx.Err())
					}
					c.end(cancel, b)
					synctest.Wait()
					<-ctx.Done()
					if !errors.Is(ctx.Err(), c.want) {
						t.Errorf("Err = %v, want %v", ctx.Err(), c.want)
					}
					if ctx.Value(key{}) != "kept" {
						t.Error("the parent's value is gone")
					}
					b.end()
				})
			})
		}
	}
}

func TestBoundedContextHasTheNearerDeadline(t *testing.T) {
	parent, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	b := withTimeout(parent, time.Hour)
	defer b.end()
	want, _ := parent.Deadline()
	if got, ok := b.Deadline(); !ok || !got.Equal(want) {
		t.Errorf("Deadline = %s, want that of the parent, %s", got, want)
	}
}
