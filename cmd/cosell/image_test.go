package main

import (
	"encoding/json"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// TestTheImageIsBuiltFromWhatTheServerIsMadeOf sees that docker build is sent every source and embedded file of the
// server.
func TestTheImageIsBuiltFromWhatTheServerIsMadeOf(t *testing.T) {
	patterns, err := ignorefile.ReadAll(strings.NewReader(readDeploy(t, "Dockerfile.dockerignore")))
	if err != nil {
		t.Fatal(err)
	}
	ignored, err := patternmatcher.New(patterns)
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(sources(t, root), "go.mod", "go.sum") {
		missing, err := ignored.MatchesOrParentMatches(file)
		if err != nil {
			t.Fatal(err)
		}
		if missing {
			t.Errorf("deploy/Dockerfile.dockerignore: keeps %s from the build", file)
		}
	}
}

// sources returns the files of this module that the server is built from.
func sources(t *testing.T, root string) (files []string) {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=Dir,Module,GoFiles,EmbedFiles", ".")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			Dir                 string
			Module              struct{ Main bool }
			GoFiles, EmbedFiles []string
		}
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if !p.Module.Main {
			continue
		}
		dir, err := filepath.Rel(root, p.Dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range slices.Concat(p.GoFiles, p.EmbedFiles) {
			files = append(files, filepath.ToSlash(filepath.Join(dir, file)))
		}
	}
	if len(files) < 100 {
		t.Fatalf("found only %d sources", len(files))
	}
	return files
}
