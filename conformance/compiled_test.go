package conformance

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"cosell/internal/servertest"
)

// TestCompiledClients has the AWS SDKs for Java and Rust call every operation that they know: each walk
// compares what was answered with the operations of its client. The examples in both languages are tested
// with them. What `make conformance-clients` has compiled is not compiled again.
func TestCompiledClients(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles two kinds of client")
	}
	endpoint := servertest.Serve(t, binary)
	t.Run("java", func(t *testing.T) {
		maven := client(t, "mvn")
		t.Attr("client", "AWS SDK for Java "+pinned(t, "java/pom.xml", `<aws\.sdk\.version>(.*)</`))
		for _, dir := range []string{"java", "../examples/java"} {
			runWith(t, compiler(t, endpoint), dir, maven, "--quiet", "--batch-mode", "test")
		}
	})
	t.Run("rust", func(t *testing.T) {
		cargo := client(t, "cargo")
		t.Attr("client", "AWS SDK for Rust "+pinned(t, "rust/Cargo.toml", `aws-sdk-partnercentralselling = .*"=(.*?)"`))
		for _, dir := range []string{"rust", "../examples/rust"} {
			runWith(t, compiler(t, endpoint), dir, cargo, "test", "--quiet", "--locked", "--tests")
		}
	})
}

// compiler is the environment of a compiler and what it runs: the machine's own, for its caches, without
// its AWS configuration.
func compiler(t *testing.T, endpoint string) []string {
	t.Helper()
	target, err := filepath.Abs("../.bin/rust")
	if err != nil {
		t.Fatal(err)
	}
	none := filepath.Join(t.TempDir(), "none")
	env := append(environment(endpoint), "COSELL="+binary, "CARGO_TARGET_DIR="+target,
		"AWS_CONFIG_FILE="+none, "AWS_SHARED_CREDENTIALS_FILE="+none)
	for _, name := range []string{"HOME", "JAVA_HOME", "CARGO_HOME", "RUSTUP_HOME"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// pinned is the version that a file asks for.
func pinned(t *testing.T, path, pattern string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(pattern).FindSubmatch(text)
	if found == nil {
		t.Fatalf("%s: nothing matches %s", path, pattern)
	}
	return string(found[1])
}
