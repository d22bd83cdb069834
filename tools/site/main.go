//go:build !noconsole

// Command site writes the pages of the documentation as a website into a folder. The
// same pages give the same files.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"cosell"
	"cosell/internal/manual"
)

func main() {
	out := flag.String("out", "site", "folder that is filled; it must not exist or be empty")
	flag.Parse()
	if err := write(*out); err != nil {
		fmt.Fprintln(os.Stderr, "site:", err)
		os.Exit(1)
	}
}

func write(out string) error {
	if there, err := os.ReadDir(out); err == nil && len(there) > 0 {
		return errors.New(out + " is not empty; name another folder, or remove it")
	}
	site, err := manual.New(cosell.Pages, "")
	if err != nil {
		return err
	}
	paths := site.Paths()
	for _, name := range paths {
		content, err := site.File(name)
		if err != nil {
			return err
		}
		file := filepath.Join(out, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
	}
	fmt.Printf("%s: %d files, begin at %s\n", out, len(paths), filepath.Join(out, "index.html"))
	return nil
}
