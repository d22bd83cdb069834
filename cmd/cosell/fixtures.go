package main

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"

	"cosell/internal/fixture"
)

// fixturesCommand checks and loads files of records.
type fixturesCommand struct {
	Load  loadFixtures  `cmd:"" help:"Load files into a running server, all records or none."`
	Check checkFixtures `cmd:"" help:"Check the form, names and references of files."`

	Schema fixtureSchema `cmd:"" help:"Print the JSON Schema of the files, for editors."`
}

type loadFixtures struct {
	operatorClient

	Check bool     `help:"Only try it: report what is wrong with the records and keep none."`
	Files []string `arg:"" type:"existingfile" help:"Files in YAML or JSON."`
}

// Run loads the files and prints the identifiers.
func (c loadFixtures) Run(out output) error {
	type file struct {
		Name    string `json:"name"`
		Content string `json:"content"`
	}
	var body struct {
		Files []file `json:"files"`
	}
	for _, name := range c.Files {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		body.Files = append(body.Files, file{name, string(text)})
	}
	var loaded struct {
		IDs map[string]string `json:"ids"`
	}
	path := "/fixtures"
	if c.Check {
		path += "?check=true"
	}
	return c.ask(out, http.MethodPost, path, body, &loaded, func(w io.Writer) {
		if c.Check {
			fmt.Fprintf(w, "%d records can be loaded.\n", len(loaded.IDs))
			return
		}
		fmt.Fprintln(w, "NAME\tID")
		for _, name := range slices.Sorted(maps.Keys(loaded.IDs)) {
			fmt.Fprintf(w, "$%s\t%s\n", name, loaded.IDs[name])
		}
	})
}

type checkFixtures struct {
	Files []string `arg:"" type:"existingfile" help:"Files in YAML or JSON."`
}

// Help implements [kong.HelpProvider].
func (checkFixtures) Help() string {
	return "Rules that need the records before are checked when the files are loaded."
}

// Run checks the files.
func (c checkFixtures) Run(out output) error {
	if _, err := readFixtures(c.Files); err != nil {
		return err
	}
	fmt.Fprintf(out, "Checked %d files.\n", len(c.Files))
	return nil
}

// readFixtures reads and checks files of records.
func readFixtures(names []string) ([]*fixture.File, error) {
	files := make([]*fixture.File, len(names))
	for i, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if files[i], err = fixture.Parse(name, text); err != nil {
			return nil, err
		}
	}
	return files, nil
}

type fixtureSchema struct{}

// Run prints the schema.
func (fixtureSchema) Run(out output) error {
	text, err := fixture.Schema()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\n", text)
	return err
}
