package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// event is a line of go test -json.
type event struct {
	Action     string
	Package    string
	ImportPath string // of a build
	Test       string
	Output     string
	Key, Value string // of an attribute
	Elapsed    float64
}

// report counts tests that have no subtests: each stands for itself.
type report struct {
	out     io.Writer
	allowed []*regexp.Regexp
	strict  bool // other skips are failures

	running map[string]*packageRun // by package

	passed, failed, skipped int
	broken                  []string                   // packages that failed without a failed test, such as builds
	failures                []string                   // tests
	reasons                 map[string]int             // of skipped tests
	forbidden               []string                   // tests that were skipped for another reason than the allowed
	attributes              map[string]map[string]bool // engine and client
}

// packageRun is one run of a package's tests.
type packageRun struct {
	parents map[string]bool
	output  map[string][]string // of each test; "" is the package
	failed  bool                // a test failed
	results []event
}

func newReport(out io.Writer) *report {
	return &report{
		out: out, running: map[string]*packageRun{}, reasons: map[string]int{},
		attributes: map[string]map[string]bool{},
	}
}

func (r *report) line(line []byte) {
	var e event
	if json.Unmarshal(line, &e) != nil {
		fmt.Fprintf(r.out, "%s\n", line) // not of a test: a message of the go command
		return
	}
	if e.ImportPath != "" {
		if e.Action == "build-output" {
			fmt.Fprint(r.out, e.Output)
		}
		return
	}
	of := r.running[e.Package]
	if of == nil {
		of = &packageRun{parents: map[string]bool{}, output: map[string][]string{}}
		r.running[e.Package] = of
	}
	switch e.Action {
	case "attr":
		if r.attributes[e.Key] == nil {
			r.attributes[e.Key] = map[string]bool{}
		}
		r.attributes[e.Key][e.Value] = true
	case "output":
		of.output[e.Test] = append(of.output[e.Test], e.Output)
	case "run":
		for name := e.Test; strings.Contains(name, "/"); {
			name = name[:strings.LastIndexByte(name, '/')]
			of.parents[name] = true
		}
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.endPackage(e, of)
			delete(r.running, e.Package)
			return
		}
		of.results = append(of.results, e)
		of.failed = of.failed || e.Action == "fail"
		if e.Action == "pass" {
			delete(of.output, e.Test)
		}
	}
}

func (r *report) endPackage(end event, of *packageRun) {
	for _, e := range of.results {
		if e.Action == "fail" {
			fmt.Fprint(r.out, strings.Join(of.output[e.Test], ""))
		}
		if of.parents[e.Test] && e.Action != "skip" {
			continue
		}
		name := e.Package + " " + e.Test
		switch e.Action {
		case "pass":
			r.passed++
		case "fail":
			r.failed++
			r.failures = append(r.failures, name)
		case "skip":
			r.skip(name, reason(of.output[e.Test]))
		}
	}
	if end.Action == "fail" {
		fmt.Fprint(r.out, strings.Join(of.output[""], ""))
		if !of.failed {
			r.broken = append(r.broken, end.Package)
			for name, text := range of.output { // a test that was running when the process ended
				if name != "" && !slices.ContainsFunc(of.results, func(e event) bool { return e.Test == name }) {
					fmt.Fprint(r.out, strings.Join(text, ""))
				}
			}
		}
	}
	if end.Action != "skip" { // a package without tests
		fmt.Fprintf(r.out, "%-4s %s %.1fs\n", map[string]string{"pass": "ok", "fail": "FAIL"}[end.Action], end.Package, end.Elapsed)
	}
}

func (r *report) skip(name, why string) {
	r.skipped++
	r.reasons[why]++
	if !slices.ContainsFunc(r.allowed, func(p *regexp.Regexp) bool { return p.MatchString(why) }) {
		r.forbidden = append(r.forbidden, name)
	}
}

var location = regexp.MustCompile(`^[\w.-]+\.go:\d+: `)

// reason returns what a skipped test printed last, which is why.
func reason(output []string) string {
	why := ""
	for _, line := range output {
		text := strings.TrimSpace(line)
		if text != "" && !strings.HasPrefix(text, "===") && !strings.HasPrefix(text, "---") {
			why = location.ReplaceAllString(text, "")
		}
	}
	if why == "" {
		return "no reason given"
	}
	return why
}

// end prints the totals and reports whether everything is as it must be.
func (r *report) end() bool {
	for name := range r.running { // the output ended in the middle of a package
		r.broken = append(r.broken, name)
	}
	fmt.Fprintf(r.out, "\n%d passed, %d failed, %d skipped\n", r.passed, r.failed, r.skipped)
	for _, why := range slices.Sorted(maps.Keys(r.reasons)) {
		fmt.Fprintf(r.out, "  skipped %d: %s\n", r.reasons[why], why)
	}
	for _, key := range slices.Sorted(maps.Keys(r.attributes)) {
		fmt.Fprintf(r.out, "%ss: %s\n", key, strings.Join(slices.Sorted(maps.Keys(r.attributes[key])), ", "))
	}
	for _, name := range r.failures {
		fmt.Fprintln(r.out, "FAILED:", name)
	}
	slices.Sort(r.broken)
	for _, name := range r.broken {
		fmt.Fprintln(r.out, "FAILED without a failed test:", name)
	}
	if !r.strict {
		r.forbidden = nil
	}
	for _, name := range r.forbidden {
		fmt.Fprintln(r.out, "FAILED by skipping, which matters here:", name)
	}
	return r.failed == 0 && len(r.broken) == 0 && len(r.forbidden) == 0
}
