package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
)

// The goals of what tests use.
const (
	mostStart   = 20.0 // milliseconds
	mostReset   = 5.0  // milliseconds
	mostPackage = 20.0 // MB
)

// measureTestKit measures what tests wait for: the start and reset of package coselltest, in a process of go
// test, and the packages that are installed before tests in other languages.
func (b *bench) measureTestKit(ctx context.Context) error {
	samples := strconv.Itoa(b.pages / 3) //nolint:mnd // 100 and more
	one, err := testKit(ctx, "^Benchmark(Start|Reset)$", "-benchtime", samples+"x")
	if err != nil {
		return err
	}
	hundred, err := testKit(ctx, "^BenchmarkHundred$", "-benchtime", "1x", "-count", strconv.Itoa(b.rounds))
	if err != nil {
		return err
	}
	for _, want := range []struct {
		name    string
		figures map[string][]float64
	}{{"Start", one}, {"Reset", one}, {"Hundred", hundred}} {
		if len(want.figures[want.name+" median-ms"]) == 0 {
			return fmt.Errorf("go test reports no median of Benchmark%s", want.name)
		}
	}
	b.show(
		atMost("coselltest.Start", median(one["Start median-ms"]), mostStart, "%.1f ms", samples+" starts"),
		atMost("… its Reset, after a create", median(one["Reset median-ms"]), mostReset, "%.1f ms", samples+" resets"),
		shown("… a hundred servers at once in one process, until each has made an opportunity",
			fmt.Sprintf("%.0f ms", median(hundred["Hundred median-ms"])),
			fmt.Sprintf("%.1f MB resident memory for each", median(hundred["Hundred MB/server"]))))
	return b.measurePackages(ctx)
}

// What go test prints of a benchmark: its name, and each value with its unit.
var (
	benchmarkLine = regexp.MustCompile(`(?m)^Benchmark(\w+?)(?:-\d+)?\s+\d+\s+(.*)$`)
	benchmarkUnit = regexp.MustCompile(`([\d.e+-]+) (\S+)`)
)

// testKit runs benchmarks of package coselltest and returns their figures by name and unit.
func testKit(ctx context.Context, benchmarks string, arguments ...string) (map[string][]float64, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-run", "^$", "-bench", benchmarks, "./coselltest"}, arguments...)...) //nolint:gosec // fixed
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return benchmarkFigures(string(out)), nil
}

func benchmarkFigures(out string) map[string][]float64 {
	figures := map[string][]float64{}
	for _, line := range benchmarkLine.FindAllStringSubmatch(out, -1) {
		for _, pair := range benchmarkUnit.FindAllStringSubmatch(line[2], -1) {
			value, err := strconv.ParseFloat(pair[1], 64)
			if err != nil {
				continue
			}
			name := line[1] + " " + pair[2]
			figures[name] = append(figures[name], value)
		}
	}
	return figures
}

// measurePackages builds the wheel and the npm package of this platform and weighs them.
func (b *bench) measurePackages(ctx context.Context) error {
	out := filepath.Join(b.dir, "packages")
	platform := runtime.GOOS + "/" + runtime.GOARCH
	cmd := exec.CommandContext(ctx, "go", "run", "./tools/dist", "-platforms", platform, "-only", "wheel,npm", "-version", "0.0.0", "-out", out) //nolint:gosec // fixed
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, text)
	}
	for _, kind := range []struct{ what, pattern string }{{"Wheel", "*.whl"}, {"npm packages", "npm/*.tgz"}} {
		files, err := filepath.Glob(filepath.Join(out, kind.pattern))
		if err != nil || len(files) == 0 {
			return fmt.Errorf("no package matches %s (%w)", kind.pattern, err)
		}
		var size int64
		for _, file := range files {
			info, err := os.Stat(file)
			if err != nil {
				return err
			}
			size += info.Size()
		}
		const mega = 1e6
		b.show(atMost(kind.what+" of "+platform, float64(size)/mega, mostPackage, "%.1f MB", ""))
	}
	return nil
}
