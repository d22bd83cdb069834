// Command gen writes what the console knows of the two APIs: types and form
// descriptions from the contract, types from the description of the operator API.
package main

import (
	"encoding/json"
	"flag"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"cosell/internal/api"
	"cosell/internal/bulk"
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
	description, err := describe(operator.New(operator.Config{Log: slog.New(slog.DiscardHandler)}))
	if err != nil {
		log.Fatal(err)
	}
	shapes := shapesOf(contract)
	if err := description.forms(shapes); err != nil {
		log.Fatal(err)
	}
	forms, err := json.MarshalIndent(shapes, "", " ")
	if err != nil {
		log.Fatal(err)
	}
	columns, err := json.MarshalIndent(map[string][]string{
		"opportunities-create": bulk.Template("opportunities", false),
		"opportunities-update": bulk.Template("opportunities", true),
		"accounts-create":      bulk.Template("accounts", false),
	}, "", " ")
	if err != nil {
		log.Fatal(err)
	}
	operations, err := json.MarshalIndent(slices.Sorted(api.Names(api.Operations)), "", " ")
	if err != nil {
		log.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"operations.gen.json": append(operations, '\n'),
		"contract.gen.d.ts":   typesOf(contract),
		"columns.gen.json":    columns,
		"shapes.gen.json":     append(forms, '\n'),
		"operator.gen.d.ts":   description.types(),
	} {
		//nolint:gosec // source code is for everyone to read
		if err := os.WriteFile(filepath.Join(*out, name), content, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
