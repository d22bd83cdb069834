package conformance

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestStrictServerByTheDocs does what docs/operators.md says, with the AWS command line: from
// nothing to a signed call over TLS, by what cosell init prints alone.
func TestStrictServerByTheDocs(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server and the AWS command line")
	}
	aws := client(t, "../.bin/venv/bin/aws")
	page, err := os.ReadFile("../docs/operators.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```sh[^\n]*\n(cosell (?:init|user create) .*?)```").FindAllSubmatch(page, -1)
	if len(blocks) != 2 {
		t.Fatalf("docs/operators.md has %d blocks that set up a strict server and its users", len(blocks))
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	_ = listener.Close()
	desk := shell{dir: t.TempDir(), path: filepath.Dir(binary) + ":" + filepath.Dir(aws)}
	desk.environment = []string{"COSELL_PORT=" + port} // the page has the default one
	begun := time.Now()

	printed := desk.run(t, string(blocks[0][1]))
	parts := regexp.MustCompile(`(?s)Start the server:\n(.*?)\n\nCall it:\n(.*?)\n\nAdminister it:\n(.*)`).FindStringSubmatch(printed)
	if parts == nil {
		t.Fatalf("init printed %s", printed)
	}
	server := desk.command(t, "exec "+strings.TrimSpace(parts[1]))
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGTERM)
		if err := server.Wait(); err != nil {
			t.Error(err)
		}
	})
	desk.await(t, "https://localhost:"+port+"/readyz")
	called := desk.run(t, parts[2])
	took := time.Since(begun)
	for _, want := range []string{`"arn:aws:iam::111122223333:user/admin"`, `"OpportunitySummaries": []`} {
		if !strings.Contains(called, want) {
			t.Errorf("the calls printed %s, want %s", called, want)
		}
	}
	const most = 2 * time.Minute
	if t.Logf("to the first signed calls: %s", took.Round(time.Millisecond)); took > most {
		t.Errorf("it took %s, want less than %s", took, most)
	}

	if got := desk.run(t, parts[3]); !strings.Contains(got, "admin") {
		t.Errorf("administration printed %s", got)
	}
	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sts:AssumeRole"}}`
	if err := os.WriteFile(filepath.Join(desk.dir, "trust.json"), []byte(trust), 0o600); err != nil {
		t.Fatal(err)
	}
	exports := regexp.MustCompile(`(?m)^\s*export .*$`).FindString(parts[3])
	if got := desk.run(t, exports+"\n"+string(blocks[1][1])); !strings.Contains(got, "AKIA") || !strings.Contains(got, "LAST USED") {
		t.Errorf("more users: %s", got)
	}
}

// shell runs commands in a directory of their own.
type shell struct {
	dir, path   string
	environment []string
}

func (s shell) command(t *testing.T, script string) *exec.Cmd {
	t.Helper()
	c := exec.Command("sh", "-ec", script)
	c.Dir = s.dir
	c.Env = append([]string{"PATH=" + s.path + ":" + os.Getenv("PATH"), "HOME=" + s.dir}, s.environment...)
	return c
}

func (s shell) run(t *testing.T, script string) string {
	t.Helper()
	out, err := s.command(t, script).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, script, out)
	}
	return string(out)
}

// await waits until a server with the certificate of init is ready.
func (s shell) await(t *testing.T, url string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "cosell-keys", "tls.crt"))
	if err != nil {
		t.Fatal(err)
	}
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(text)
	reader := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authorities, MinVersion: tls.VersionTLS12}}}
	defer reader.CloseIdleConnections()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		answer, err := reader.Get(url)
		if err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}
