package main

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"cosell/internal/fixture"
)

// fixturesCommand checks, loads and captures files of records.
type fixturesCommand struct {
	Load    loadFixtures    `cmd:"" help:"Load files into a running server, all records or none."`
	Capture captureFixtures `cmd:"" help:"Write what a running server holds as a file that can be loaded."`
	Check   checkFixtures   `cmd:"" help:"Check the form, names and references of files."`

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

type captureFixtures struct {
	operatorClient

	Account  []string `placeholder:"ACCOUNT" help:"Accounts whose records are captured (default: all)."`
	Catalog  string   `enum:",AWS,Sandbox" default:"" placeholder:"CATALOG" help:"AWS or Sandbox (default: both)."`
	Relative bool     `help:"Write times and dates relative to the load, such as -30d and $today+30d."`
	Output   string   `short:"o" placeholder:"FILE" help:"File to write (default: standard output)."`
}

// Help implements [kong.HelpProvider].
func (captureFixtures) Help() string {
	return "Secrets are not captured. What the file does not have is said on standard error."
}

// maxLoaded is how long a file may be that is loaded into a running server.
const maxLoaded = 900_000

// Run writes the file and says what it does not have.
func (c captureFixtures) Run(out output, errs diagnostics) error {
	query := url.Values{accountMember: c.Account}
	if c.Catalog != "" {
		query.Set(catalogMember, c.Catalog)
	}
	if c.Relative {
		query.Set("relative", "true")
	}
	var captured struct {
		Content string
		Left    []struct {
			What    string
			Records []string
		}
	}
	return writeOutput(c.Output, out, func(file io.Writer) error {
		return c.ask(file, http.MethodGet, "/fixtures?"+query.Encode(), nil, &captured, func(w io.Writer) {
			_, _ = io.WriteString(w, captured.Content)
			for _, l := range captured.Left {
				fmt.Fprintf(errs, "not captured: %s (%s)\n", l.What, some(l.Records))
			}
			if len(captured.Content) > maxLoaded {
				fmt.Fprintf(errs, "The file has more than %d bytes: load it at the start of a server, with 'cosell serve --fixtures'.\n", maxLoaded)
			}
		})
	})
}

// some returns the first few of names, and how many there are.
func some(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d others", strings.Join(names[:most], ", "), len(names)-most)
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
