// Package conformance drives the built binary with the real AWS clients, unmodified: the SDKs for JavaScript,
// Java and Rust, boto3 and the AWS command line. They are told the endpoint, a region and a key through the
// environment, as a user would. Each suite stands in a folder of its own and is found by its file name.
package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cosell/internal/servertest"
	"cosell/internal/store/pgtest"
)

// TestClients runs every suite against one server: accounts keep them apart.
func TestClients(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server and three kinds of client")
	}
	endpoint := servertest.Serve(t, binary)

	t.Run("js", func(t *testing.T) {
		t.Parallel()
		node := client(t, "node")
		client(t, "js/node_modules/@aws-sdk/client-partnercentral-selling/package.json")
		t.Attr("client", "AWS SDK for JavaScript "+version(t, node, "-p", "require('./js/node_modules/@aws-sdk/client-partnercentral-selling/package.json').version"))
		for _, suite := range suites(t, "js/*.test.js") {
			t.Run(suite, func(t *testing.T) {
				run(t, endpoint, "js", node, "--no-warnings", "--test", "--test-reporter=spec", suite)
			})
		}
	})
	t.Run("python", func(t *testing.T) {
		t.Parallel()
		python := client(t, "../.bin/venv/bin/python")
		t.Attr("client", "boto3 "+version(t, python, "-c", "import boto3; print(boto3.__version__)"))
		for _, suite := range suites(t, "python/test_*.py") {
			t.Run(suite, func(t *testing.T) {
				run(t, endpoint, "python", python, "-B", "-m", "pytest", suite)
			})
		}
	})
	t.Run("cli", func(t *testing.T) {
		t.Parallel()
		aws := client(t, "../.bin/venv/bin/aws")
		t.Attr("client", version(t, aws, "--version"))
		commandLine(t, endpoint, aws)
	})
}

// TestClientsWithQuotas sees that the clients' own retries pass a server with quotas.
func TestClientsWithQuotas(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server and two kinds of client")
	}
	endpoint := servertest.Serve(t, binary, "--quotas", "aws")
	t.Run("js", func(t *testing.T) {
		client(t, "js/node_modules/@aws-sdk/client-partnercentral-selling/package.json")
		run(t, endpoint, "quotas", client(t, "node"), "--no-warnings", "--test", "--test-reporter=spec", "retries.test.js")
	})
	t.Run("python", func(t *testing.T) {
		run(t, endpoint, "quotas", client(t, "../.bin/venv/bin/python"), "-B", "-m", "pytest", "-p", "no:cacheprovider", "test_retries.py")
	})
}

// TestEventClientsOnPostgres runs the suites of events once more, against a server on PostgreSQL.
func TestEventClientsOnPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a database, a server and two kinds of client")
	}
	endpoint := servertest.Serve(t, binary, "--database-url", pgtest.URL(t))
	t.Run("js", func(t *testing.T) {
		client(t, "js/node_modules/@aws-sdk/client-eventbridge/package.json")
		run(t, endpoint, "js", client(t, "node"), "--no-warnings", "--test", "--test-reporter=spec", "events.test.js")
	})
	t.Run("python", func(t *testing.T) {
		run(t, endpoint, "python", client(t, "../.bin/venv/bin/python"), "-B", "-m", "pytest", "-p", "no:cacheprovider", "test_events.py")
	})
}

// client finds a program or file that `make conformance-deps` installs. Where it is missing a developer
// sees the suite skipped; CI, which must not pass by skipping, fails.
func client(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if filepath.Base(name) != name {
		path, err = filepath.Abs(name)
		if err == nil {
			_, err = os.Stat(path)
		}
	}
	if err != nil {
		report := t.Skipf
		if os.Getenv("CI") == "true" {
			report = t.Fatalf
		}
		report("NOT RUN: %v; install the AWS clients with 'make conformance-deps'", err)
	}
	return path
}

// version is the first word or two that a client prints about its version.
func version(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).Output()
	if err != nil {
		t.Fatalf("%s %q: %v", name, args, err)
	}
	text, _, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	return text
}

// suites are the files of a folder that match the pattern, without the folder.
func suites(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no suite matches %s (%v)", pattern, err)
	}
	for i, path := range paths {
		paths[i] = filepath.Base(path)
	}
	return paths
}

// run executes a suite in its folder and shows what it printed.
func run(t *testing.T, endpoint, dir, name string, args ...string) {
	t.Helper()
	runWith(t, environment(endpoint), dir, name, args...)
}

// runWith executes a suite in an environment, which has an empty home directory unless it names one.
func runWith(t *testing.T, env []string, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append([]string{"HOME=" + t.TempDir()}, env...)
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("%s: %v", cmd, err)
	}
}

// environment is all a client gets to know: nothing of the machine's own AWS configuration reaches it.
// Both names of the region are given because botocore reads only the older one.
func environment(endpoint string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"),
		"LANG=C.UTF-8",
		"AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=" + endpoint,
		"AWS_ENDPOINT_URL_EVENTBRIDGE=" + endpoint,
		"AWS_ACCESS_KEY_ID=" + account(),
		"AWS_SECRET_ACCESS_KEY=test",
		"AWS_REGION=us-east-1",
		"AWS_DEFAULT_REGION=us-east-1",
	}
}
