package timekeeper_test

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"cosell/internal/clock"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
	"cosell/internal/timekeeper"
)

// Two processes on one store show the same business time, and so does one that
// comes later.
func TestOneTimeForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.WithoutSync())
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		var moved atomic.Int32
		process := func() (*clock.Adjustable, *timekeeper.Keeper) {
			c := clock.New()
			return c, timekeeper.New(s, c, slog.New(slog.DiscardHandler), func() { moved.Add(1) })
		}
		mover, saver := process()
		follower, keeper := process()
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			keeper.Follow(ctx, time.Second)
		}()
		defer func() { stop(); <-done }()

		move := func(change func()) {
			t.Helper()
			change()
			if err := saver.Save(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Second) // of the bubble's time
			late, loader := process()
			if err := loader.Load(t.Context()); err != nil {
				t.Fatal(err)
			}
			for who, c := range map[string]*clock.Adjustable{"follower": follower, "latecomer": late} {
				if c.Adjusted() != mover.Adjusted() || !c.Now().Equal(mover.Now()) {
					t.Errorf("%s shows %s, want %s", who, c.Now(), mover.Now())
				}
			}
		}
		move(func() { mover.Advance(360 * time.Hour) })
		if moved.Load() != 2 {
			t.Errorf("told %d times of one move, want once each process", moved.Load())
		}
		move(func() { mover.Set(time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)) })
		move(mover.Reset)
		if err := s.View(t.Context(), func(tx *store.Tx) error {
			left, err := tx.Occupied()
			if left != "" {
				t.Errorf("the real time leaves a row of %s", left)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}

		// What was moved and not yet saved is not taken back.
		follower.Advance(time.Hour)
		time.Sleep(5 * time.Second)
		if !follower.Adjusted() {
			t.Error("an older time took back a move")
		}
	})
}

// A stored adjustment that cannot be used is a warning, and the real time.
func TestUnusableAdjustment(t *testing.T) {
	for name, document := range map[string]string{
		"NotAnObject": `5`,
		"WrongType":   `{"since":5}`,
		"NoTime":      `{"since":"soon","shown":"later"}`,
		"Year10000":   `{"since":"2026-11-28T00:00:00Z","shown":"9999-12-31T23:59:59Z"}`,
		"BeforeTime":  `{"since":"2026-11-28T00:00:00Z","shown":"0001-01-01T00:00:00Z"}`,
	} {
		t.Run(name, func(t *testing.T) {
			s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.WithoutSync())
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := s.Update(t.Context(), func(tx *store.Tx) error { return tx.PutPolicy("clock", []byte(document)) }); err != nil {
				t.Fatal(err)
			}
			var log strings.Builder
			c := clock.New()
			k := timekeeper.New(s, c, slog.New(slog.NewTextHandler(&log, nil)), func() {})
			for range 3 {
				if err := k.Load(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if c.Adjusted() || strings.Count(log.String(), "level=WARN") != 1 {
				t.Errorf("adjusted: %t; want one warning, got %s", c.Adjusted(), log.String())
			}
		})
	}
}
