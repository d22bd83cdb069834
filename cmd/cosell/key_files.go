package main

import (
	"io/fs"
	"log/slog"
	"os"
	"runtime"
)

// othersRead are the permissions by which everybody on the machine reads a file. Its group
// may: secrets that are mounted into a container belong to a group of their own.
const othersRead fs.FileMode = 0o004

// warnExposed logs which files with secrets everybody on the machine can read. They are not
// refused or changed, as the data directory is: they may be mounted, and another's.
func (c *serve) warnExposed(log *slog.Logger) {
	if runtime.GOOS == "windows" {
		return // where the permissions say nothing
	}
	for _, given := range []struct{ flag, file string }{
		{"--secrets-key-file", c.SecretsKeyFile}, {"--operator-token-file", c.OperatorTokenFile}, {"--tls-key", c.TLSKey},
	} {
		if given.file == "" {
			continue
		}
		info, err := os.Stat(given.file)
		if err == nil && info.Mode().Perm()&othersRead != 0 {
			log.Warn(given.flag+": everybody on this machine can read the file; run chmod 600 "+given.file,
				slog.String("file", given.file), slog.String("mode", info.Mode().Perm().String()))
		}
	}
}
