// Command gen writes what the console knows of the two APIs: types and form
// descriptions from the contract, types from the description of the operator API.
package main

import (
	"flag"
	"log"
	"log/slog"
	"os"
	"path/filepath"

	"cosell/internal/operator"
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
	shapes, err := shapesOf(contract)
	if err != nil {
		log.Fatal(err)
	}
	description, err := describe(operator.New(operator.Config{Log: slog.New(slog.DiscardHandler)}))
	if err != nil {
		log.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"contract.gen.d.ts": typesOf(contract),
		"shapes.gen.json":   shapes,
		"operator.gen.d.ts": description.types(),
	} {
		//nolint:gosec // source code is for everyone to read
		if err := os.WriteFile(filepath.Join(*out, name), content, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
