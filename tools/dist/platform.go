package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// platform is a system that binaries are made for, with its names in the package systems.
type platform struct {
	os, arch string
	wheel    string // platform tag of Python, several joined with dots
	nodeOS   string
	nodeCPU  string
}

// platforms has every platform. Go 1.26 needs macOS 12 and Windows 10.
var platforms = []platform{
	{"linux", "amd64", "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64", "linux", "x64"},
	{"linux", "arm64", "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64", "linux", "arm64"},
	{"darwin", "amd64", "macosx_12_0_x86_64", "darwin", "x64"},
	{"darwin", "arm64", "macosx_12_0_arm64", "darwin", "arm64"},
	{"windows", "amd64", "win_amd64", "win32", "x64"},
	{"windows", "arm64", "win_arm64", "win32", "arm64"},
}

func selectPlatforms(names string) ([]platform, error) {
	if names == "" {
		return platforms, nil
	}
	var chosen []platform
	for name := range strings.SplitSeq(names, ",") {
		found := false
		for _, p := range platforms {
			if p.String() == name {
				chosen, found = append(chosen, p), true
			}
		}
		if !found {
			return nil, fmt.Errorf("-platforms: %q is unknown; the platforms are %v", name, platforms)
		}
	}
	return chosen, nil
}

func (p platform) String() string { return p.os + "/" + p.arch }

// program is the file name of the binary.
func (p platform) program() string {
	if p.os == "windows" {
		return "cosell.exe"
	}
	return "cosell"
}

// node is the name of the npm package that holds the binary.
func (p platform) node() string { return "cosell-" + p.nodeOS + "-" + p.nodeCPU }

// binary is where the binary of a platform is built.
func (d *dist) binary(p platform) string {
	return filepath.Join(d.work, p.os+"-"+p.arch, p.program())
}

// build builds the binary of a platform, static and without symbols.
func (d *dist) build(ctx context.Context, p platform) error {
	fmt.Println("building", p)
	flags := fmt.Sprintf("-s -w -X main.linkedVersion=%s -X main.linkedCommit=%s", d.version, d.commit)
	// Without -buildvcs=false the binary would differ with the state of the checkout.
	return d.command(ctx, []string{"CGO_ENABLED=0", "GOOS=" + p.os, "GOARCH=" + p.arch, "GOAMD64=v1", "GOARM64=v8.0", "GOFLAGS="},
		"go", "build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", d.binary(p), "./cmd/cosell")
}

// read returns the binary of a platform.
func (d *dist) read(p platform) ([]byte, error) { return os.ReadFile(d.binary(p)) }
