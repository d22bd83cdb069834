package store

import (
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/pressly/goose/v3"
)

// MigrationsFor holds the migrations as one engine runs them: without the lines that
// are for another. Lines after "-- +engine NAME" are for that one, until the next of
// its kind; "-- +engine all" ends them.
func MigrationsFor(dialect goose.Dialect) fs.FS {
	return engineFiles{Migrations(), map[goose.Dialect]string{
		goose.DialectSQLite3: "sqlite", goose.DialectPostgres: "postgres",
	}[dialect]}
}

type engineFiles struct {
	fs.FS

	engine string
}

const engineMark = "-- +engine "

// Open implements [fs.FS].
func (e engineFiles) Open(name string) (fs.File, error) {
	f, err := e.FS.Open(name)
	if err != nil || path.Ext(name) != ".sql" {
		return f, err
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	skip := false
	for line := range strings.Lines(string(text)) {
		if engine, ok := strings.CutPrefix(line, engineMark); ok {
			engine = strings.TrimSpace(engine)
			skip = engine != "all" && engine != e.engine
			continue
		}
		if !skip {
			b.WriteString(line)
		}
	}
	return engineFile{f, strings.NewReader(b.String())}, nil
}

type engineFile struct {
	fs.File

	text io.Reader
}

// Read implements [fs.File].
func (f engineFile) Read(b []byte) (int, error) { return f.text.Read(b) }
