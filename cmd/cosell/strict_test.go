package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"cosell/internal/operator"
)

const testToken = "strict-administrator-0123456789abcdef"

// operate sends a request of the administrator and decodes the answer.
func operate(t *testing.T, url, method, path, body string, out any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url+operator.Prefix+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+testToken)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusNoContent {
		t.Fatal(answer.Status, string(text), err)
	}
	if out != nil {
		if err := json.Unmarshal(text, out); err != nil {
			t.Fatal(err)
		}
	}
}

// registered makes a user that may do everything, and returns its key.
func registered(t *testing.T, url, account string) aws.Credentials {
	t.Helper()
	user := "/accounts/" + account + "/users/all"
	operate(t, url, http.MethodPut, user, "", nil)
	operate(t, url, http.MethodPut, user+"/policies/all", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`, nil)
	var key struct {
		AccessKeyID     string `json:"AccessKeyId"`
		SecretAccessKey string
	}
	operate(t, url, http.MethodPost, user+"/keys", "", &key)
	return aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey}
}
