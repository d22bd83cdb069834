package postgres

import (
	"net/url"
	"path/filepath"
	"testing"

	"cosell/internal/certificate/certtest"
)

// TestURLsWithClientCertificates sees that a database URL may ask for a verified server and
// bring a client certificate, and that no connection falls back to plain text then.
func TestURLsWithClientCertificates(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "client.crt"), filepath.Join(dir, "client.key")
	certtest.Write(t, cert, key, 1)
	query := url.Values{"sslmode": {"verify-full"}, "sslcert": {cert}, "sslkey": {key}, "sslrootcert": {cert}}
	config, err := configure("postgres://cosell@db.example.com:5432/cosell?"+query.Encode(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	secure := config.ConnConfig.TLSConfig
	if secure == nil || len(secure.Certificates) != 1 || secure.RootCAs == nil || secure.ServerName != "db.example.com" || secure.InsecureSkipVerify {
		t.Errorf("%+v", secure)
	}
	for _, other := range config.ConnConfig.Fallbacks {
		if other.TLSConfig == nil {
			t.Errorf("falls back to %s without TLS", other.Host)
		}
	}
	query.Set("sslcert", filepath.Join(dir, "missing.crt"))
	if _, err := configure("postgres://cosell@db.example.com/cosell?"+query.Encode(), Options{}); err == nil {
		t.Error("a certificate that is not there is passed over")
	}
}
