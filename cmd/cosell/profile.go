//go:build profile

package main

import (
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"syscall"
)

// A build with the tag "profile" records its processor time from one SIGUSR1 to the
// next, into cpu.pprof in the home directory (bench -profile reads it).
func init() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	go func() {
		for range signals {
			if err := writeProfile(filepath.Join(os.Getenv("HOME"), "cpu.pprof"), signals); err != nil {
				_, _ = os.Stderr.WriteString("profile: " + err.Error() + "\n")
			}
		}
	}()
}

func writeProfile(file string, until <-chan os.Signal) error {
	unfinished := file + ".partial"
	f, err := os.Create(unfinished)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	<-until
	pprof.StopCPUProfile()
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(unfinished, file)
}
