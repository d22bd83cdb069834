package chaos

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

// row is a line of the table: what was done to the servers, and what came of it.
type row struct {
	fault                       string
	times                       int
	acknowledged, again, tokens int64
	lost, doubled               int64
}

// histories is what came of checking what contending clients saw.
type histories struct {
	servers                              string
	checked, operations, unknown, failed int
}

// table collects rows over the tests of a run.
type table struct {
	mu        sync.Mutex
	rows      []row
	histories []histories
}

var results table

// add completes a row and adds it.
func (r *table) add(line row, w *world, v *verdict) {
	r.mu.Lock()
	defer r.mu.Unlock()
	line.acknowledged, line.again, line.tokens = w.tally.acknowledged.Load(), w.tally.again.Load(), w.tally.replayed.Load()
	line.lost, line.doubled = v.lost.Load(), v.doubled.Load()
	r.rows = append(r.rows, line)
}

func (r *table) addHistories(line histories) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.histories = append(r.histories, line)
}

func (r *table) String() string {
	var text strings.Builder
	if len(r.rows) > 0 {
		text.WriteString("| Fault | Injected | Writes acknowledged | Sent again, outcome unknown | Client tokens replayed | Lost | Doubled |\n")
		text.WriteString("|---|--:|--:|--:|--:|--:|--:|\n")
	}
	for _, line := range r.rows {
		fmt.Fprintf(&text, "| %s | %d | %d | %d | %d | %d | %d |\n",
			line.fault, line.times, line.acknowledged, line.again, line.tokens, line.lost, line.doubled)
	}
	if len(r.histories) > 0 {
		text.WriteString("\n| Servers, one killed in each round | Histories | Operations | Outcome unknown | Not linearizable |\n")
		text.WriteString("|---|--:|--:|--:|--:|\n")
	}
	for _, line := range r.histories {
		fmt.Fprintf(&text, "| %s | %d | %d | %d | %d |\n", line.servers, line.checked, line.operations, line.unknown, line.failed)
	}
	return text.String()
}

// The table stands between these lines of the document.
const (
	tableBegins = "<!-- make chaos writes from here -->\n"
	tableEnds   = "<!-- to here -->\n"
)

// write prints the table, and puts it into a document where one is named.
func (r *table) write(document string) error {
	if len(r.rows) == 0 && len(r.histories) == 0 {
		return nil
	}
	fmt.Print(r)
	if document == "" {
		return nil
	}
	text, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	before, rest, begins := bytes.Cut(text, []byte(tableBegins))
	_, after, ends := bytes.Cut(rest, []byte(tableEnds))
	if !begins || !ends {
		return fmt.Errorf("%s has no place for the table, between %q and %q", document, tableBegins, tableEnds)
	}
	written := fmt.Sprintf("%s%s%s%s%s", before, tableBegins, r, tableEnds, after)
	return os.WriteFile(document, []byte(written), 0o600)
}

func TestTableIsPutInItsPlace(t *testing.T) {
	file := t.TempDir() + "/page.md"
	page := "before\n" + tableBegins + "old\n" + tableEnds + "after\n"
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &table{rows: []row{{fault: "power cut", times: 2, acknowledged: 3}}}
	if err := r.write(file); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	want := "before\n" + tableBegins + r.String() + tableEnds + "after\n"
	if err != nil || string(text) != want {
		t.Errorf("%v, got\n%s\nwant\n%s", err, text, want)
	}
}
