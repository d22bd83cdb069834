// Command policydiff compares package policy with an independent evaluator of IAM policies,
// which runs in a process of its own, over random policies and requests.
package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"

	"cosell/internal/policy"
)

func main() {
	n := flag.Int("n", 100_000, "number of `cases`")
	seed := flag.Uint64("seed", 1, "seed of the cases")
	show := flag.Int("show", 5, "how many disagreements of a kind are shown")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *n, *seed, *show, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "policydiff:", err)
		os.Exit(1)
	}
}

// evaluator is the process of the other evaluator.
type evaluator struct {
	command *exec.Cmd
	in      io.WriteCloser
	answers *bufio.Scanner
}

func start(ctx context.Context, command []string) (*evaluator, error) {
	if len(command) == 0 {
		return nil, errors.New("the command of the other evaluator is missing")
	}
	e := &evaluator{command: exec.CommandContext(ctx, command[0], command[1:]...)} //nolint:gosec // what the caller asks for
	e.command.Stderr = os.Stderr
	var err error
	if e.in, err = e.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := e.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	e.answers = bufio.NewScanner(out)
	return e, e.command.Start()
}

// end lets the process end.
func (e *evaluator) end() error { return errors.Join(e.in.Close(), e.command.Wait()) }

// ask returns what the other evaluator decides for cases.
func (e *evaluator) ask(all ...*testCase) ([]string, error) {
	go func() {
		w := bufio.NewWriter(e.in)
		for _, c := range all {
			if encoded, err := json.Marshal(c); err == nil {
				_, _ = w.Write(append(encoded, '\n')) // the reader notices
			}
		}
		_ = w.Flush()
	}()
	answers := make([]string, len(all))
	for i := range all {
		if !e.answers.Scan() {
			return nil, fmt.Errorf("the other evaluator ended: %w", cmp.Or(e.answers.Err(), io.ErrUnexpectedEOF))
		}
		answers[i] = e.answers.Text()
	}
	return answers, nil
}

// tally counts verdicts, ours and theirs, and has the cases in which they differ.
type tally struct {
	both  map[[2]string]int
	kinds map[string][]*testCase
}

func run(ctx context.Context, out io.Writer, n int, seed uint64, show int, command []string) error {
	other, err := start(ctx, command)
	if err != nil {
		return err
	}
	t, g := tally{map[[2]string]int{}, map[string][]*testCase{}}, generator{rand.New(rand.NewPCG(seed, 0))} //nolint:gosec // to repeat
	const batch = 1000
	for left := n; left > 0; left -= batch {
		cases := make([]*testCase, min(batch, left))
		for i := range cases {
			cases[i] = g.testCase()
		}
		answers, err := other.ask(cases...)
		if err != nil {
			return err
		}
		for i, c := range cases {
			if err := t.add(other, c, answers[i]); err != nil {
				return err
			}
		}
	}
	t.print(out, n, seed, show)
	return errors.Join(other.end(), t.unexplained())
}

func (t *tally) add(other *evaluator, c *testCase, theirs string) error {
	ours, err := decide(c)
	if err != nil {
		return fmt.Errorf("%w in %s", err, c)
	}
	theirs, _, _ = strings.Cut(theirs, ":") // an error has a text
	t.both[[2]string{ours, theirs}]++
	if ours == theirs {
		return nil
	}
	least := shrink(c, func(c *testCase) bool {
		now, err := decide(c)
		if err != nil {
			return false
		}
		answers, err := other.ask(c)
		return err == nil && now == ours && answers[0] == theirs
	})
	kind := kindOf(least) + " | " + ours + " | " + theirs
	t.kinds[kind] = append(t.kinds[kind], least)
	return nil
}

func (t *tally) print(out io.Writer, n int, seed uint64, show int) {
	agree := 0
	fmt.Fprintf(out, "%d cases, seed %d\n\n| ours | theirs | cases |\n|---|---|---:|\n", n, seed)
	for _, pair := range slices.SortedFunc(maps.Keys(t.both), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		fmt.Fprintf(out, "| %s | %s | %d |\n", pair[0], pair[1], t.both[pair])
		if pair[0] == pair[1] {
			agree += t.both[pair]
		}
	}
	fmt.Fprintf(out, "\n%d agree\n\n| cause | ours | theirs | cases |\n|---|---|---|---:|\n", agree)
	for _, kind := range slices.Sorted(maps.Keys(t.kinds)) {
		fmt.Fprintf(out, "| %s | %d |\n", kind, len(t.kinds[kind]))
	}
	for _, kind := range slices.Sorted(maps.Keys(t.kinds)) {
		for _, c := range t.kinds[kind][:min(show, len(t.kinds[kind]))] {
			fmt.Fprintf(out, "\n%s\n%s\n", kind, c)
		}
	}
}

// unexplained returns an error where a disagreement has no known cause.
func (t *tally) unexplained() error {
	for kind := range t.kinds {
		if strings.HasPrefix(kind, "unexplained") {
			return errors.New("a disagreement is unexplained")
		}
	}
	return nil
}

// causes are what disagreements come from, as far as they are known, by what a case has
// that was shrunk. docs/security.md explains them.
var causes = []struct {
	name string
	is   func(c *testCase, text string) bool
}{
	{"a request for *", func(c *testCase, _ string) bool { return c.Resource == "*" }},
	{"a wildcard in a resource's type", func(_ *testCase, text string) bool {
		return regexp.MustCompile(`"arn(?::[^:"]*){4}:[^:/"]*[?*][^:/"]*[:/]`).MatchString(text)
	}},
	{"ForAnyValue with IfExists and no key", func(c *testCase, text string) bool { return c.lacks(text, "ForAnyValue:", "IfExists") }},
	{"an IPv6 address and an IPv4 block", func(c *testCase, text string) bool {
		return c.Context["aws:SourceIp"] == "2001:db8::1" && strings.Contains(text, "NotIpAddress")
	}},
	{"${*} in an operator without wildcards", func(_ *testCase, text string) bool { return strings.Contains(text, "${*}") }},
	{"a variable without a value", func(c *testCase, text string) bool {
		for _, match := range regexp.MustCompile(`\$\{([\w:/]+)\}`).FindAllStringSubmatch(text, -1) {
			if _, ok := c.value(strings.ToLower(match[1])); !ok {
				return true
			}
		}
		return false
	}},
	{"a variable in a policy of 2008-10-17", func(_ *testCase, text string) bool {
		return strings.Contains(text, "2008-10-17") && strings.Contains(text, "${")
	}},
	{"a default of a variable in NotResource", func(_ *testCase, text string) bool {
		return strings.Contains(text, "NotResource") && strings.Contains(text, "', '")
	}},
}

// kindOf names the cause of a disagreement by the case that was shrunk.
func kindOf(c *testCase) string {
	text := c.String()
	for _, cause := range causes {
		if cause.is(c, text) {
			return cause.name
		}
	}
	return "unexplained"
}

// lacks reports whether a case has an operator with a prefix and a suffix for a key that its
// request has not.
func (c *testCase) lacks(text, prefix, suffix string) bool {
	for _, match := range regexp.MustCompile(`"(`+prefix+`\w+`+suffix+`)":\{"([\w:/]+)"`).FindAllStringSubmatch(text, -1) {
		if _, ok := c.value(strings.ToLower(match[2])); !ok {
			return true
		}
	}
	return false
}

// String returns a case as JSON.
func (c *testCase) String() string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(c); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}

// value returns the values of a condition key, whose name is in lower case.
func (c *testCase) value(key string) (values []string, found bool) {
	for name, given := range c.Context {
		if !strings.EqualFold(name, key) {
			continue
		}
		if text, one := given.(string); one {
			return []string{text}, true
		}
		list, _ := given.([]any)
		for _, v := range list {
			text, _ := v.(string)
			values = append(values, text)
		}
		return values, true
	}
	return nil, false
}

// decide returns what package policy decides.
func decide(c *testCase) (string, error) {
	var p policy.Policies
	parse := func(name string, document map[string]any, kind policy.Kind) (policy.Named, error) {
		text, err := json.Marshal(document)
		if err != nil {
			return policy.Named{}, err
		}
		d, err := policy.Parse(text, kind)
		return policy.Named{Name: name, Document: d}, err
	}
	var all error
	for _, document := range c.Identity {
		named, err := parse("identity", document, policy.Identity)
		p.Identity, all = append(p.Identity, named), errors.Join(all, err)
	}
	for _, document := range c.Session {
		named, err := parse("session", document, policy.Session)
		p.Session, all = append(p.Session, named), errors.Join(all, err)
	}
	if c.Boundary != nil {
		named, err := parse("boundary", c.Boundary, policy.Boundary)
		p.Boundary, all = &named, errors.Join(all, err)
	}
	if all != nil {
		return "", all
	}
	d := p.Evaluate(&policy.Request{
		Caller: policy.Caller{Account: c.Account, ARN: c.Principal}, Action: c.Action, Resource: c.Resource, Values: c.value,
	})
	switch {
	case d.Allowed:
		return "allow", nil
	case d.Explicit:
		return "deny", nil
	}
	return "implicit", nil
}
