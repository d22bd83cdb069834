// Package example tests a deal against a server that the test starts. It speaks the protocol itself, so that it needs the
// standard library only; with the AWS SDK set BaseEndpoint to the same address.
package example

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// start runs a server with an empty store until the test ends and returns its address.
func start(t *testing.T) string {
	t.Helper()
	server := exec.Command(cmp.Or(os.Getenv("COSELL"), "cosell"), "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir())
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(os.Interrupt)
		_ = server.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, out) // a full pipe would stop the server
	return regexp.MustCompile(`http://\S+`).FindString(line)
}

// call sends an operation, signed with an account's development key, and returns the answer and the exception.
func call(t *testing.T, endpoint, account, operation string, in any) (map[string]any, string) {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, endpoint+"/", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	sign(r, account, "AWSPartnerCentralSelling."+operation, body)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&out); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	exception, _ := out["__type"].(string)
	return out, exception
}

func sign(r *http.Request, account, target string, body []byte) {
	now := time.Now().UTC().Format("20060102T150405Z")
	scope := now[:8] + "/us-east-1/partnercentral-selling/aws4_request"
	canonical := fmt.Sprintf("POST\n/\n\nhost:%s\nx-amz-date:%s\nx-amz-target:%s\n\nhost;x-amz-date;x-amz-target\n%x", r.Host, now, target, sha256.Sum256(body))
	key := []byte("AWS4test") // the secret of development keys is test
	for part := range strings.SplitSeq(scope, "/") {
		key = sum(key, part)
	}
	signature := hex.EncodeToString(sum(key, fmt.Sprintf("AWS4-HMAC-SHA256\n%s\n%s\n%x", now, scope, sha256.Sum256([]byte(canonical)))))
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", target)
	r.Header.Set("X-Amz-Date", now)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+account+"/"+scope+", SignedHeaders=host;x-amz-date;x-amz-target, Signature="+signature)
}

func sum(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func TestARepeatedTokenCreatesOneDeal(t *testing.T) {
	endpoint := start(t)
	in := map[string]any{"Catalog": "Sandbox", "ClientToken": "1", "Customer": map[string]any{"Account": map[string]any{"CompanyName": "Example Corp"}}}
	first, _ := call(t, endpoint, "111122223333", "CreateOpportunity", in)
	second, _ := call(t, endpoint, "111122223333", "CreateOpportunity", in)
	if first["Id"] == nil || first["Id"] != second["Id"] {
		t.Errorf("%v and %v", first["Id"], second["Id"])
	}
}

func TestAThinDraftIsNotSubmitted(t *testing.T) {
	endpoint := start(t)
	made, _ := call(t, endpoint, "111122223333", "CreateOpportunity", map[string]any{"Catalog": "Sandbox", "ClientToken": "1"})
	answer, exception := call(t, endpoint, "111122223333", "SubmitOpportunity", map[string]any{
		"Catalog": "Sandbox", "Identifier": made["Id"], "InvolvementType": "Co-Sell", "Visibility": "Full",
	})
	if exception != "ValidationException" {
		t.Errorf("got %v", answer)
	}
}
