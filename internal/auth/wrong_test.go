package auth

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

const mismatched = "The request signature we calculated does not match the signature you provided."

// TestWaysToBeWrong lists the ways a signature can be wrong. Each case is a
// correct request but for the one thing its name says: before spoils what is
// signed, after spoils what was signed.
func TestWaysToBeWrong(t *testing.T) {
	t.Parallel()
	type test struct {
		before func(*call)
		after  func(*testing.T, *call)
		want   string
		says   string
	}
	edit := func(before, after string) func(*testing.T, *call) {
		return func(t *testing.T, c *call) {
			t.Helper()
			c.edit(t, before, after)
		}
	}
	header := func(name, value string) func(*testing.T, *call) {
		return func(_ *testing.T, c *call) { c.Header.Set(name, value) }
	}
	signedHeader := func(name, value string) func(*call) {
		return func(c *call) {
			c.Header.Set(name, value)
			c.signed = append(c.signed, strings.ToLower(name))
			slices.Sort(c.signed)
		}
	}
	// date signs with another X-Amz-Date, and a scope to match.
	date := func(offset time.Duration) func(*call) {
		return func(c *call) {
			c.at = c.at.Add(offset)
			c.scope.date = c.at.Format(basicDate)
			c.Header.Set("X-Amz-Date", c.at.Format(basicTime))
		}
	}
	groups := map[string]map[string]test{
		"no signature": {
			"no Authorization header": {
				after: func(_ *testing.T, c *call) { c.Header.Del("Authorization") },
				want:  missingToken, says: "Missing Authentication Token",
			},
			"empty Authorization header": {
				after: header("Authorization", ""),
				want:  missingToken, says: "Missing Authentication Token",
			},
			"two Authorization headers": {
				after: func(_ *testing.T, c *call) { c.Header.Add("Authorization", c.Header.Get("Authorization")) },
				want:  incomplete, says: "Authorization: 2 headers",
			},
			"Authorization header too long": {
				after: func(_ *testing.T, c *call) {
					c.Header.Set("Authorization", c.Header.Get("Authorization")+strings.Repeat(" ", maxAuthorization))
				},
				want: incomplete, says: "at most 4096 bytes",
			},
			"signature in the query as well": {
				after: func(_ *testing.T, c *call) { c.URL.RawQuery = "a=b&X-Amz-Signature=" + strings.Repeat("0", 64) },
				want:  incomplete, says: "query string: has a signature",
			},
			"credential in the query as well": {
				after: func(_ *testing.T, c *call) { c.URL.RawQuery = "x-amz-credential=x" },
				want:  incomplete, says: "query string: has a signature",
			},
			"presigned": {
				after: func(_ *testing.T, c *call) {
					c.Header.Del("Authorization")
					c.URL.RawQuery = "X-Amz-Algorithm=AWS4-HMAC-SHA256"
				},
				want: incomplete, says: "query string: has a signature",
			},
		},
		"form of the header": {
			"another scheme": {
				after: header("Authorization", "Bearer abc"),
				want:  incomplete, says: "must begin with AWS4-HMAC-SHA256",
			},
			"asymmetric algorithm": {
				after: edit(algorithm, "AWS4-ECDSA-P256-SHA256"),
				want:  incomplete, says: "must begin with AWS4-HMAC-SHA256",
			},
			"streaming algorithm": {
				after: edit(algorithm, "AWS4-HMAC-SHA256-PAYLOAD"),
				want:  incomplete, says: "must begin with AWS4-HMAC-SHA256",
			},
			"algorithm in lower case": {
				after: edit(algorithm, strings.ToLower(algorithm)),
				want:  incomplete, says: "must begin with AWS4-HMAC-SHA256",
			},
			"tab behind the algorithm": {
				after: edit(algorithm+" ", algorithm+"\t"),
				want:  incomplete, says: "must begin with AWS4-HMAC-SHA256",
			},
			"semicolons between the parts": {
				after: edit(", ", "; "),
				want:  incomplete, says: "requires 'SignedHeaders' parameter",
			},
			"algorithm alone": {
				after: header("Authorization", algorithm),
				want:  incomplete, says: "Name=Value",
			},
			"no Credential": {
				after: edit("Credential=123456789012/20260309/us-east-1/partnercentral-selling/aws4_request, ", ""),
				want:  incomplete, says: "requires 'Credential' parameter",
			},
			"no SignedHeaders": {
				after: edit("SignedHeaders=content-type;host;x-amz-date;x-amz-target, ", ""),
				want:  incomplete, says: "requires 'SignedHeaders' parameter",
			},
			"no Signature": {
				after: func(_ *testing.T, c *call) {
					value, _, _ := strings.Cut(c.Header.Get("Authorization"), ", Signature=")
					c.Header.Set("Authorization", value)
				},
				want: incomplete, says: "requires 'Signature' parameter",
			},
			"all that is missing is named": {
				after: header("Authorization", algorithm+" Signature=00"),
				want:  incomplete, says: "'Credential' parameter. Authorization header requires 'SignedHeaders' parameter.",
			},
			"empty Credential": {
				after: edit("Credential=123456789012/20260309/us-east-1/partnercentral-selling/aws4_request", "Credential="),
				want:  incomplete, says: "empty 'Credential'",
			},
			"Credential twice": {
				after: edit("SignedHeaders=", "Credential=1/2/3/4/aws4_request, SignedHeaders="),
				want:  incomplete, says: "repeats the 'Credential'",
			},
			"unknown part": {
				after: edit("SignedHeaders=", "Region=us-east-1, SignedHeaders="),
				want:  incomplete, says: "has an unknown part",
			},
			"stray comma": {
				after: edit("SignedHeaders=", ", SignedHeaders="),
				want:  incomplete, says: "Name=Value",
			},
		},
		"credential scope": {
			"four elements": {
				after: edit("/us-east-1", ""),
				want:  incomplete, says: "exactly 5",
			},
			"six elements": {
				after: edit("/us-east-1", "/us-east-1/us-east-1"),
				want:  incomplete, says: "exactly 5",
			},
			"empty region": {
				after: edit("/us-east-1/", "//"),
				want:  incomplete, says: "exactly 5",
			},
			"another terminator": {
				after: edit("/aws4_request", "/aws5_request"),
				want:  invalidSignature, says: "'aws4_request'",
			},
			"region set": {
				before: func(c *call) { c.scope.region = "*" },
				want:   invalidSignature, says: "valid region",
			},
			"region in capitals": {
				before: func(c *call) { c.scope.region = "US-EAST-1" },
				want:   invalidSignature, says: "valid region",
			},
			"region of a digit": {
				before: func(c *call) { c.scope.region = "1" },
				want:   invalidSignature, says: "valid region",
			},
			"region too long": {
				before: func(c *call) { c.scope.region = strings.Repeat("a", 33) },
				want:   invalidSignature, says: "valid region",
			},
			"another service": {
				before: func(c *call) { c.scope.service = "s3" },
				want:   invalidSignature, says: service,
			},
			"date of the day before": {
				before: func(c *call) { c.scope.date = "20260308" },
				want:   invalidSignature, says: `"20260308" is not "20260309", from "20260309T015025Z"`,
			},
			"date of another form": {
				before: func(c *call) { c.scope.date = "2026-03-09" },
				want:   invalidSignature, says: "Date in Credential scope",
			},
			"another region than signed": {
				after: edit("us-east-1", "eu-west-1"),
				want:  invalidSignature, says: mismatched,
			},
		},
		"time": {
			"no date": {
				after: func(t *testing.T, c *call) {
					t.Helper()
					c.Header.Del("X-Amz-Date")
					c.edit(t, "x-amz-date;", "")
				},
				want: incomplete, says: "'X-Amz-Date' or a 'Date'",
			},
			"two dates": {
				before: func(c *call) { c.Header.Add("X-Amz-Date", "20260309T015026Z") },
				want:   incomplete, says: "X-Amz-Date: 2 headers",
			},
			"date in extended format": {
				before: func(c *call) { c.Header.Set("X-Amz-Date", "2026-03-09T01:50:25Z") },
				want:   incomplete, says: "basic format",
			},
			"date with a fraction": {
				before: func(c *call) { c.Header.Set("X-Amz-Date", "20260309T015025.0Z") },
				want:   incomplete, says: "basic format",
			},
			"date that is none": {
				before: func(c *call) { c.Header.Set("X-Amz-Date", "20260230T015025Z") },
				want:   incomplete, says: "basic format",
			},
			"Date that is none": {
				before: func(c *call) {
					c.Header.Del("X-Amz-Date")
					c.Header.Set("Date", "yesterday")
					c.signed = []string{"date", "host", "x-amz-target"}
				},
				want: incomplete, says: "Date: must be",
			},
			"clock behind by a second too many": {
				before: date(-maxSkew - time.Second),
				want:   invalidSignature, says: "Signature expired: 20260309T014524Z is now earlier than 20260309T014525Z (20260309T015025Z - 5 min.)",
			},
			"clock ahead by a second too many": {
				before: date(maxSkew + time.Second),
				want:   invalidSignature, says: "Signature not yet current: 20260309T015526Z is still later than 20260309T015525Z (20260309T015025Z + 5 min.)",
			},
			"replayed the next day": {
				before: date(-24 * time.Hour),
				want:   invalidSignature, says: "Signature expired",
			},
			"another date than signed": {
				after: header("X-Amz-Date", "20260309T015026Z"),
				want:  invalidSignature, says: mismatched,
			},
		},
		"signed headers": {
			"host unsigned": {
				before: func(c *call) { c.signed = []string{"content-type", "x-amz-date", "x-amz-target"} },
				want:   invalidSignature, says: "'Host' must be a 'SignedHeader'",
			},
			"target unsigned": {
				before: func(c *call) { c.signed = []string{"content-type", "host", "x-amz-date"} },
				want:   invalidSignature, says: "'X-Amz-Target' must be a 'SignedHeader'",
			},
			"session token added": {
				after: header("X-Amz-Security-Token", "token"),
				want:  invalidSignature, says: "'X-Amz-Security-Token' must be a 'SignedHeader'",
			},
			"unknown X-Amz header added": {
				after: header("X-Amz-Anything", "x"),
				want:  invalidSignature, says: "'X-Amz-Anything' must be a 'SignedHeader'",
			},
			"signed header taken away": {
				after: func(_ *testing.T, c *call) { c.Header.Del("Content-Type") },
				want:  invalidSignature, says: "'content-type' is not in the request",
			},
			"capitals": {
				after: edit("x-amz-target", "X-Amz-Target"),
				want:  incomplete, says: "in lower case",
			},
			"unsorted": {
				after: edit("host;x-amz-date", "x-amz-date;host"),
				want:  incomplete, says: "'host' is out of order or repeated",
			},
			"one twice": {
				after: edit("host;", "host;host;"),
				want:  incomplete, says: "'host' is out of order or repeated",
			},
			"empty name": {
				after: edit("host;", "host;;"),
				want:  incomplete, says: "in lower case",
			},
			"space in the list": {
				after: edit("host;", "host; "),
				want:  incomplete, says: "in lower case",
			},
			"one less than signed": {
				after: edit("content-type;", ""),
				want:  invalidSignature, says: mismatched,
			},
		},
		"payload": {
			"unsigned": {
				before: signedHeader("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"),
				want:   incomplete, says: "unsigned and streaming payloads",
			},
			"streaming": {
				before: signedHeader("X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
				want:   incomplete, says: "unsigned and streaming payloads",
			},
			"unsigned streaming with a trailer": {
				before: signedHeader("X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
				want:   incomplete, says: "unsigned and streaming payloads",
			},
			"hash of another body": {
				before: signedHeader("X-Amz-Content-Sha256", sum("{}")),
				want:   invalidSignature, says: "X-Amz-Content-Sha256: is not the SHA-256 of the body",
			},
			"two hashes": {
				before: func(c *call) {
					signedHeader("X-Amz-Content-Sha256", sum(c.body))(c)
					c.Header.Add("X-Amz-Content-Sha256", sum(c.body))
				},
				want: incomplete, says: "X-Amz-Content-Sha256: 2 headers",
			},
			"another body under its true hash": {
				after: func(_ *testing.T, c *call) { c.body = "{}" },
				want:  invalidSignature, says: mismatched,
			},
			"no body": {
				after: func(_ *testing.T, c *call) { c.body = "" },
				want:  invalidSignature, says: mismatched,
			},
		},
		"request": {
			"another method": {
				after: func(_ *testing.T, c *call) { c.Method = http.MethodPut },
				want:  invalidSignature, says: mismatched,
			},
			"another path": {
				after: func(_ *testing.T, c *call) { c.URL.Path = "/admin" },
				want:  invalidSignature, says: mismatched,
			},
			"query added": {
				after: func(_ *testing.T, c *call) { c.URL.RawQuery = "a=b" },
				want:  invalidSignature, says: mismatched,
			},
			"query that does not decode": {
				after: func(_ *testing.T, c *call) { c.URL.RawQuery = "a=%zz" },
				want:  incomplete, says: "percent",
			},
			"another host": {
				after: func(_ *testing.T, c *call) { c.Host = "partner.example" },
				want:  invalidSignature, says: mismatched,
			},
			"another operation": {
				after: header("X-Amz-Target", "AWSPartnerCentralSelling.DeleteEverything"),
				want:  invalidSignature, says: mismatched,
			},
			"operation named twice": {
				after: func(_ *testing.T, c *call) { c.Header.Add("X-Amz-Target", c.Header.Get("X-Amz-Target")) },
				want:  invalidSignature, says: mismatched,
			},
			"white space within a signed header": {
				after: header("X-Amz-Target", "AWSPartnerCentralSelling. GetOpportunity"),
				want:  invalidSignature, says: mismatched,
			},
			"value added to a signed header": {
				after: func(_ *testing.T, c *call) { c.Header.Add("Content-Type", "text/plain") },
				want:  invalidSignature, says: mismatched,
			},
		},
		"key": {
			"unknown": {
				before: func(c *call) { c.keyID = "AKIDEXAMPLE" },
				want:   unrecognizedClient, says: "The security token included in the request is invalid.",
			},
			"wrong secret": {
				before: func(c *call) { c.secret = "Test" },
				want:   invalidSignature, says: mismatched,
			},
		},
		"signature": {
			"of other bytes": {
				after: func(_ *testing.T, c *call) {
					value, _, _ := strings.Cut(c.Header.Get("Authorization"), "Signature=")
					c.Header.Set("Authorization", value+"Signature="+strings.Repeat("0", 64))
				},
				want: invalidSignature, says: mismatched,
			},
			"cut short": {
				after: func(_ *testing.T, c *call) {
					value := c.Header.Get("Authorization")
					c.Header.Set("Authorization", value[:len(value)-1])
				},
				want: invalidSignature, says: mismatched,
			},
			"continued": {
				after: func(_ *testing.T, c *call) { c.Header.Set("Authorization", c.Header.Get("Authorization")+"0") },
				want:  invalidSignature, says: mismatched,
			},
			"in capitals": {
				after: func(_ *testing.T, c *call) {
					head, tail, _ := strings.Cut(c.Header.Get("Authorization"), "Signature=")
					c.Header.Set("Authorization", head+"Signature="+strings.ToUpper(tail))
				},
				want: invalidSignature, says: mismatched,
			},
		},
	}
	for group, tests := range groups {
		for name, tt := range tests {
			t.Run(group+"/"+name, func(t *testing.T) {
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
				wantError(t, err, tt.want, tt.says)
				if principal != (Principal{}) {
					t.Errorf("a refused request speaks for %+v", principal)
				}
			})
		}
	}
}
