// Command totals reads the output of go test -json, prints what a reader needs while
// the tests run, and ends with plain totals: how many passed, failed and were
// skipped, why, and which engines and clients took part.
//
//	go test -json ./... | totals [-allow FILE]
//
// With -allow, a skipped test whose reason matches no line of the file is a
// failure.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
)

func main() {
	allow := flag.String("allow", "", "file of regular expressions; other reasons for skipping a test are failures")
	flag.Parse()
	ok, err := run(os.Stdin, os.Stdout, *allow)
	if err != nil {
		fmt.Fprintln(os.Stderr, "totals:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer, allow string) (ok bool, err error) {
	r := newReport(out)
	if allow != "" {
		text, err := os.ReadFile(allow)
		if err != nil {
			return false, err
		}
		if r.allowed, err = patterns(string(text)); err != nil {
			return false, fmt.Errorf("%s: %w", allow, err)
		}
		r.strict = true
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		r.line(lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		return false, err
	}
	return r.end(), nil
}

// patterns reads a regular expression from each line that is neither empty nor a
// comment.
func patterns(text string) (all []*regexp.Regexp, err error) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		p, err := regexp.Compile(line)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}
