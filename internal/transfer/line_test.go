package transfer

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzRow(f *testing.F) {
	for _, text := range []string{"", "a", "{}", `{"a":1} `, "{\n}", `{"a":"<\u0000>"}`, "{{", "\x00\u2028", "\xff"} {
		f.Add(text, int64(7))
	}
	events := byName["events"]
	f.Fuzz(func(t *testing.T, text string, number int64) {
		line, err := newEncoder().row(events, []any{text, number, text})
		if (err == nil) != utf8.ValidString(text) {
			t.Fatalf("%q: %v", text, err)
		}
		if err != nil {
			return
		}
		if !bytes.HasSuffix(line, []byte("\n")) || bytes.Count(line, []byte("\n")) != 1 {
			t.Fatalf("not one line: %q", line)
		}
		table, row, err := decodeRow(line)
		if err != nil || table.Name != "events" {
			t.Fatalf("%q: %v", line, err)
		}
		if row[0] != text || row[1] != number || row[2] != text {
			t.Errorf("%q became %q", text, row)
		}
	})
}

func TestDocumentsAreReadableInAFile(t *testing.T) {
	line, err := newEncoder().row(byName["accounts"], []any{"1", `{"a":{"b":"x<y"}}`})
	if err != nil || !strings.Contains(string(line), `"document":{"a":{"b":"x<y"}}}`) {
		t.Errorf("%s, %v", line, err)
	}
}
