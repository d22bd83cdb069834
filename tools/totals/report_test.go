package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// passing is a package with a test of two subtests.
const passing = `{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestA/one"}
{"Action":"output","Package":"p","Test":"TestA/one","Output":"noise\n"}
{"Action":"attr","Package":"p","Test":"TestA/one","Key":"engine","Value":"SQLite"}
{"Action":"pass","Package":"p","Test":"TestA/one"}
{"Action":"run","Package":"p","Test":"TestA/two"}
{"Action":"pass","Package":"p","Test":"TestA/two"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Elapsed":1.5}
`

const skipping = `{"Action":"run","Package":"q","Test":"TestB"}
{"Action":"output","Package":"q","Test":"TestB","Output":"=== RUN TestB\n"}
{"Action":"output","Package":"q","Test":"TestB","Output":"    b_test.go:7: no disk here\n"}
{"Action":"output","Package":"q","Test":"TestB","Output":"--- SKIP: TestB\n"}
{"Action":"skip","Package":"q","Test":"TestB"}
{"Action":"pass","Package":"q"}
`

const failing = `{"Action":"run","Package":"r","Test":"TestC"}
{"Action":"output","Package":"r","Test":"TestC","Output":"got 1, want 2\n"}
{"Action":"fail","Package":"r","Test":"TestC"}
{"Action":"fail","Package":"r"}
`

const panicking = `{"Action":"run","Package":"s","Test":"TestD"}
{"Action":"output","Package":"s","Test":"TestD","Output":"panic: no\n"}
{"Action":"fail","Package":"s"}
`

func TestTotals(t *testing.T) {
	for _, c := range []struct {
		name, input, allow string
		ok                 bool
		want               []string // in the output
		without            []string
	}{
		{"Passed", passing, "-", true, []string{"ok   p 1.5s", "2 passed, 0 failed, 0 skipped", "engines: SQLite"}, []string{"noise", "FAIL"}},
		{"Skipped", skipping, "-", true, []string{"0 passed, 0 failed, 1 skipped", "skipped 1: no disk here"}, []string{"FAIL"}},
		{"SkippedAsAllowed", skipping, "# why\n^no disk", true, []string{"1 skipped"}, []string{"FAIL"}},
		{"SkippedAgainstTheList", skipping, "^no network$", false, []string{"FAILED by skipping, which matters here: q TestB"}, nil},
		{"Failed", passing + failing, "-", false, []string{"got 1, want 2", "2 passed, 1 failed, 0 skipped", "FAILED: r TestC"}, nil},
		{"Panicked", panicking, "-", false, []string{"panic: no", "FAILED without a failed test: s"}, nil},
		{"CutOff", `{"Action":"run","Package":"p","Test":"TestA"}`, "-", false, []string{"FAILED without a failed test: p"}, nil},
		{"SamePackageTwice", passing + passing, "-", true, []string{"4 passed"}, nil},
		{"NotOfATest", "go: warning\n" + passing, "-", true, []string{"go: warning"}, nil},
		{
			"NoBuild", `{"ImportPath":"p","Action":"build-output","Output":"p.go:1: syntax error\n"}
{"ImportPath":"p","Action":"build-fail"}
{"Action":"start","Package":"p"}
{"Action":"fail","Package":"p","FailedBuild":"p"}`, "-", false, []string{"syntax error", "FAILED without a failed test: p"}, nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			allow := ""
			if c.allow != "-" {
				allow = filepath.Join(t.TempDir(), "allow")
				if err := os.WriteFile(allow, []byte(c.allow), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var out strings.Builder
			ok, err := run(strings.NewReader(c.input), &out, allow)
			if err != nil || ok != c.ok {
				t.Errorf("ok %t (%v), want %t", ok, err, c.ok)
			}
			for _, want := range c.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("no %q in\n%s", want, out.String())
				}
			}
			for _, without := range c.without {
				if strings.Contains(out.String(), without) {
					t.Errorf("%q in\n%s", without, out.String())
				}
			}
		})
	}
}
