package outbound

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func get(t *testing.T, c *Client, url string) (*Answer, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.Do(r)
}

func TestAllows(t *testing.T) {
	intranet := Policy{Networks: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}
	for _, c := range []struct {
		policy  Policy
		address string
		want    bool
	}{
		{Policy{}, "93.184.216.34", true},
		{Policy{}, "2606:2800:220:1::1", true},
		{Policy{}, "127.0.0.1", false},
		{Policy{}, "::1", false},
		{Policy{}, "::ffff:127.0.0.1", false},
		{Policy{Loopback: true}, "127.0.0.1", true},
		{Policy{Loopback: true}, "::ffff:127.0.0.1", true},
		{Policy{Loopback: true}, "10.0.0.1", false},
		{Policy{}, "10.0.0.1", false},
		{Policy{}, "172.16.0.1", false},
		{Policy{}, "192.168.1.1", false},
		{Policy{}, "169.254.169.254", false},
		{Policy{}, "::ffff:169.254.169.254", false},
		{Policy{}, "fd00:ec2::254", false},
		{Policy{}, "fe80::1%eth0", false},
		{Policy{}, "0.0.0.0", false},
		{Policy{}, "::", false},
		{Policy{}, "100.100.100.200", false},
		{Policy{}, "224.0.0.1", false},
		{Policy{}, "255.255.255.255", false},
		{Policy{}, "64:ff9b::7f00:1", false},
		{Policy{}, "64:ff9b:1::7f00:1", false},
		{intranet, "10.1.2.3", true},
		{intranet, "10.2.2.3", false},
	} {
		if got := c.policy.allows(netip.MustParseAddr(c.address)); got != c.want {
			t.Errorf("%+v allows %s: %v", c.policy, c.address, got)
		}
	}
}

// TestAttackMetadataByAnotherAddress sees that what machines are told by their cloud, and
// what is on the own network, is not reached under addresses that look public.
func TestAttackMetadataByAnotherAddress(t *testing.T) {
	for _, address := range []string{
		"168.63.129.16",                   // Azure
		"192.0.0.192",                     // Oracle
		"100.100.100.200",                 // Alibaba
		"::169.254.169.254", "::10.0.0.1", // IPv4-compatible
		"::ffff:0:169.254.169.254",          // IPv4-translated
		"64:ff9b::169.254.169.254",          // NAT64
		"2002:a9fe:a9fe::1",                 // 6to4
		"2001:0:4136:e378:8000:63bf:3fff:1", // Teredo
		"fec0::1", "fd00:ec2::254", "100::1", "5f00::1", "4000::1", "3fff::1",
	} {
		a := netip.MustParseAddr(address)
		if (Policy{Loopback: true, PlainHTTP: true}).allows(a) {
			t.Errorf("%s is allowed", address)
		}
		if !(Policy{Networks: []netip.Prefix{netip.PrefixFrom(a, a.BitLen())}}).allows(a) {
			t.Errorf("%s is not allowed where the operator names it", address)
		}
	}
}

func TestCheckURL(t *testing.T) {
	for _, c := range []struct {
		policy Policy
		url    string
		ok     bool
	}{
		{Policy{}, "https://example.com/hook?a=b", true},
		{Policy{}, "http://example.com/", false},
		{Policy{PlainHTTP: true}, "http://example.com/", true},
		{Policy{}, "http://127.0.0.1/", false},
		{Policy{Loopback: true}, "http://127.0.0.1:99/", true},
		{Policy{Loopback: true}, "http://localhost:99/", true},
		{Policy{Loopback: true}, "http://example.com/", false},
		{Policy{}, "https://169.254.169.254/latest", false},
		{Policy{}, "https://[::ffff:10.0.0.1]/", false},
		{Policy{}, "https://user:word@example.com/", false},
		{Policy{}, "https://example.com/#x", false},
		{Policy{}, "https:example.com", false},
		{Policy{}, "ftp://example.com/", false},
		{Policy{}, "/hook", false},
		{Policy{}, "https://:443/", false},
		{Policy{}, "", false},
	} {
		if err := New(c.policy).CheckURL(c.url); (err == nil) != c.ok {
			t.Errorf("%+v %s: %v", c.policy, c.url, err)
		}
	}
}

// A name that resolves to a forbidden address is not connected to.
func TestResolvedAddressIsChecked(t *testing.T) {
	asked := 0
	c := New(Policy{PlainHTTP: true})
	c.resolve = func(context.Context, string, string) ([]netip.Addr, error) {
		asked++
		return []netip.Addr{netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("127.0.0.1")}, nil
	}
	if _, err := get(t, c, "http://rebind.example/"); !errors.Is(err, ErrForbidden) || asked != 1 {
		t.Errorf("%v after %d questions", err, asked)
	}
}

// The address that was checked is the one that is connected to.
func TestNameIsResolvedOnce(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }))
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	asked := 0
	c := New(Policy{Loopback: true, PlainHTTP: true})
	c.resolve = func(context.Context, string, string) ([]netip.Addr, error) {
		asked++
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	answer, err := get(t, c, "http://name.example:"+port+"/")
	if err != nil || string(answer.Body) != "name.example:"+port || asked != 1 {
		t.Errorf("%+v, %v after %d questions", answer, err, asked)
	}
}

func TestAnswers(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/redirect":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/endless":
			for range 1 << 20 {
				if _, err := w.Write(make([]byte, 1<<10)); err != nil {
					return
				}
			}
		case "/busy":
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/headers":
			w.Header().Set("X-Long", strings.Repeat("x", 32<<10))
		}
	}))
	defer server.Close()
	c := New(Policy{Loopback: true})
	if answer, err := get(t, c, server.URL+"/redirect"); err != nil || answer.Status != http.StatusFound {
		t.Errorf("a redirect: %+v, %v", answer, err)
	}
	if answer, err := get(t, c, server.URL+"/endless"); err != nil || len(answer.Body) != MaxAnswer {
		t.Errorf("an endless answer: %v", err)
	}
	if answer, err := get(t, c, server.URL+"/busy"); err != nil || answer.RetryAfter != 2*time.Minute {
		t.Errorf("Retry-After: %+v, %v", answer, err)
	}
	if _, err := get(t, c, server.URL+"/headers"); err == nil {
		t.Error("32 KiB of headers were read")
	}
}

func TestBrokenTLSIsRefused(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = nil
	server.StartTLS() // with a certificate that nobody trusts
	defer server.Close()
	if answer, err := get(t, New(Policy{Loopback: true}), server.URL); err == nil {
		t.Errorf("answered %+v", answer)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, " 7 ": 7 * time.Second, "-7": 0, "soon": 0, "99999999999": 0, "999999": 24 * time.Hour,
		"Sat, 28 Nov 2026 10:01:00 GMT": time.Minute, "Sat, 28 Nov 2026 09:00:00 GMT": 0,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}
