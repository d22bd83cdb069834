// Command gen writes the Go side of the contract: types, checks and the table of operations.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"cosell/model"
	"cosell/model/smithy"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gen: ")
	out := flag.String("out", ".", "directory to write to")
	pkg := flag.String("package", apiPackage, "package to write")
	flag.Parse()

	files, err := generatePackage(*pkg)
	if err != nil {
		log.Fatal(err)
	}
	for name, content := range files {
		//nolint:gosec // source code is for everyone to read
		if err := os.WriteFile(filepath.Join(*out, name), content, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// contracts are the packages that are generated, with the contract of each.
var contracts = map[string]struct {
	source string
	load   func() (*smithy.Model, error)
}{
	apiPackage:  {model.SellingFile, model.Load},
	"eventsapi": {model.EventsFile, model.LoadEvents},
}

func generatePackage(pkg string) (map[string][]byte, error) {
	c, known := contracts[pkg]
	if !known {
		return nil, fmt.Errorf("package: %s has no contract", pkg)
	}
	m, err := c.load()
	if err != nil {
		return nil, err
	}
	return generate(m, pkg, c.source)
}
