// Package certificate serves TLS with a certificate that may be replaced while the
// server runs.
package certificate

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// checkTime is how often the files are looked at, at most.
const checkTime = time.Second

// Config names the files of a certificate. All fields but ClientCA are required.
type Config struct {
	CertFile, KeyFile string // PEM
	// ClientCA is a file with the authorities that may sign certificates of clients;
	// without it no client is asked for one.
	ClientCA string
	Now      func() time.Time
	Log      *slog.Logger
}

// files holds a certificate and when its files were last changed.
type files struct {
	Config

	mu          sync.Mutex
	certificate *tls.Certificate
	changed     [2]time.Time // of the certificate's file and the key's
	checked     time.Time
}

// TLS returns the configuration of a server: TLS 1.2 and later, with a certificate that
// is read anew once its files have changed. A pair that cannot be read is logged, and
// the one before it stays.
func TLS(c Config) (*tls.Config, error) {
	f := &files{Config: c}
	if err := f.load(); err != nil {
		return nil, err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: f.get}
	if c.ClientCA != "" {
		text, err := os.ReadFile(c.ClientCA)
		if err != nil {
			return nil, err
		}
		config.ClientCAs = x509.NewCertPool()
		if !config.ClientCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s has no certificate in PEM", c.ClientCA)
		}
		config.ClientAuth = tls.VerifyClientCertIfGiven
	}
	return config, nil
}

// load reads the files.
func (f *files) load() error {
	changed, err := f.times()
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(f.CertFile, f.KeyFile)
	if err != nil {
		return fmt.Errorf("%s and %s: %w", f.CertFile, f.KeyFile, err)
	}
	f.certificate, f.changed, f.checked = &pair, changed, f.Now()
	return nil
}

// times returns when the files were last changed.
func (f *files) times() (changed [2]time.Time, err error) {
	var errs [2]error
	for i, name := range []string{f.CertFile, f.KeyFile} {
		var info os.FileInfo
		if info, errs[i] = os.Stat(name); errs[i] == nil {
			changed[i] = info.ModTime()
		}
	}
	return changed, errors.Join(errs[:]...)
}

// get implements the GetCertificate of [tls.Config].
func (f *files) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := f.Now(); now.Sub(f.checked) >= checkTime {
		f.checked = now
		f.renew()
	}
	return f.certificate, nil
}

// renew reads the files if they have changed.
func (f *files) renew() {
	changed, err := f.times()
	if err == nil && changed == f.changed {
		return
	}
	if err == nil {
		err = f.load()
	}
	if err != nil {
		f.Log.Error("the certificate was not read anew", slog.String("cause", err.Error()))
		return
	}
	f.Log.Info("the certificate was read anew", slog.String("file", f.CertFile))
}
