package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
)

// wheels writes a Python wheel for each platform: the package cosell with the pytest plugin,
// and the binary as a script, so that installing it gives the command cosell.
func (d *dist) wheels(context.Context) error {
	// The version in the form that Python's packages want.
	version := strings.Replace(d.version, "-dev", ".dev0", 1)
	info := "cosell-" + version + ".dist-info/"
	sources, err := tree("clients/python/src", "", func(name string) bool {
		return strings.HasSuffix(name, ".py") || strings.HasSuffix(name, "/py.typed")
	})
	if err != nil {
		return err
	}
	readme, err := read1("clients/python/README.md", "")
	if err != nil {
		return err
	}
	license, err := read1("LICENSE", info+"licenses/LICENSE")
	if err != nil {
		return err
	}
	for _, p := range d.targets {
		binary, err := d.read(p)
		if err != nil {
			return err
		}
		tags := "Wheel-Version: 1.0\nGenerator: cosell-dist\nRoot-Is-Purelib: false\n"
		for tag := range strings.SplitSeq(p.wheel, ".") {
			tags += "Tag: py3-none-" + tag + "\n"
		}
		files := append([]file{}, sources...)
		files = append(files,
			file{"cosell-" + version + ".data/scripts/" + p.program(), executable, binary},
			file{info + "METADATA", plain, []byte(metadata(version, string(readme.content)))},
			file{info + "WHEEL", plain, []byte(tags)},
			file{info + "entry_points.txt", plain, []byte("[pytest11]\ncosell = cosell.pytest_plugin\n")},
			license)
		files = append(files, file{info + "RECORD", plain, []byte(record(files, info))})
		content, err := zipped(files, d.time)
		if err != nil {
			return err
		}
		if err := d.write(fmt.Sprintf("cosell-%s-py3-none-%s.whl", version, p.wheel), content); err != nil {
			return err
		}
	}
	return nil
}

func metadata(version, readme string) string {
	return `Metadata-Version: 2.4
Name: cosell
Version: ` + version + `
Summary: A server that behaves like the AWS Partner Central Selling API, with a pytest plugin
License-Expression: Apache-2.0
License-File: LICENSE
Requires-Python: >=3.9
Classifier: Framework :: Pytest
Classifier: Intended Audience :: Developers
Classifier: Programming Language :: Python :: 3
Classifier: Topic :: Software Development :: Testing :: Mocking
Classifier: Typing :: Typed
Description-Content-Type: text/markdown

` + readme
}

// record lists the files of a wheel with their checksums, itself without one.
func record(files []file, info string) string {
	var b strings.Builder
	for _, f := range files {
		sum := sha256.Sum256(f.content)
		fmt.Fprintf(&b, "%s,sha256=%s,%d\n", f.name, base64.RawURLEncoding.EncodeToString(sum[:]), len(f.content))
	}
	return b.String() + info + "RECORD,,\n"
}
