package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
)

// manifest is a package.json.
type manifest map[string]any

func (m manifest) file() (file, error) {
	content, err := json.MarshalIndent(m, "", "  ")
	return file{"package/package.json", plain, append(content, '\n')}, err
}

// npm writes the npm package cosell and, for each platform, the package with its binary.
// Which of them npm installs follows from the fields os and cpu.
func (d *dist) npm(ctx context.Context) error {
	const source = "clients/node"
	if _, err := os.Stat(filepath.Join(source, "node_modules", "typescript")); err != nil {
		if err := d.command(ctx, nil, "npm", "--prefix", source, "ci", "--silent", "--no-audit", "--no-fund"); err != nil {
			return err
		}
	}
	if err := d.command(ctx, nil, "npm", "--prefix", source, "run", "--silent", "build"); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(source, "package.json"))
	if err != nil {
		return err
	}
	var main manifest
	if err := json.Unmarshal(text, &main); err != nil {
		return err
	}
	for _, development := range []string{"devDependencies", "scripts", "private"} {
		delete(main, development)
	}
	optional := map[string]string{}
	for _, p := range platforms {
		optional[p.node()] = d.version
	}
	main["version"], main["optionalDependencies"] = d.version, optional
	files, err := tree(source, "package", func(name string) bool {
		return name == "README.md" || strings.HasPrefix(name, "dist/") || strings.HasPrefix(name, "bin/")
	})
	if err != nil {
		return err
	}
	for i := range files {
		if strings.HasPrefix(files[i].name, "package/bin/") {
			files[i].mode = executable
		}
	}
	if err := d.pack("cosell", main, files); err != nil {
		return err
	}
	for _, p := range d.targets {
		binary, err := d.read(p)
		if err != nil {
			return err
		}
		if err := d.pack(p.node(), manifest{
			"name": p.node(), "version": d.version, "license": "Apache-2.0",
			"description": "The binary of cosell for " + p.nodeOS + " on " + p.nodeCPU,
			"os":          []string{p.nodeOS}, "cpu": []string{p.nodeCPU},
			"preferUnplugged": true,
		}, []file{{"package/bin/" + p.program(), executable, binary}}); err != nil {
			return err
		}
	}
	return nil
}

// pack writes one npm package.
func (d *dist) pack(name string, m manifest, files []file) error {
	described, err := m.file()
	if err != nil {
		return err
	}
	license, err := read1("LICENSE", "package/LICENSE")
	if err != nil {
		return err
	}
	content, err := tarred(append([]file{described, license}, files...), d.time)
	if err != nil {
		return err
	}
	return d.write(filepath.Join("npm", name+"-"+d.version+".tgz"), content)
}
