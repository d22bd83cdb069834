package main

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{
		{[]float64{3}, 3},
		{[]float64{9, 1, 2}, 2},
		{[]float64{4, 1, 3, 100}, 3.5},
	} {
		if got := median(c.values); got != c.want {
			t.Errorf("median(%v) = %v, want %v", c.values, got, c.want)
		}
	}
}

func TestPercentile(t *testing.T) {
	var hundred []time.Duration
	for i := 100; i > 0; i-- {
		hundred = append(hundred, time.Duration(i))
	}
	for _, c := range []struct {
		values []time.Duration
		p      int
		want   time.Duration
	}{
		{hundred, 50, 50},
		{hundred, 99, 99},
		{hundred[:1], 99, 100},
		{hundred[:3], 50, 99},
	} {
		if got := percentile(c.values, c.p); got != c.want {
			t.Errorf("percentile(%d values, %d) = %d, want %d", len(c.values), c.p, got, c.want)
		}
	}
}

func TestGoalsAreMetOrMissed(t *testing.T) {
	for _, c := range []struct {
		line line
		want string
	}{
		{atLeast("", 0.75, 0.75, ""), "met"},
		{atLeast("", 0.749, 0.75, ""), "missed"},
		{atMost("", 50, 50, "%.0f", ""), "met"},
		{atMost("", 51, 50, "%.0f", ""), "missed"},
		{shown("", "1", ""), ""},
	} {
		if c.line.verdict != c.want {
			t.Errorf("%+v, want %s", c.line, c.want)
		}
	}
}

func TestTableIsAligned(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(table([]line{
		atLeast("short", 0.5, 0.75, "1/s"), shown("somewhat longer, with µ", "12", ""),
	})), "\n")
	if len(lines) != 4 {
		t.Fatalf("%d lines, want 4", len(lines))
	}
	for _, l := range lines[1:] {
		if utf8.RuneCountInString(l) != utf8.RuneCountInString(lines[0]) {
			t.Errorf("not aligned:\n%s\n%s", lines[0], l)
		}
	}
}

func TestReplaceFigures(t *testing.T) {
	page := "before\n" + figuresBegin + "old\n" + figuresEnd + "after\n"
	got, err := replaceFigures([]byte(page), "new\n")
	if want := strings.Replace(page, "old", "new", 1); err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := replaceFigures([]byte("before\n"+figuresBegin+"old\n"), "new\n"); err == nil {
		t.Error("a page without the end of its figures was cut off")
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{7: "7", 999: "999", 1000: "1,000", 1_000_042: "1,000,042"} {
		if got := count(n); got != want {
			t.Errorf("count(%d) = %s, want %s", n, got, want)
		}
	}
}
