package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"

	"cosell/internal/api"
)

// Set by the linker in builds without version control information, such as that of
// the container image: go build -ldflags "-X main.linkedVersion=1.2.3".
var (
	linkedVersion string
	linkedCommit  string
)

// nextRelease is the release that this code becomes. Builds between releases are
// called by it, with -dev.
const nextRelease = "0.2.0"

// build describes the running binary.
type build struct {
	version string // such as 0.2.0, or 0.2.0-dev between releases
	commit  string // such as 1a2b3c4d5e6f, with + if the tree was modified; "" if unknown
}

// currentBuild reads the build information that the go command stamps into a binary.
var currentBuild = sync.OnceValue(func() *build {
	b := build{version: nextRelease + "-dev", commit: linkedCommit}
	info, ok := debug.ReadBuildInfo()
	if ok {
		b.readVCS(info.Settings)
	}
	if linkedVersion != "" {
		b.version = linkedVersion
	}
	return &b
})

func (b *build) readVCS(settings []debug.BuildSetting) {
	const digits = 12
	modified := ""
	for _, s := range settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= digits:
			b.commit = s.Value[:digits]
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = "+"
		}
	}
	b.commit += modified
}

// String returns the version with all that tells builds apart.
func (b *build) String() string {
	commit := ""
	if b.commit != "" {
		commit = "commit " + b.commit + ", "
	}
	return fmt.Sprintf("cosell %s (%s%s %s/%s)", b.version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

type showVersion struct{}

// Run prints the version.
func (showVersion) Run(out output) error {
	_, err := fmt.Fprintf(out, "%s\nAWS's model of %s, %d operations\n", currentBuild(), api.ModelDate, len(api.Operations))
	return err
}
