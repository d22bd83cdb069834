package certificate_test

import (
	"bytes"
	"crypto/tls"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cosell/internal/certificate"
	"cosell/internal/certificate/certtest"
)

// world is a certificate's files and the time.
type world struct {
	certificate.Config

	now time.Time
	log bytes.Buffer
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	w := &world{now: time.Now()}
	w.Config = certificate.Config{
		CertFile: filepath.Join(dir, "tls.crt"), KeyFile: filepath.Join(dir, "tls.key"),
		Now: func() time.Time { return w.now }, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	}
	return w
}

// write replaces the files by a self-signed certificate with a serial number.
func (w *world) write(t *testing.T, serial int64) {
	t.Helper()
	certtest.Write(t, w.CertFile, w.KeyFile, serial)
	for _, name := range []string{w.CertFile, w.KeyFile} {
		// The files' times may be too coarse to tell two writes apart.
		at := w.now.Add(time.Duration(serial) * time.Second)
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
}

// serial returns the serial number of the certificate that a server shows.
func serial(t *testing.T, c *tls.Config) int64 {
	t.Helper()
	pair, err := c.GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	return pair.Leaf.SerialNumber.Int64()
}

func TestACertificateIsReadAnew(t *testing.T) {
	w := newWorld(t)
	w.write(t, 1)
	c, err := certificate.TLS(w.Config)
	if err != nil {
		t.Fatal(err)
	}
	if c.MinVersion != tls.VersionTLS12 || c.ClientAuth != tls.NoClientCert {
		t.Errorf("from version %x on, client certificates %v", c.MinVersion, c.ClientAuth)
	}
	w.write(t, 2)
	if got := serial(t, c); got != 1 {
		t.Errorf("at once: certificate %d, want 1: the files are looked at once a second", got)
	}
	w.now = w.now.Add(time.Second)
	if got := serial(t, c); got != 2 {
		t.Errorf("a second later: certificate %d, want 2", got)
	}
	if !strings.Contains(w.log.String(), "read anew") {
		t.Errorf("log: %s", &w.log)
	}
}

// Between two writes of the files, or where one is broken, the old certificate stays.
func TestABrokenCertificateIsNotTaken(t *testing.T) {
	w := newWorld(t)
	w.write(t, 1)
	c, err := certificate.TLS(w.Config)
	if err != nil {
		t.Fatal(err)
	}
	for _, spoil := range []func() error{
		func() error { return os.WriteFile(w.CertFile, []byte("nothing"), 0o600) },
		func() error { return os.Remove(w.KeyFile) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(time.Second)
		if got := serial(t, c); got != 1 {
			t.Errorf("certificate %d, want 1", got)
		}
	}
	if !strings.Contains(w.log.String(), "level=ERROR") {
		t.Errorf("log: %s", &w.log)
	}
	w.write(t, 3)
	w.now = w.now.Add(time.Second)
	if got := serial(t, c); got != 3 {
		t.Errorf("once they are whole: certificate %d, want 3", got)
	}
}

func TestAuthoritiesOfClients(t *testing.T) {
	w := newWorld(t)
	w.write(t, 1)
	w.ClientCA = w.CertFile
	c, err := certificate.TLS(w.Config)
	if err != nil {
		t.Fatal(err)
	}
	if c.ClientAuth != tls.VerifyClientCertIfGiven || c.ClientCAs == nil {
		t.Error("clients are not asked for certificates")
	}
	w.ClientCA = w.KeyFile
	if _, err := certificate.TLS(w.Config); err == nil || !strings.Contains(err.Error(), "has no certificate in PEM") {
		t.Errorf("authorities without a certificate: %v", err)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	if _, err := certificate.TLS(w.Config); err == nil || !strings.Contains(err.Error(), "tls.crt") || !strings.Contains(err.Error(), "tls.key") {
		t.Errorf("files that do not exist: %v", err)
	}
}
