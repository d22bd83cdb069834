package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// tool returns the path of a pinned tool.
func tool(ctx context.Context, name string) (string, error) {
	cmd := exec.CommandContext(ctx, "tools/get", name) //nolint:gosec // our own script
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}

// linuxPackages writes a deb and an rpm for each Linux platform: the binary and the systemd unit.
func (d *dist) linuxPackages(ctx context.Context) error {
	for _, p := range d.targets {
		if p.os != "linux" {
			continue
		}
		nfpm, err := tool(ctx, "nfpm")
		if err != nil {
			return err
		}
		if err := d.unit(); err != nil {
			return err
		}
		config, err := json.Marshal(d.nfpm(p)) // JSON is YAML
		if err != nil {
			return err
		}
		name := filepath.Join(d.work, "nfpm-"+p.arch+".yaml")
		if err := os.WriteFile(name, config, 0o600); err != nil {
			return err
		}
		for _, kind := range []string{"deb", "rpm"} {
			target := filepath.Join(d.out, fmt.Sprintf("cosell-%s-%s.%s", d.version, p.arch, kind))
			if err := d.command(ctx, nil, nfpm, "package", "--config", name, "--packager", kind, "--target", target); err != nil {
				return err
			}
			fmt.Println(target)
		}
	}
	return nil
}

// unit writes the systemd unit for the place where packages put the binary.
func (d *dist) unit() error {
	text, err := os.ReadFile("deploy/cosell.service")
	if err != nil {
		return err
	}
	const local, packaged = "/usr/local/bin/cosell", "/usr/bin/cosell"
	if !strings.Contains(string(text), local) {
		return errors.New("deploy/cosell.service: does not run " + local)
	}
	return os.WriteFile(d.unitFile(), []byte(strings.ReplaceAll(string(text), local, packaged)), 0o600)
}

func (d *dist) unitFile() string { return filepath.Join(d.work, "cosell.service") }

// nfpm is the description of the Linux packages.
func (d *dist) nfpm(p platform) map[string]any {
	type info = map[string]any
	return info{
		"name": "cosell", "arch": p.arch, "platform": "linux",
		"version": strings.Replace(d.version, "-dev", "~dev", 1), "version_schema": "none",
		"maintainer":  "The Cosell project <cosell@localhost>",
		"description": "A server that behaves like the AWS Partner Central Selling API.",
		"license":     "Apache-2.0", "section": "net", "mtime": d.time.Format(time.RFC3339),
		"rpm": info{"buildhost": "localhost"},
		"contents": []info{
			{"src": d.binary(p), "dst": "/usr/bin/cosell", "file_info": info{"mode": int(executable)}},
			{"src": d.unitFile(), "dst": "/usr/lib/systemd/system/cosell.service", "file_info": info{"mode": int(plain)}},
			{"src": "LICENSE", "dst": "/usr/share/doc/cosell/copyright", "file_info": info{"mode": int(plain)}},
		},
	}
}

// images writes a container image for each Linux platform, as an archive that docker load, podman load
// and skopeo read.
func (d *dist) images(ctx context.Context) error {
	out, err := filepath.Abs(d.out)
	if err != nil {
		return err
	}
	for _, p := range d.targets {
		if p.os != "linux" {
			continue
		}
		binary, err := filepath.Abs(d.binary(p))
		if err != nil {
			return err
		}
		target := filepath.Join(out, fmt.Sprintf("cosell-%s-image-%s.tar", d.version, p.arch))
		// A module of its own, so that its dependencies do not become the server's.
		if err := d.command(ctx, nil, "go", "run", "-C", "tools/image", ".", "-binary", binary, "-arch", p.arch,
			"-version", d.version, "-revision", d.commit, "-out", target); err != nil {
			return err
		}
		fmt.Println(target)
	}
	return nil
}

// sbom writes, for each platform, the list of the modules in the binary, in CycloneDX's format.
func (d *dist) sbom(ctx context.Context) error {
	cyclonedx, err := tool(ctx, "cyclonedx-gomod")
	if err != nil {
		return err
	}
	for _, p := range d.targets {
		raw := filepath.Join(d.work, "sbom.json")
		if err := d.command(ctx, nil, cyclonedx, "bin", "-json", "-noserial", "-version", d.version,
			"-output", raw, d.binary(p)); err != nil {
			return err
		}
		text, err := os.ReadFile(raw)
		if err != nil {
			return err
		}
		var bom map[string]any
		if err := json.Unmarshal(text, &bom); err != nil {
			return err
		}
		described, ok := bom["metadata"].(map[string]any)
		if !ok {
			return fmt.Errorf("%s: has no metadata", raw)
		}
		described["timestamp"] = d.time.Format(time.RFC3339)
		delete(described, "tools") // has checksums of the tool, which differ with the machine that built it
		content, err := json.MarshalIndent(bom, "", "  ")
		if err != nil {
			return err
		}
		if err := d.write(fmt.Sprintf("cosell-%s-%s-%s.cdx.json", d.version, p.os, p.arch), append(content, '\n')); err != nil {
			return err
		}
	}
	return nil
}

// formula writes the Homebrew formula of the platforms that it serves. Without a base URL it
// installs the archives beside it.
func (d *dist) formula(context.Context) error {
	base := d.baseURL
	if base == "" {
		base = "file://#{__dir__}"
	}
	var b strings.Builder
	fmt.Fprintf(&b, `class Cosell < Formula
  desc "Server that behaves like the AWS Partner Central Selling API"
  version "%s"
  license "Apache-2.0"
`, d.version)
	found := false
	for _, system := range []struct{ goos, brew string }{{"darwin", "macos"}, {"linux", "linux"}} {
		inner := ""
		for _, p := range d.targets {
			cpu := map[string]string{"amd64": "intel", "arm64": "arm"}[p.arch]
			if p.os != system.goos {
				continue
			}
			sum, err := checksum(filepath.Join(d.out, d.archiveName(p)))
			if err != nil {
				return err
			}
			inner += fmt.Sprintf("    on_%s do\n      url \"%s/%s\"\n      sha256 \"%s\"\n    end\n", cpu, base, d.archiveName(p), sum)
		}
		if inner != "" {
			found = true
			fmt.Fprintf(&b, "\n  on_%s do\n%s  end\n", system.brew, inner)
		}
	}
	if !found {
		return nil
	}
	b.WriteString(`
  def install
    bin.install "cosell"
    generate_completions_from_executable(bin/"cosell", "completion", shells: [:bash, :zsh, :fish])
  end

  service do
    run [opt_bin/"cosell", "serve"]
    keep_alive true
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/cosell version")
  end
end
`)
	return d.write("cosell.rb", []byte(b.String()))
}
