package auth

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// TestWaysToBeRight lists what differs between clients and must not matter.
func TestWaysToBeRight(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		before func(*call)
		after  func(*testing.T, *call)
	}{
		"as it comes": {},
		"clock behind by what is allowed": {
			before: func(c *call) {
				c.at = c.at.Add(-maxSkew)
				c.Header.Set("X-Amz-Date", c.at.Format(basicTime))
			},
		},
		"clock ahead by what is allowed": {
			before: func(c *call) {
				c.at = c.at.Add(maxSkew)
				c.Header.Set("X-Amz-Date", c.at.Format(basicTime))
			},
		},
		"another region": {before: func(c *call) { c.scope.region = "eu-central-1" }},
		"content type unsigned": {
			before: func(c *call) { c.signed = []string{"host", "x-amz-date", "x-amz-target"} },
		},
		"other headers come unsigned": {
			after: func(_ *testing.T, c *call) {
				c.Header.Set("User-Agent", "aws-cli/2")
				c.Header.Set("Amz-Sdk-Invocation-Id", "1")
				c.Header.Set("X-Amzn-Trace-Id", "Root=1")
			},
		},
		"payload hash stated": {
			before: func(c *call) {
				c.Header.Set("X-Amz-Content-Sha256", sum(c.body))
				c.signed = []string{"content-type", "host", "x-amz-content-sha256", "x-amz-date", "x-amz-target"}
			},
		},
		"session token, signed": {
			before: func(c *call) {
				c.Header.Set("X-Amz-Security-Token", "anything")
				c.signed = []string{"content-type", "host", "x-amz-date", "x-amz-security-token", "x-amz-target"}
			},
		},
		"HTTP Date instead of X-Amz-Date": {
			before: func(c *call) {
				c.Header.Del("X-Amz-Date")
				c.Header.Set("Date", c.at.Format(http.TimeFormat))
				c.signed = []string{"date", "host", "x-amz-target"}
			},
		},
		"ISO Date instead of X-Amz-Date": {
			before: func(c *call) {
				c.Header.Del("X-Amz-Date")
				c.Header.Set("Date", c.at.Format(basicTime))
				c.signed = []string{"date", "host", "x-amz-target"}
			},
		},
		"X-Amz-Date before Date": {
			before: func(c *call) { c.Header.Set("Date", c.at.Add(-time.Hour).Format(http.TimeFormat)) },
		},
		"no spaces after the commas": {
			after: func(_ *testing.T, c *call) {
				c.Header.Set("Authorization", strings.ReplaceAll(c.Header.Get("Authorization"), ", ", ","))
			},
		},
		"spaces around and within a signed header": {
			before: func(c *call) {
				c.Header.Set("X-Amz-Meta", "a b")
				c.signed = []string{"content-type", "host", "x-amz-date", "x-amz-meta", "x-amz-target"}
			},
			after: func(_ *testing.T, c *call) { c.Header.Set("X-Amz-Meta", "  a   b ") },
		},
		"parts in another order": {
			after: func(_ *testing.T, c *call) {
				rest := strings.TrimPrefix(c.Header.Get("Authorization"), algorithm+" ")
				parts := strings.Split(rest, ", ")
				c.Header.Set("Authorization", algorithm+" "+strings.Join([]string{parts[2], parts[0], parts[1]}, ", "))
			},
		},
		"content length signed and moved by net/http": {
			before: func(c *call) { c.signed = []string{"content-length", "host", "x-amz-date", "x-amz-target"} },
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCall()
			if tt.before != nil {
				tt.before(c)
			}
			c.sign(t)
			if tt.after != nil {
				tt.after(t, c)
			}
			principal, err := newDevVerifier().Verify(c.Request, []byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			want := Principal{Account: "123456789012", AccessKeyID: "123456789012", ARN: "arn:aws:iam::123456789012:root"}
			if principal != want {
				t.Errorf("Verify = %+v, want %+v", principal, want)
			}
		})
	}
}

// TestOverHTTP sends what the SDK signs through a real client and server, which
// move headers about on the way.
func TestOverHTTP(t *testing.T) {
	t.Parallel()
	c := newCall()
	keys := aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test", SessionToken: "session"}
	sdkSign(t, c.Request, c.body, keys, c.scope, c.at)
	if !strings.Contains(c.Header.Get("Authorization"), "content-length") {
		t.Fatal("the SDK no longer signs Content-Length, which this test is about")
	}
	principal, err := overHTTP(t, newDevVerifier(), c.Request)
	if err != nil || principal.Account != "000000000000" {
		t.Errorf("Verify = %+v, %v", principal, err)
	}
}

func TestDevKeys(t *testing.T) {
	t.Parallel()
	for id, account := range map[string]string{
		"test":          "000000000000",
		"aws":           "aws",
		"123456789012":  "123456789012",
		"000000000000":  "000000000000",
		"":              "",
		"Test":          "",
		"AWS":           "",
		"12345678901":   "",
		"1234567890123": "",
		"12345678901a":  "",
		"١٢٣٤٥٦":        "", // twelve bytes of digits, none of them ASCII
		"AKIDEXAMPLE":   "",
	} {
		key, err := DevKeys{}.Lookup(t.Context(), id, "")
		if account == "" {
			wantError(t, err, unrecognizedClient, "The security token included in the request is invalid.")
			continue
		}
		want := Key{
			Principal: Principal{Account: account, AccessKeyID: id, ARN: "arn:aws:iam::" + account + ":root"},
			Secret:    "test",
		}
		if err != nil || key != want {
			t.Errorf("Lookup(%q) = %+v, %v, want %+v", id, key, err, want)
		}
	}
}

func TestVerifierOfSeveralServices(t *testing.T) {
	t.Parallel()
	v := NewVerifier(DevKeys{}, at(signedAt), service, "events")
	for _, name := range []string{service, "events"} {
		c := newCall()
		c.scope.service = name
		c.sign(t)
		if _, err := v.Verify(c.Request, []byte(c.body)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
