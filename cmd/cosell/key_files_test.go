package main

import (
	"bytes"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestKeyFilesThatEverybodyReadsAreNamed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("permissions are others there")
	}
	for mode, warned := range map[fs.FileMode]bool{0o600: false, 0o400: false, 0o440: false, 0o640: false, 0o644: true, 0o604: true, 0o444: true} {
		for flag, give := range map[string]func(c *serve, file string){
			"--secrets-key-file":    func(c *serve, file string) { c.SecretsKeyFile = file },
			"--operator-token-file": func(c *serve, file string) { c.OperatorTokenFile = file },
			"--tls-key":             func(c *serve, file string) { c.TLSKey = file },
		} {
			file := filepath.Join(t.TempDir(), "key")
			if err := os.WriteFile(file, []byte("secret"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(file, mode); err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			c := new(serve)
			give(c, file)
			c.warnExposed(slog.New(slog.NewTextHandler(&log, nil)))
			got := log.String()
			if warned != strings.Contains(got, flag+": everybody on this machine can read the file; run chmod 600 "+file) || !warned && got != "" || strings.Contains(got, "secret\"") {
				t.Errorf("%s with %v: %s", flag, mode, got)
			}
		}
	}
}
