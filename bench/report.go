package main

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// line is one figure.
type line struct {
	what     string
	measured string
	goal     string // nothing for what is only shown
	verdict  string
	behind   string // the medians that the figure comes from
}

// How much of a baseline should be left of it.
const (
	leastShare         = 0.75
	leastPostgresShare = 0.65
)

// atLeast is a share of a baseline.
func atLeast(what string, measured, goal float64, behind string) line {
	const digits = 100
	measured = math.Floor(measured*digits) / digits // what is shown must not be more than what is there
	return line{what, fmt.Sprintf("%.2f", measured), fmt.Sprintf("≥ %.2f", goal), verdict(measured >= goal), behind}
}

// atMost is a figure with a goal that it should not pass.
func atMost(what string, measured, goal float64, form, behind string) line {
	return line{what, fmt.Sprintf(form, measured), "≤ " + fmt.Sprintf(form, goal), verdict(measured <= goal), behind}
}

// shown is a figure without a goal.
func shown(what, measured, behind string) line {
	return line{what: what, measured: measured, behind: behind}
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "missed"
}

// table writes lines as a table that reads well as text and as Markdown.
func table(lines []line) string {
	cells := [][]string{{"Measure", "Result", "Goal", "", "Medians behind it"}}
	for _, l := range lines {
		cells = append(cells, []string{l.what, l.measured, l.goal, l.verdict, l.behind})
	}
	widths := make([]int, len(cells[0]))
	for _, row := range cells {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	rule := make([]string, len(widths))
	for i, width := range widths {
		rule[i] = strings.Repeat("-", width)
	}
	var b strings.Builder
	for _, row := range slices.Insert(cells, 1, rule) {
		for i, cell := range row {
			fmt.Fprintf(&b, "| %s%s ", cell, strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)))
		}
		b.WriteString("|\n")
	}
	return b.String()
}

// The figures of the day stand between these lines of a page.
const (
	figuresBegin = "<!-- Written by `go run ./bench -md`. -->\n"
	figuresEnd   = "<!-- End of what it writes. -->\n"
)

// replaceFigures puts new figures into a page.
func replaceFigures(page []byte, figures string) ([]byte, error) {
	before, rest, begins := bytes.Cut(page, []byte(figuresBegin))
	_, after, ends := bytes.Cut(rest, []byte(figuresEnd))
	if !begins || !ends {
		return nil, errors.New("the page has no place for the figures")
	}
	return slices.Concat(before, []byte(figuresBegin+figures+figuresEnd), after), nil
}

func writePage(file, figures string) error {
	page, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if page, err = replaceFigures(page, figures); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	const readable = 0o644
	return os.WriteFile(file, page, readable)
}

// median is the middle of values, in any order.
func median[T float64 | time.Duration](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// percentile is the value that p of a hundred do not pass.
func percentile(values []time.Duration, p int) time.Duration {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)*p-1)/100]
}

// medianOf is the median of one figure of several things.
func medianOf[S any, T float64 | time.Duration](all []S, figure func(S) T) T {
	values := make([]T, len(all))
	for i, one := range all {
		values[i] = figure(one)
	}
	return median(values)
}

func perSecond(rate float64) string { return fmt.Sprintf("%.0f/s", rate) }

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

func short(d time.Duration) string {
	if d < 10*time.Millisecond {
		return fmt.Sprintf("%d µs", d.Microseconds())
	}
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}
