// Command gen writes the Go side of the contract: types, checks and the table of operations.
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"

	"cosell/model"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gen: ")
	out := flag.String("out", ".", "directory to write to")
	flag.Parse()

	contract, err := model.Load()
	if err != nil {
		log.Fatal(err)
	}
	files, err := generate(contract)
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
