package auth

import (
	"cmp"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// appendCanonicalRequest appends the canonical form of a request, which its
// signature is computed from. The signed headers must be present; see [requireSigned].
func appendCanonicalRequest(b []byte, r *http.Request, signedHeaders []string, payloadHash string) ([]byte, error) {
	query, err := canonicalQuery(r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	return appendCanonical(b, r, canonicalPath(r.URL.EscapedPath()), query, signedHeaders, payloadHash), nil
}

// appendCanonical appends the canonical request for a path and a query that are
// canonical already.
func appendCanonical(b []byte, r *http.Request, path, query string, signedHeaders []string, payloadHash string) []byte {
	b = append(b, r.Method...)
	b = append(b, '\n')
	b = append(b, path...)
	b = append(b, '\n')
	b = append(b, query...)
	b = append(b, '\n')
	for _, name := range signedHeaders {
		b = append(b, name...)
		b = append(b, ':')
		for i, value := range headerValues(r, name) {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendTrimmed(b, value)
		}
		b = append(b, '\n')
	}
	b = append(b, '\n')
	for i, name := range signedHeaders {
		if i > 0 {
			b = append(b, ';')
		}
		b = append(b, name...)
	}
	b = append(b, '\n')
	return append(b, payloadHash...)
}

// headerValues returns the values of a header by its lower-case name, nil when
// it is absent. net/http takes Host, and mostly Content-Length, out of the headers
// of a request; this function finds them again.
func headerValues(r *http.Request, name string) []string {
	switch name {
	case "host":
		if r.Host == "" {
			return nil
		}
		return []string{r.Host}
	case "content-length":
		if values := r.Header["Content-Length"]; values != nil || r.ContentLength < 0 {
			return values
		}
		return []string{strconv.FormatInt(r.ContentLength, 10)}
	}
	if key, usual := headerKeys[name]; usual {
		return r.Header[key]
	}
	return r.Header.Values(name)
}

// hasHeader reports whether a request has a header, by its lower-case name.
func hasHeader(r *http.Request, name string) bool {
	if name == "host" {
		return r.Host != ""
	}
	return headerValues(r, name) != nil
}

// headerKeys maps the headers that clients sign to the keys of net/http. The key
// of any other header is computed on each use, which allocates.
var headerKeys = map[string]string{ //nolint:gosec // names, not credentials
	"amz-sdk-invocation-id": "Amz-Sdk-Invocation-Id",
	"amz-sdk-request":       "Amz-Sdk-Request",
	"content-type":          "Content-Type",
	"x-amz-content-sha256":  "X-Amz-Content-Sha256",
	"x-amz-date":            "X-Amz-Date",
	"x-amz-security-token":  "X-Amz-Security-Token",
	"x-amz-target":          "X-Amz-Target",
	"x-amz-user-agent":      "X-Amz-User-Agent",
	"x-amzn-query-mode":     "X-Amzn-Query-Mode",
}

// appendTrimmed appends a header value without leading and trailing spaces, each
// run of spaces inside it reduced to one.
func appendTrimmed(b []byte, value string) []byte {
	value = strings.Trim(value, " \t")
	for {
		i := strings.Index(value, "  ")
		if i < 0 {
			return append(b, value...)
		}
		b = append(b, value[:i+1]...)
		value = strings.TrimLeft(value[i:], " ")
	}
}

// canonicalPath normalizes a path as sent and percent-encodes it a second time:
// only S3 signs paths that are encoded once.
func canonicalPath(escaped string) string {
	if escaped == "" || escaped == "/" {
		return "/"
	}
	clean := path.Clean("/" + escaped)
	if strings.HasSuffix(escaped, "/") && clean != "/" {
		clean += "/"
	}
	return string(appendEncoded(nil, clean, "/"))
}

// canonicalQuery decodes the parameters of a query string, encodes them in the
// canonical way and sorts them.
func canonicalQuery(raw string) (string, error) {
	if raw == "" {
		return "", nil
	}
	type parameter struct{ name, value string }
	var parameters []parameter
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, nameErr := url.QueryUnescape(name)
		value, valueErr := url.QueryUnescape(value)
		if nameErr != nil || valueErr != nil {
			return "", refuse(incomplete, "query string: has a percent sign that starts no percent-encoded byte; must be encoded as RFC 3986 says")
		}
		parameters = append(parameters, parameter{
			string(appendEncoded(nil, name, "")),
			string(appendEncoded(nil, value, "")),
		})
	}
	slices.SortFunc(parameters, func(a, b parameter) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.value, b.value))
	})
	var b strings.Builder
	for i, p := range parameters {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.name)
		b.WriteByte('=')
		b.WriteString(p.value)
	}
	return b.String(), nil
}

const upperHex = "0123456789ABCDEF"

// appendEncoded percent-encodes every byte of s except the unreserved ones of
// RFC 3986 and those in keep. The functions of net/url keep more than that.
func appendEncoded(b []byte, s, keep string) []byte { //nolint:unparam // appends, like the functions around it
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			c == '-', c == '_', c == '.', c == '~', strings.IndexByte(keep, c) >= 0:
			b = append(b, c)
		default:
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return b
}
