package docs_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"cosell/internal/servertest"
)

// block is a fenced block of a page: sh runs, and so do js and python;
// file=NAME saves the block instead; no-test="REASON" leaves it out, and so does
// walk="NAME", which clients/walk runs with the packages; from="FILE" names the file
// of an example that has the text. A text block directly behind one that runs is what
// it prints.
type block struct {
	line     int
	language string
	file     string
	noTest   string
	walk     string
	from     string
	text     string
	// follows reports whether only blank lines part it from the block before.
	follows bool
}

var (
	opening = regexp.MustCompile("^```(\\w*)(.*)$")
	saved   = regexp.MustCompile(`file=(\S+)`)
	noTest  = regexp.MustCompile(`no-test="([^"]+)"`)
	walked  = regexp.MustCompile(`walk="([^"]+)"`)
	copied  = regexp.MustCompile(`from="([^"]+)"`)
)

func blocks(t *testing.T, page string) []block {
	t.Helper()
	var (
		found  []block
		open   *block
		behind bool // nothing but blank lines since the last block
	)
	for i, line := range strings.Split(read(t, page), "\n") {
		m := opening.FindStringSubmatch(line)
		switch {
		case open != nil && line == "```":
			found, open, behind = append(found, *open), nil, true
		case open != nil:
			open.text += line + "\n"
		case m != nil:
			open = &block{line: i + 1, language: m[1], follows: behind}
			for word, to := range map[*regexp.Regexp]*string{saved: &open.file, noTest: &open.noTest, walked: &open.walk, copied: &open.from} {
				if w := word.FindStringSubmatch(m[2]); w != nil {
					*to = w[1]
				}
			}
		case strings.TrimSpace(line) != "":
			behind = false
		}
	}
	if open != nil {
		t.Errorf("%s:%d: the block does not end", page, open.line)
	}
	return found
}

// Blocks of commands can be pasted: no prompt stands in front of a line.
func TestBlocksCanBePasted(t *testing.T) {
	for _, page := range pages(t) {
		for _, b := range blocks(t, page) {
			switch b.language {
			case "console", "bash", "shell":
				t.Errorf("%s:%d: a block of commands is marked sh, not %s", page, b.line, b.language)
			case "sh":
				for line := range strings.Lines(b.text) {
					if strings.HasPrefix(line, "$ ") || strings.HasPrefix(line, "> ") {
						t.Errorf("%s:%d: a prompt keeps the block from being pasted", page, b.line)
					}
				}
			}
		}
	}
}

// Every block of code is run, saved for one that runs, or part of an example that is
// tested; or it says why not.
func TestBlocksAreTested(t *testing.T) {
	check := read(t, "clients/check")
	for _, page := range pages(t) {
		for _, b := range blocks(t, page) {
			switch b.language {
			case "sh", "python", "js", "ts", "go", "java", "rust":
			default:
				continue
			}
			runs := b.language == "sh" || b.language == "python" || b.language == "js"
			switch {
			case b.from != "":
				if !strings.Contains(read(t, b.from), b.text) {
					t.Errorf("%s:%d: %s does not have this text", page, b.line, b.from)
				}
			case b.walk != "":
				if !strings.Contains(check, "walk $source/"+page+" "+b.walk) {
					t.Errorf("%s:%d: clients/check does not run the walk %s", page, b.line, b.walk)
				}
			case !runs && b.file == "" && b.noTest == "":
				t.Errorf("%s:%d: a block of %s needs file=, from= or no-test=", page, b.line, b.language)
			}
		}
	}
}

// The commands of a page work, in their order, on an empty server.
func TestCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the AWS clients; not a short test")
	}
	bin := t.TempDir()
	binary, err := servertest.Build(t.Context(), bin)
	if err != nil {
		t.Fatal(err)
	}
	clients, err := filepath.Abs(filepath.Join(root, ".bin", "venv", "bin"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(clients, "aws")); err != nil {
		t.Skip("the AWS clients are not installed; run make conformance-deps")
	}
	searchPath := strings.Join([]string{filepath.Dir(binary), clients, os.Getenv("PATH")}, string(filepath.ListSeparator))
	for _, page := range pages(t) {
		script := sessionOf(t, page)
		if script == nil {
			continue
		}
		t.Run(strings.TrimSuffix(page, ".md"), func(t *testing.T) {
			t.Parallel()
			script.run(t, binary, searchPath)
		})
	}
}

// session is the runnable part of a page.
type session struct {
	page  string
	files map[string]string // to be saved, by name
	runs  []block
	wants map[int]string // what the run of that index prints
}

func sessionOf(t *testing.T, page string) *session {
	t.Helper()
	s := &session{page: page, files: map[string]string{}, wants: map[int]string{}}
	ran := false // the block before this one runs
	for _, b := range blocks(t, page) {
		switch {
		case b.noTest != "" || b.walk != "" || b.from != "":
			ran = false
		case b.file != "":
			s.files[b.file] = b.text
			ran = false
		case b.language == "sh" || b.language == "js" || b.language == "python":
			s.runs = append(s.runs, b)
			ran = true
		case b.language == "text" && b.follows && ran:
			s.wants[len(s.runs)-1] = b.text
			ran = false
		default:
			ran = false
		}
	}
	if len(s.runs) == 0 {
		return nil
	}
	return s
}

const usualEndpoint = "http://127.0.0.1:8787"

// ownStore is a cosell that forgets the server of the page where a command names a
// store. It becomes the real one, so that a page can stop a server that it started.
const ownStore = `#!/usr/bin/env bash
case " $* " in *" --data"* | *" --database-url"*) unset COSELL_ENDPOINT ;; esac
exec %s "$@"
`

// sessionTime is how long the blocks of a page may take together: one that never ends
// fails the test of its page.
const sessionTime = 5 * time.Minute

// run runs the blocks in one shell, so that variables and functions stay.
func (s *session) run(t *testing.T, binary, searchPath string) {
	t.Helper()
	dir := t.TempDir()
	server, err := servertest.Start(t.Context(), binary, filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Errorf("stop the server: %v", err)
		}
	})
	write(t, filepath.Join(dir, "bin", "cosell"), fmt.Sprintf(ownStore, binary))
	if err := os.Chmod(filepath.Join(dir, "bin", "cosell"), 0o700); err != nil {
		t.Fatal(err)
	}
	symlink(t, dir, "examples", "examples")
	symlink(t, dir, filepath.Join("conformance", "js", "node_modules"), "node_modules")
	here := func(text string) string { return strings.ReplaceAll(text, usualEndpoint, server.URL) }
	for name, text := range s.files {
		write(t, filepath.Join(dir, name), here(text))
	}
	source, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	script := "set -eo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n"
	for i, b := range s.runs {
		name := fmt.Sprintf("block%d", i)
		switch b.language {
		case "js":
			write(t, filepath.Join(dir, name+".mjs"), here(b.text))
			b.text = "node " + name + ".mjs\n"
		case "python":
			write(t, filepath.Join(dir, name+".py"), here(b.text))
			b.text = "python3 " + name + ".py\n"
		}
		script += fmt.Sprintf("exec >%s.out 2>&1\n%s", name, here(b.text))
	}
	write(t, filepath.Join(dir, "session.sh"), script)
	ctx, cancel := context.WithTimeout(t.Context(), sessionTime)
	defer cancel()
	shell := exec.CommandContext(ctx, "bash", "session.sh")
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	shell.Cancel = func() error { return syscall.Kill(-shell.Process.Pid, syscall.SIGKILL) } // what it started, too
	shell.Dir = dir
	shell.Env = []string{
		"PATH=" + filepath.Join(dir, "bin") + string(filepath.ListSeparator) + searchPath, "HOME=" + dir, "COSELL_ENDPOINT=" + server.URL,
		"AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=" + server.URL, "AWS_ACCESS_KEY_ID=test",
		"AWS_SECRET_ACCESS_KEY=test", "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1",
		"AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=", "GOCACHE=" + goEnv(t, "GOCACHE"), "GOMODCACHE=" + goEnv(t, "GOMODCACHE"),
		"COSELL_SOURCE=" + source,
	}
	failed := shell.Run()
	for i, b := range s.runs {
		out, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("block%d.out", i)))
		if errors.Is(err, os.ErrNotExist) {
			break // the session ended before
		}
		if want, ok := s.wants[i]; ok && failed == nil && !printed(want).MatchString(string(out)) {
			t.Errorf("%s:%d printed\n%s\nwant\n%s", s.page, b.line, out, want)
		}
		if failed != nil {
			t.Logf("%s:%d printed\n%s", s.page, b.line, out)
		}
	}
	if failed != nil {
		t.Errorf("%s: %v", s.page, failed)
	}
}

// goEnv returns a setting of the Go command. Its caches have the standard library and
// the modules.
func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func symlink(t *testing.T, dir, from, to string) {
	t.Helper()
	from, err := filepath.Abs(filepath.Join(root, from))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(from, filepath.Join(dir, to)); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(path.Dir(filepath.ToSlash(name)), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// What differs from run to run, in the words of a page.
var varying = regexp.MustCompile(`O\d{5,}|(?:eng|engi|task|job|ctx)-[0-9a-z]{13,14}|(?:cust-acc|bulkjob|eng-grp)-[0-9a-z]{13,14}|` +
	`\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?Z?|\s+|…`)

// printed makes a pattern of what a page says that a block prints: identifiers and
// times may be others, blanks may be more or fewer, and … is anything.
func printed(want string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`^`)
	last := 0
	want = strings.TrimSpace(want)
	for _, at := range varying.FindAllStringIndex(want, -1) {
		b.WriteString(regexp.QuoteMeta(want[last:at[0]]))
		switch found := want[at[0]:at[1]]; {
		case found == "…":
			b.WriteString(`[\s\S]*`)
		case strings.TrimSpace(found) == "":
			b.WriteString(`\s+`)
		case found[0] == 'O':
			b.WriteString(`O\d+`)
		case found[0] >= '0' && found[0] <= '9':
			b.WriteString(`[-0-9T:. Z]+`)
		default:
			b.WriteString(found[:strings.LastIndexByte(found, '-')] + `-[0-9a-z]+`)
		}
		last = at[1]
	}
	b.WriteString(regexp.QuoteMeta(want[last:]) + `\s*$`)
	return regexp.MustCompile(b.String())
}
