package proxy_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"cosell/internal/access"
	"cosell/internal/auth"
	"cosell/internal/proxy"
)

var networks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8"), netip.MustParsePrefix("127.0.0.1/32")}

// seen returns the address that a handler behind proxies sees.
func seen(t *testing.T, remote string, header ...string) (address string, secure bool) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.RemoteAddr = remote
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	before := r.RemoteAddr
	proxy.Trust(networks, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		address, secure = r.RemoteAddr, access.IsSecure(r)
		if source := auth.SourceOf(r.Context()); r.RemoteAddr != before && source != auth.Source(r.RemoteAddr) {
			t.Errorf("the source of %s is %s", r.RemoteAddr, source)
		}
	})).ServeHTTP(httptest.NewRecorder(), r)
	if r.RemoteAddr != before {
		t.Error("the request itself was changed")
	}
	return address, secure
}

const (
	xff       = "X-Forwarded-For"
	forwarded = "Forwarded"
)

func TestAttackForgedSourceAddress(t *testing.T) {
	for name, c := range map[string]struct {
		remote string
		header []string
		want   string
	}{
		"no header":                           {"10.0.0.1:5", nil, "10.0.0.1:0"},
		"a client behind one proxy":           {"10.0.0.1:5", []string{xff, "192.0.2.7"}, "192.0.2.7:0"},
		"behind two proxies":                  {"10.0.0.1:5", []string{xff, "192.0.2.7, 10.9.9.9"}, "192.0.2.7:0"},
		"in two headers":                      {"10.0.0.1:5", []string{xff, "192.0.2.7", xff, "10.9.9.9"}, "192.0.2.7:0"},
		"with a port":                         {"10.0.0.1:5", []string{xff, "192.0.2.7:4711"}, "192.0.2.7:0"},
		"IPv6":                                {"[fd00::1]:5", []string{xff, "2001:db8::7"}, "[2001:db8::7]:0"},
		"IPv6 with a port":                    {"[fd00::1]:5", []string{xff, "[2001:db8::7]:4711"}, "[2001:db8::7]:0"},
		"IPv4 in IPv6":                        {"[::ffff:10.0.0.1]:5", []string{xff, "::ffff:192.0.2.7"}, "192.0.2.7:0"},
		"Forwarded":                           {"10.0.0.1:5", []string{forwarded, `For="[2001:db8::7]:4711";proto=https, for=10.2.2.2`}, "[2001:db8::7]:0"},
		"both, alike":                         {"10.0.0.1:5", []string{forwarded, `for=192.0.2.7`, xff, "192.0.2.7"}, "192.0.2.7:0"},
		"only proxies":                        {"10.0.0.1:5", []string{xff, "10.3.3.3, 10.2.2.2"}, "10.3.3.3:0"},
		"the proxy of this machine":           {"127.0.0.1:5", []string{xff, "192.0.2.7"}, "192.0.2.7:0"},
		"a client of this machine":            {"127.0.0.1:5", []string{xff, "127.0.0.1"}, "127.0.0.1:0"},
		"the client invents one":              {"10.0.0.1:5", []string{xff, "10.0.0.1, 203.0.113.1, 192.0.2.7"}, "192.0.2.7:0"},
		"the client invents this machine":     {"10.0.0.1:5", []string{xff, "127.0.0.1, 192.0.2.7"}, "192.0.2.7:0"},
		"the client is no proxy":              {"192.0.2.7:5", []string{xff, "203.0.113.1"}, "192.0.2.7:5"},
		"the client is no proxy, Forwarded":   {"192.0.2.7:5", []string{forwarded, "for=127.0.0.1"}, "192.0.2.7:5"},
		"this machine, through another":       {"10.0.0.1:5", []string{xff, "127.0.0.1"}, "10.0.0.1:5"},
		"the other header is the client's":    {"10.0.0.1:5", []string{xff, "203.0.113.1", forwarded, "for=192.0.2.7"}, "0.0.0.0:0"},
		"so as to be the proxy of here":       {"127.0.0.1:5", []string{xff, "203.0.113.1", forwarded, "for=192.0.2.7"}, "0.0.0.0:0"},
		"the other header names no address":   {"127.0.0.1:5", []string{xff, "203.0.113.1", forwarded, "for=_x"}, "0.0.0.0:0"},
		"the other header is empty":           {"127.0.0.1:5", []string{xff, "203.0.113.1", forwarded, ""}, "0.0.0.0:0"},
		"no address":                          {"10.0.0.1:5", []string{xff, "unknown"}, "10.0.0.1:0"},
		"no address before a proxy":           {"10.0.0.1:5", []string{xff, "192.0.2.7, x, 10.2.2.2"}, "10.2.2.2:0"},
		"an obfuscated node":                  {"10.0.0.1:5", []string{forwarded, "for=_hidden, for=10.2.2.2"}, "10.2.2.2:0"},
		"an empty element":                    {"10.0.0.1:5", []string{xff, "192.0.2.7,"}, "10.0.0.1:0"},
		"a comma in quotes":                   {"10.0.0.1:5", []string{forwarded, `for="192.0.2.7, for=203.0.113.1"`}, "203.0.113.1:0"},
		"a line break":                        {"10.0.0.1:5", []string{xff, "192.0.2.7\nlevel=ERROR"}, "10.0.0.1:0"},
		"a zone":                              {"[fd00::1]:5", []string{xff, "fe80::1%eth0"}, "[fe80::1]:0"},
		"more proxies than are looked at":     {"10.0.0.1:5", []string{xff, "192.0.2.7," + strings.Repeat("10.2.2.2,", 40) + "10.2.2.2"}, "10.2.2.2:0"},
		"an address that is none of a socket": {"@", []string{xff, "192.0.2.7"}, "@"},
	} {
		if got, _ := seen(t, c.remote, c.header...); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestHTTPSOfProxies(t *testing.T) {
	for name, c := range map[string]struct {
		remote string
		header []string
		want   bool
	}{
		"a proxy with HTTPS":  {"10.0.0.1:5", []string{"X-Forwarded-Proto", "https"}, true},
		"a proxy with HTTP":   {"10.0.0.1:5", []string{"X-Forwarded-Proto", "http"}, false},
		"two protocols":       {"10.0.0.1:5", []string{"X-Forwarded-Proto", "https", "X-Forwarded-Proto", "http"}, false},
		"a client that lies":  {"192.0.2.7:5", []string{"X-Forwarded-Proto", "https"}, false},
		"a proxy that is mum": {"10.0.0.1:5", nil, false},
	} {
		if _, got := seen(t, c.remote, c.header...); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func FuzzClient(f *testing.F) {
	f.Add("192.0.2.7, 10.2.2.2", `for="[2001:db8::7]:4711"`)
	f.Add("", "for=1;for=2,,")
	f.Fuzz(func(t *testing.T, plain, structured string) {
		got, _ := seen(t, "10.0.0.1:5", xff, plain, forwarded, structured, xff, "192.0.2.7")
		// The proxy said 192.0.2.7 last. Nothing before it counts.
		if address, err := netip.ParseAddrPort(got); err != nil || !slices.Contains([]string{"192.0.2.7", "0.0.0.0"}, address.Addr().String()) {
			t.Errorf("%q, %q: %s", plain, structured, got)
		}
	})
}
