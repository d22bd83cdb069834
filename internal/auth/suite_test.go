package auth

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// suiteKeys holds the one key that the published test suite signs with.
type suiteKeys struct{}

const suiteSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" // published with the suite

func (suiteKeys) Lookup(_ context.Context, id, _ string) (Key, error) {
	if id != "AKIDEXAMPLE" {
		return Key{}, Unrecognized()
	}
	return Key{Principal: Principal{Account: "123456789012", AccessKeyID: id}, Secret: suiteSecret}, nil
}

// TestPublishedVectors holds the verifier to the AWS SigV4 test suite, whose
// names the cases keep. Where a client of today would send the same request,
// the SDK's signer must agree; it does not normalise paths.
func TestPublishedVectors(t *testing.T) {
	t.Parallel()
	const (
		host    = "Host: example.amazonaws.com\r\n"
		date    = "X-Amz-Date: 20150830T123600Z\r\n"
		headers = host + date
		vanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
	)
	now := time.Date(2015, time.August, 30, 12, 36, 0, 0, time.UTC)
	verifier := NewVerifier(suiteKeys{}, at(now), "service")

	tests := []struct {
		name      string
		line      string
		headers   string
		body      string
		signed    string
		signature string
		normalise bool // the path is not in normal form
	}{
		{"get-vanilla", "GET /", headers, "", "host;x-amz-date", vanilla, false},
		{"get-vanilla-empty-query-key", "GET /?Param1=value1", headers, "", "host;x-amz-date", "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb", false},
		{"get-vanilla-query-order-key-case", "GET /?Param2=value2&Param1=value1", headers, "", "host;x-amz-date", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500", false},
		{"get-vanilla-query-order-value", "GET /?Param1=value2&Param1=value1", headers, "", "host;x-amz-date", "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694", false},
		{"get-vanilla-query-unreserved", "GET /?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", headers, "", "host;x-amz-date", "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197", false},
		{"get-vanilla-utf8-query", "GET /?\u1234=bar", headers, "", "host;x-amz-date", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04", false},
		{"get-unreserved", "GET /-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", headers, "", "host;x-amz-date", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f", false},
		{"get-header-key-duplicate", "GET /", host + "My-Header1:value2\r\n" + "My-Header1:value2\r\n" + "My-Header1:value1\r\n" + date, "", "host;my-header1;x-amz-date", "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea", false},
		{"get-header-value-order", "GET /", host + "My-Header1:value4\r\nMy-Header1:value1\r\nMy-Header1:value3\r\nMy-Header1:value2\r\n" + date, "", "host;my-header1;x-amz-date", "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01", false},
		{"get-header-value-trim", "GET /", host + "My-Header1: value1\r\nMy-Header2: \"a   b   c\"\r\n" + date, "", "host;my-header1;my-header2;x-amz-date", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736", false},
		{"post-vanilla", "POST /", headers, "", "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b", false},
		{"post-vanilla-query", "POST /?Param1=value1", headers, "", "host;x-amz-date", "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11", false},
		{"post-header-key-case", "POST /", "HOST: example.amazonaws.com\r\nx-amz-date: 20150830T123600Z\r\n", "", "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b", false},
		{"post-header-key-sort", "POST /", host + "My-Header1:value1\r\n" + date, "", "host;my-header1;x-amz-date", "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c", false},
		{"post-header-value-case", "POST /", host + "My-Header1:VALUE1\r\n" + date, "", "host;my-header1;x-amz-date", "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d", false},
		{"post-x-www-form-urlencoded", "POST /", "Content-Type:application/x-www-form-urlencoded\r\n" + headers, "Param1=value1", "content-type;host;x-amz-date", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a", false},
		{"post-x-www-form-urlencoded-parameters", "POST /", "Content-Type:application/x-www-form-urlencoded; charset=utf8\r\n" + headers, "Param1=value1", "content-type;host;x-amz-date", "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe", false},

		{"normalize-path/get-relative", "GET /example/..", headers, "", "host;x-amz-date", vanilla, true},
		{"normalize-path/get-relative-relative", "GET /example1/example2/../..", headers, "", "host;x-amz-date", vanilla, true},
		{"normalize-path/get-slash", "GET //", headers, "", "host;x-amz-date", vanilla, true},
		{"normalize-path/get-slash-dot-slash", "GET /./", headers, "", "host;x-amz-date", vanilla, true},
		{"normalize-path/get-slash-pointless-dot", "GET /./example", headers, "", "host;x-amz-date", "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5", true},
		{"normalize-path/get-slashes", "GET //example//", headers, "", "host;x-amz-date", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84", true},
		// The suite starts from the path before a client encodes it for the
		// wire, and so has these two encoded once: see TestCanonicalPath.
		{"normalize-path/get-space", "GET /example%20space/", headers, "", "host;x-amz-date", "", false},
		{"get-utf8", "GET /%E1%88%B4", headers, "", "host;x-amz-date", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(tt.line + " HTTP/1.1\r\n" + tt.headers + "\r\n")))
			if err != nil {
				t.Fatal(err)
			}
			const prefix = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders="
			authorization := prefix + tt.signed + ", Signature=" + tt.signature
			if !tt.normalise {
				client := r.Clone(t.Context())
				keys := aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: suiteSecret}
				sdkSign(t, client, tt.body, keys, scope{"20150830", "us-east-1", "service"}, now)
				sdk := client.Header.Get("Authorization")
				if tt.signature == "" {
					authorization = sdk
				} else if sdk != authorization {
					t.Errorf("the SDK signs\n%s, the suite\n%s", sdk, authorization)
				}
			}
			r.Header.Set("Authorization", authorization)
			if _, err := verifier.Verify(r, []byte(tt.body)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCanonicalPath(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                   "/",
		"/":                  "/",
		"/a/b":               "/a/b",
		"/a/b/":              "/a/b/",
		"/a//b":              "/a/b",
		"/../a":              "/a",
		"/a/./b/../c":        "/a/c",
		"/example space/":    "/example%20space/", // get-space of the suite
		"/\u1234":            "/%E1%88%B4",        // get-utf8 of the suite
		"/%E1%88%B4":         "/%25E1%2588%25B4",  // what is encoded is encoded again
		"/a:b@c!$&'()*+,;=~": "/a%3Ab%40c%21%24%26%27%28%29%2A%2B%2C%3B%3D~",
	} {
		if got := canonicalPath(in); got != want {
			t.Errorf("canonicalPath(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCanonicalQuery(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                "",
		"b=1&a=2":         "a=2&b=1",
		"a=2&a=1":         "a=1&a=2",
		"k=a/b&k=a-b":     "k=a%2Fb&k=a-b", // sorted as encoded
		"flag":            "flag=",
		"&a=1&&":          "a=1",
		"a=b=c":           "a=b%3Dc",
		"a=x+y&b=x%20y":   "a=x%20y&b=x%20y",
		"a=%2b%7E%c3%a9;": "a=%2B~%C3%A9%3B",
	} {
		got, err := canonicalQuery(in)
		if err != nil || got != want {
			t.Errorf("canonicalQuery(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
}

func TestHeaderKeysAreThoseOfRequests(t *testing.T) {
	t.Parallel()
	for name, key := range headerKeys {
		if want := http.CanonicalHeaderKey(name); key != want {
			t.Errorf("%s: %s, want %s", name, key, want)
		}
	}
}

func TestHeaderValuesAreTrimmed(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                  "",
		"   ":               "",
		"a":                 "a",
		" \t a  b\tc    d ": "a b\tc d",
		`"a   b"`:           `"a b"`,
	} {
		if got := string(appendTrimmed(nil, in)); got != want {
			t.Errorf("appendTrimmed(%q) = %q, want %q", in, got, want)
		}
	}
}
