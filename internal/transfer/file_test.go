package transfer_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"cosell/internal/store"
	"cosell/internal/store/storetest"
	"cosell/internal/transfer"
)

// sealed adds a footer to lines.
func sealed(rows int, tables, lines string) string {
	return lines + fmt.Sprintf(`{"end":true,"rows":%d,"tables":{%s},"sha256":"%x"}`+"\n", rows, tables, sha256.Sum256([]byte(lines)))
}

func TestFilesThatAreRefused(t *testing.T) {
	const (
		header  = `{"cosell-export":1,"schema":1,"createdAt":"2026-03-09T01:50:25.040Z","secrets":true}` + "\n"
		account = `{"table":"accounts","row":{"account":"1","document":{}}}` + "\n"
	)
	whole := sealed(1, `"accounts":1`, header+account)
	if _, err := transfer.Check(strings.NewReader(whole)); err != nil {
		t.Fatal(err)
	}
	invitation := func(id, receiver, status string) string {
		return fmt.Sprintf(`{"table":"engagement_invitations","row":{"catalog":"AWS","id":%q,"engagement_id":"eng-1","sender":"1",`+
			`"receiver":%q,"status":%q,"payload_type":"LeadInvitation","invited_at":1,"expires_at":2,"document":{}}}`+"\n", id, receiver, status)
	}
	invitations := sealed(4, `"engagement_invitations":4`, header+invitation("1", "2", "REJECTED")+invitation("2", "2", "REJECTED")+
		invitation("3", "2", "PENDING")+invitation("4", "3", "PENDING"))
	if _, err := transfer.Check(strings.NewReader(invitations)); err != nil {
		t.Error(err)
	}
	job := func(id string) string {
		return fmt.Sprintf(`{"table":"resource_snapshot_jobs","row":{"account":"1","catalog":"AWS","id":%q,"engagement_id":"e","resource_id":"O1",`+
			`"template":"T","status":"Running","created_at":1,"document":{}}}`+"\n", id)
	}
	row := func(text string) string { return sealed(1, `"accounts":1`, header+text+"\n") }
	for name, c := range map[string]struct {
		file string
		line int64
		want string
	}{
		"nothing":                 {"", 1, "cut off"},
		"another text":            {"<html>\n", 1, "not a file that cosell exported"},
		"other JSON":              {"{}\n", 1, "not a file that cosell exported"},
		"a later format":          {strings.Replace(whole, `export":1`, `export":2`, 1), 1, "format 2 and this cosell reads up to 1: use the later cosell"},
		"a later schema":          {strings.Replace(whole, `"schema":1`, `"schema":999`, 1), 1, "schema 999"},
		"no schema":               {strings.Replace(whole, `"schema":1,`, ``, 1), 1, "schema 0"},
		"cut off after the first": {header, 2, "cut off"},
		"cut off after a row":     {header + account, 3, "cut off"},
		"cut off within a row":    {header + account[:20], 2, "cut off"},
		"cut off within the last": {whole[:len(whole)-1], 3, "cut off"},
		"a row removed":           {strings.Replace(whole, account, "", 1), 2, "checksum"},
		"a row twice":             {sealed(2, `"accounts":2`, header+account+account), 3, "key must be greater"},
		"rows in another order":   {sealed(2, `"accounts":2`, header+strings.Replace(account, `"1"`, `"2"`, 1)+account), 3, "key must be greater"},
		"a table twice":           {sealed(3, `"accounts":2,"policies":1`, header+account+`{"table":"policies","row":{"name":"a","document":{}}}`+"\n"+account), 4, "other tables stand between"},
		"a document of no object": {row(`{"table":"accounts","row":{"account":"1","document":"{]"}}`), 2, "document: must be a JSON object"},
		"an envelope of no JSON":  {row(`{"table":"events","row":{"account":"1","sequence":7,"envelope":"x"}}`), 2, "envelope: must be a JSON object"},
		"the largest sequence":    {row(`{"table":"events","row":{"account":"1","sequence":9223372036854775807,"envelope":{}}}`), 2, "sequence: must be between"},
		"a time of no calendar":   {row(`{"table":"work","row":{"kind":"a","subject":"b","due_at":253402300800000,"leased_until":0,"attempt":0,"version":1,"failures":0,"last_error":"","payload":{}}}`), 2, "due_at: must be milliseconds since 1970"},
		"a payload of no JSON":    {row(`{"table":"work","row":{"kind":"a","subject":"b","due_at":0,"leased_until":0,"attempt":0,"version":1,"failures":0,"last_error":"","payload":"{"}}`), 2, "payload: must be JSON"},
		"a byte changed":          {strings.Replace(whole, `"account":"1"`, `"account":"2"`, 1), 3, "checksum"},
		"a count changed":         {sealed(2, `"accounts":1`, header+account), 3, "checksum"},
		"a table not counted":     {sealed(1, ``, header+account), 3, "checksum"},
		"lines ended otherwise":   {strings.ReplaceAll(whole, "\n", "\r\n"), 3, "checksum"},
		"something after the end": {whole + account, 3, "follows the last line"},
		"two files":               {whole + whole, 3, "follows the last line"},
		"a damaged last line":     {header + `{"end":yes}` + "\n", 2, "damaged"},
		"an unknown table":        {row(`{"table":"orders","row":{}}`), 2, `no table "orders"`},
		"no table":                {row(`{}`), 2, `no table ""`},
		"no JSON":                 {row(`{"table":`), 2, "not the JSON of a row"},
		"no UTF-8":                {row("{\"table\":\"accounts\",\"row\":{\"account\":\"\xff\",\"document\":{}}}"), 2, "not UTF-8"},
		"a column missing":        {row(`{"table":"accounts","row":{"account":"1"}}`), 2, "2 columns, not 1"},
		"another column":          {row(`{"table":"accounts","row":{"account":"1","name":"2"}}`), 2, "lacks the column document"},
		"a number for a text":     {row(`{"table":"accounts","row":{"account":1,"document":{}}}`), 2, "account of accounts must be a string"},
		"null for a text":         {row(`{"table":"accounts","row":{"account":null,"document":{}}}`), 2, "account of accounts must be a string"},
		"a text for a number":     {row(`{"table":"events","row":{"account":"1","sequence":"7","envelope":{}}}`), 2, "sequence of events must be an integer"},
		"a fraction":              {row(`{"table":"events","row":{"account":"1","sequence":7.5,"envelope":{}}}`), 2, "sequence of events must be an integer"},
		"a number beyond":         {row(`{"table":"events","row":{"account":"1","sequence":9223372036854775808,"envelope":{}}}`), 2, "sequence of events must be an integer"},
		"an invitation twice":     {sealed(2, `"engagement_invitations":2`, header+invitation("1", "2", "PENDING")+invitation("2", "2", "PENDING")), 3, "catalog, engagement_id, receiver must differ from those of line 2"},
		"a snapshot job twice":    {sealed(2, `"resource_snapshot_jobs":2`, header+job("1")+job("2")), 3, "template must differ from those of line 2"},
		"a line without an end":   {header + strings.Repeat("x", 33<<20), 2, "longer than any"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := transfer.Check(strings.NewReader(c.file))
			wrong, ok := errors.AsType[*transfer.FileError](err)
			if !ok || wrong.Line != c.line || !strings.Contains(wrong.Reason, c.want) {
				t.Errorf("got %v, want %q in line %d", err, c.want, c.line)
			}
			if _, got := load(embedded(t), []byte(c.file), transfer.Options{}); got == nil || got.Error() != err.Error() {
				t.Errorf("an import says %v", got)
			}
		})
	}
}

// What no reader of it noticed must not come into a store: the last transaction
// waits for the last line.
func TestADamagedFileIsNeverComplete(t *testing.T) {
	file := many(t, 1500)
	damaged := slices.Clone(file)
	digit := &damaged[len(file)-10] // of the SHA-256 in hexadecimal
	if *digit++; *digit > 'e' {
		*digit = '0'
	}
	s := embedded(t)
	if _, err := load(s, damaged, transfer.Options{}); err == nil {
		t.Fatal("imported")
	}
	if result := mustLoad(t, s, file, transfer.Options{}); result.Found != 1000 || result.Complete {
		t.Errorf("with a whole copy: %+v", result)
	}
}

// The table of tables and oldestSchema speak of this schema. Whoever adds a
// migration adds its tables to store.Tables, decides whether rows of the schema
// before can still be read, and then sets this number.
func TestTheSchemaIsTheOneThatWasThoughtOf(t *testing.T) {
	if got, want := store.LatestSchema(), int64(29); got != want {
		t.Errorf("schema %d, the last one considered was %d", got, want)
	}
}

// A long file goes through little memory, there and back.
func TestMemoryIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const rows, limit = 50_000, 24 << 20
	from := embedded(t)
	document := []byte(`{"text":"` + strings.Repeat("x", 1500) + `"}`)
	for i := range rows / 1000 {
		if err := from.Update(t.Context(), func(tx *store.Tx) error {
			for j := range 1000 {
				if err := tx.InsertOpportunity(&store.Opportunity{
					OpportunityKey: store.OpportunityKey{Account: "1", Catalog: "AWS", ID: fmt.Sprint(i*1000 + j)}, Document: document,
				}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	watch := newHeap()
	r, w := io.Pipe()
	size := 0
	go func() {
		_, err := transfer.Export(t.Context(), from, io.MultiWriter(w, countFunc(func(n int) { size += n })), now,
			transfer.Options{Progress: func(rows int64) {
				if rows%5000 == 0 {
					watch.look()
				}
			}})
		w.CloseWithError(err)
	}()
	result, err := transfer.Import(t.Context(), embedded(t), r, transfer.Options{})
	if err != nil || result.Rows != rows {
		t.Fatalf("%+v, %v", result, err)
	}
	if watch.grown > limit || size < 3*limit {
		t.Errorf("a file of %d MiB took %d MiB of memory", size>>20, watch.grown>>20)
	}
	t.Logf("a file of %d MiB took %d MiB of memory", size>>20, watch.grown>>20)
}

type countFunc func(int)

func (f countFunc) Write(p []byte) (int, error) { f(len(p)); return len(p), nil }

// heap watches how far it grows.
type heap struct{ base, grown uint64 }

func newHeap() *heap { return &heap{base: live()} }

func (h *heap) look() {
	if now := live(); now > h.base {
		h.grown = max(h.grown, now-h.base)
	}
}

// live is how much memory is in use.
func live() uint64 {
	runtime.GC() //nolint:revive // what waits to be collected does not count
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func FuzzCheck(f *testing.F) {
	s := embedded(f)
	storetest.FillTables(f, s)
	f.Add(export(f, s, transfer.Options{}))
	f.Add([]byte("{\"cosell-export\":1,\"schema\":1}\n{\"end\":true}\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		summary, err := transfer.Check(bytes.NewReader(file))
		if err != nil {
			return
		}
		// What passes can be imported and says the same then, unless two rows
		// have one key.
		to := embedded(t)
		if _, err := load(to, file, transfer.Options{}); err != nil {
			return
		}
		again, err := transfer.Check(bytes.NewReader(export(t, to, transfer.Options{})))
		if err != nil || again.Rows > summary.Rows {
			t.Errorf("%v: %d rows of %d", err, again.Rows, summary.Rows)
		}
	})
}
