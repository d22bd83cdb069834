package conform

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// Formats are the forms in which a report can be written.
var Formats = []string{"table", "json", "junit"}

// Write writes the report in one of the formats.
func (r *Report) Write(w io.Writer, format string) error {
	switch format {
	case "json":
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(r)
	case "junit":
		return r.junit(w)
	}
	return r.table(w)
}

// table shows the counts of each operation, and each case that did not pass.
func (r *Report) table(w io.Writer) error {
	counts := map[string]map[Status]int{}
	var operations []string
	for _, result := range r.Results {
		if counts[result.Operation] == nil {
			counts[result.Operation] = map[Status]int{}
			operations = append(operations, result.Operation)
		}
		counts[result.Operation][result.Status]++
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "OPERATION\tPASSED\tFAILED\tSKIPPED")
	for _, operation := range operations {
		n := counts[operation]
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\n", operation, n[Pass], n[Fail], n[Skip])
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, result := range r.Results {
		if result.Status == Fail {
			fmt.Fprintf(w, "\nFAILED %s (%s, %s)\n  %s\n", result.Name, result.Certainty, result.Rule, result.Detail)
		}
	}
	_, err := fmt.Fprintf(w, "\n%s, model %s: %d passed, %d failed, %d skipped\n", r.Endpoint, r.Model, r.Count(Pass), r.Count(Fail), r.Count(Skip))
	return err
}

type (
	junitSuite struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitMessage `xml:"failure"`
		Skipped *junitMessage `xml:"skipped"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

func (r *Report) junit(w io.Writer) error {
	suite := junitSuite{Name: "cosell conform " + r.Endpoint, Tests: len(r.Results), Failures: r.Count(Fail), Skipped: r.Count(Skip)}
	const thousand = 1000
	total := 0.0
	for _, result := range r.Results {
		_, name, _ := strings.Cut(result.Name, "/")
		total += result.Milliseconds
		c := junitCase{Class: result.Operation, Name: name, Time: fmt.Sprintf("%.3f", result.Milliseconds/thousand)}
		switch result.Status {
		case Fail:
			c.Failure = &junitMessage{result.Detail, result.Certainty + ", " + result.Rule}
		case Skip:
			c.Skipped = &junitMessage{Message: result.Detail}
		}
		suite.Cases = append(suite.Cases, c)
	}
	suite.Time = fmt.Sprintf("%.3f", total/thousand)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	return errors.Join(encoder.Encode(suite), encoder.Close())
}

// ReadReport reads a report in JSON.
func ReadReport(r io.Reader) (*Report, error) {
	var report Report
	if err := json.NewDecoder(r).Decode(&report); err != nil {
		return nil, fmt.Errorf("not a report: %w", err)
	}
	if report.Endpoint == "" || len(report.Results) == 0 {
		return nil, errors.New("not a report of cosell conform: it has no endpoint or no results")
	}
	return &report, nil
}

// Compare writes the cases that ended otherwise in the two reports and returns their number.
func Compare(w io.Writer, a, b *Report) int {
	other := map[string]Result{}
	for _, result := range b.Results {
		other[result.Name] = result
	}
	different := 0
	tell := func(name, inA, inB string) {
		different++
		fmt.Fprintf(w, "%s\n  a: %s\n  b: %s\n", name, inA, inB)
	}
	for _, result := range a.Results {
		counterpart, found := other[result.Name]
		delete(other, result.Name)
		switch {
		case !found:
			tell(result.Name, ended(result), "no such case")
		case result.Status != counterpart.Status || result.Detail != counterpart.Detail:
			tell(result.Name, ended(result), ended(counterpart))
		}
	}
	for _, result := range b.Results {
		if _, left := other[result.Name]; left {
			tell(result.Name, "no such case", ended(result))
		}
	}
	fmt.Fprintf(w, "a: %s, model %s, %d cases\nb: %s, model %s, %d cases\n%d cases differ\n",
		a.Endpoint, a.Model, len(a.Results), b.Endpoint, b.Model, len(b.Results), different)
	return different
}

func ended(r Result) string {
	if r.Detail == "" {
		return string(r.Status)
	}
	return string(r.Status) + ": " + r.Detail
}

// Fidelity writes the table of the documentation: how many cases each operation has, by certainty.
func Fidelity(w io.Writer, cases []Case) error {
	certainties := []string{documented, sample, observed, inferred, ours}
	counts := map[string]map[string]int{}
	var operations []string
	for _, c := range cases {
		if counts[c.Operation] == nil {
			counts[c.Operation] = map[string]int{}
			operations = append(operations, c.Operation)
		}
		counts[c.Operation][c.Certainty]++
		counts[c.Operation]["all"]++
	}
	slices.Sort(operations)
	fmt.Fprintf(w, "| Operation | Cases | %s |\n|---|%s\n", strings.Join(certainties, " | "), strings.Repeat("--:|", len(certainties)+1))
	for _, operation := range operations {
		fmt.Fprintf(w, "| %s | %d |", operation, counts[operation]["all"])
		for _, certainty := range certainties {
			cell := ""
			if n := counts[operation][certainty]; n > 0 {
				cell = strconv.Itoa(n)
			}
			fmt.Fprintf(w, " %s |", cell)
		}
		fmt.Fprintln(w)
	}
	_, err := fmt.Fprintf(w, "\n%d cases of %d operations.\n", len(cases), len(operations))
	return err
}
