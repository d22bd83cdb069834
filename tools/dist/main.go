// Command dist fills dist/ with what a release publishes: binaries, archives, Python wheels, npm packages,
// Linux packages, container images, a Homebrew formula, an SBOM and checksums. The same commit gives the
// same bytes: every time in a file is that of the commit.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var d dist
	flag.StringVar(&d.out, "out", "dist", "directory that is emptied and filled")
	flag.StringVar(&d.version, "version", "", "version of the release (default: the tag of the commit, or the next release with -dev)")
	flag.StringVar(&d.baseURL, "base-url", "", "where the archives will be downloaded from, for the Homebrew formula (default: the folder of the formula)")
	names := flag.String("platforms", "", "platforms to build, separated by commas (default: all)")
	only := flag.String("only", "", "kinds to make, separated by commas: "+strings.Join(kindNames(), ", ")+" (default: all)")
	flag.Parse()
	if err := d.run(ctx, *names, *only); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

// dist is one run.
type dist struct {
	out     string // directory of the results
	work    string // directory of binaries and intermediate files, inside .bin
	version string // such as 0.2.0 or 0.2.0-dev
	commit  string // twelve digits, with + where the tree was modified
	baseURL string
	time    time.Time // of the commit
	targets []platform
}

// kinds are the kinds of results, in the order in which they are made.
var kinds = []struct {
	name string
	make func(*dist, context.Context) error
}{
	{"archive", (*dist).archives},
	{"wheel", (*dist).wheels},
	{"npm", (*dist).npm},
	{"linux", (*dist).linuxPackages},
	{"image", (*dist).images},
	{"sbom", (*dist).sbom},
	{"brew", (*dist).formula},
}

func kindNames() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
	}
	return names
}

func (d *dist) run(ctx context.Context, names, only string) error {
	targets, err := selectPlatforms(names)
	if err != nil {
		return err
	}
	d.targets = targets
	chosen := kindNames()
	if only != "" {
		chosen = strings.Split(only, ",")
	}
	for _, k := range chosen {
		if !slices.Contains(kindNames(), k) {
			return fmt.Errorf("-only: %q is unknown; the kinds are %s", k, strings.Join(kindNames(), ", "))
		}
	}
	if err := d.describe(ctx); err != nil {
		return err
	}
	if err := os.RemoveAll(d.out); err != nil {
		return err
	}
	d.work = filepath.Join(".bin", "dist")
	for _, dir := range []string{d.out, d.work} {
		if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // published files
			return err
		}
	}
	for _, p := range d.targets {
		if err := d.build(ctx, p); err != nil {
			return err
		}
	}
	for _, k := range kinds {
		if !slices.Contains(chosen, k.name) {
			continue
		}
		if err := k.make(d, ctx); err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
	}
	return d.sums()
}

var (
	nextRelease = regexp.MustCompile(`(?m)^const nextRelease = "([0-9.]+)"$`)
	releaseTag  = regexp.MustCompile(`^v([0-9]+\.[0-9]+\.[0-9]+)$`)
	plainOrDev  = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+(-dev)?$`)
)

// describe finds out the version, the commit and its time.
func (d *dist) describe(ctx context.Context) error {
	stamp := cmp.Or(os.Getenv("SOURCE_DATE_EPOCH"), git(ctx, "log", "-1", "--format=%ct"))
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return errors.New("no commit to take the time from: run in a git checkout or set SOURCE_DATE_EPOCH")
	}
	d.time = time.Unix(seconds, 0).UTC()
	d.commit = git(ctx, "rev-parse", "--short=12", "HEAD")
	if d.commit != "" && git(ctx, "status", "--porcelain") != "" {
		d.commit += "+"
	}
	if d.version == "" {
		for tag := range strings.FieldsSeq(git(ctx, "tag", "--points-at", "HEAD")) {
			if m := releaseTag.FindStringSubmatch(tag); m != nil {
				d.version = m[1]
			}
		}
	}
	if d.version == "" {
		const file = "cmd/cosell/version.go"
		source, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		m := nextRelease.FindSubmatch(source)
		if m == nil {
			return errors.New(file + ": no line with nextRelease")
		}
		d.version = string(m[1]) + "-dev"
	}
	if !plainOrDev.MatchString(d.version) {
		return fmt.Errorf("-version: %q must be a version such as 0.2.0 or 0.2.0-dev", d.version)
	}
	return nil
}

// git returns what a git command prints, "" where it fails.
func git(ctx context.Context, args ...string) string {
	out, err := exec.CommandContext(ctx, "git", args...).Output() //nolint:gosec // our own arguments
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// command runs a program and shows what it prints where it fails.
func (d *dist) command(ctx context.Context, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // our own arguments
	cmd.Env = append(os.Environ(), env...)
	cmd.Env = append(cmd.Env, "SOURCE_DATE_EPOCH="+strconv.FormatInt(d.time.Unix(), 10))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// write writes one result.
func (d *dist) write(name string, content []byte) error {
	path := filepath.Join(d.out, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // published files
		return err
	}
	fmt.Printf("%s  %.1f MB\n", path, float64(len(content))/(1<<20))
	return os.WriteFile(path, content, 0o644) //nolint:gosec // published files
}
