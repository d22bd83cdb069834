package main

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cosell/internal/certificate/certtest"
)

// The API is served by HTTPS to everybody; where authorities of clients are given, what
// is for operators only to those with a certificate.
func TestHTTPS(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
	certtest.Write(t, cert, key, 1)
	text, err := os.ReadFile(cert)
	if err != nil {
		t.Fatal(err)
	}
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(text)
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	client := func(certificates ...tls.Certificate) *http.Client {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authorities, Certificates: certificates}, ForceAttemptHTTP2: true}
		t.Cleanup(transport.CloseIdleConnections)
		return &http.Client{Transport: transport}
	}
	anybody, certified := client(), client(pair)

	for name, c := range map[string]struct {
		authority string
		client    *http.Client
		want      int // of what is for operators
	}{
		"WithoutAuthorities":     {"", anybody, http.StatusOK},
		"ClientWithACertificate": {cert, certified, http.StatusOK},
		"ClientWithoutOne":       {cert, anybody, http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := (&serve{
				Listen: "127.0.0.1:0", Data: t.TempDir(), Auth: "dev", TLSCert: cert, TLSKey: key, TLSClientCA: c.authority,
			}).open(t.Context(), quiet)
			if err != nil {
				t.Fatal(err)
			}
			end := running(t, s)
			if !strings.HasPrefix(s.URL(), "https://") {
				t.Errorf("the URL is %s", s.URL())
			}
			for path, want := range map[string]int{
				"/healthz": http.StatusOK, "/operator/v1/clock": c.want, "/metrics": c.want, "/console/": c.want,
			} {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+path, http.NoBody)
				if err != nil {
					t.Fatal(err)
				}
				answer, err := c.client.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				_ = answer.Body.Close()
				if answer.StatusCode != want || answer.ProtoMajor != 1 {
					t.Errorf("%s: %s %s, want %d", path, answer.Proto, answer.Status, want)
				}
				if sent := answer.Header.Get("Strict-Transport-Security"); path == "/console/" && want == http.StatusOK && sent == "" {
					t.Error("the console does not ask for HTTPS")
				}
			}
			c.client.CloseIdleConnections()
			if err := end(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestFlagsOfHTTPSBelongTogether(t *testing.T) {
	for want, c := range map[string]serve{
		"--tls-cert: must be given together with --tls-key":                     {TLSCert: "a"},
		"--tls-client-ca: must be given together with --tls-cert and --tls-key": {TLSClientCA: "a"},
		"--demo: must not be given together with --tls-cert":                    {Demo: true, TLSCert: "a", TLSKey: "b"},
	} {
		c.Listen, c.Data, c.Auth = "127.0.0.1:0", "data", "dev"
		if err := c.check(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
