package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/store"
	"cosell/internal/store/pgtest"
	"cosell/internal/store/sqlite"
	"cosell/internal/store/storetest"
	"cosell/internal/transfer"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

var now = time.Date(2026, 3, 9, 2, 50, 25, 40_000_000, time.FixedZone("", 3600))

func embedded(t testing.TB) store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.WithoutSync())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func export(t testing.TB, s store.Store, o transfer.Options) []byte {
	t.Helper()
	var file bytes.Buffer
	if _, err := transfer.Export(t.Context(), s, &file, now, o); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func load(s store.Store, file []byte, o transfer.Options) (transfer.Result, error) {
	return transfer.Import(context.Background(), s, bytes.NewReader(file), o)
}

func mustLoad(t testing.TB, s store.Store, file []byte, o transfer.Options) transfer.Result {
	t.Helper()
	result, err := load(s, file, o)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func put(t testing.TB, s store.Store, accounts ...string) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		for _, a := range accounts {
			if err := tx.PutAccount(a, []byte(`{"companyName":"C & <Co>"}`)); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// many returns a file with so many accounts.
func many(t testing.TB, n int) []byte {
	t.Helper()
	s := embedded(t)
	var accounts []string
	for i := range n {
		accounts = append(accounts, fmt.Sprintf("%012d", i))
	}
	put(t, s, accounts...)
	return export(t, s, transfer.Options{})
}

func TestTheFormat(t *testing.T) {
	s := embedded(t)
	put(t, s, "123456789012")
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		if _, err := tx.Secret("page-token", func() string { return "c2VjcmV0" }); err != nil {
			return err
		}
		return tx.InsertEvent(store.Event{Account: "aws", Sequence: 7, Envelope: []byte("not an object")})
	}); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(`{"cosell-export":1,"schema":%d,"createdAt":"2026-03-09T01:50:25.040Z","secrets":true}
{"table":"secrets","row":{"name":"page-token","value":"c2VjcmV0"}}
{"table":"accounts","row":{"account":"123456789012","document":{"companyName":"C & <Co>"}}}
{"table":"event_outbox","row":{"account":"aws","sequence":7,"envelope":"not an object"}}
`, store.LatestSchema())
	text, last, _ := strings.Cut(string(export(t, s, transfer.Options{})), `{"end":true,"rows":3,"tables":{"accounts":1,"event_outbox":1,"secrets":1},"sha256":"`)
	if diff := cmp.Diff(want, text); diff != "" {
		t.Error(diff)
	}
	if len(last) != 64+len("\"}\n") {
		t.Errorf("the last line ends with %s", last)
	}
	without := export(t, s, transfer.Options{WithoutSecrets: true})
	if bytes.Contains(without, []byte("c2VjcmV0")) || !bytes.Contains(without, []byte(`"secrets":false}`)) {
		t.Errorf("without secrets:\n%s", without)
	}
}

// What is exported, imported and exported again is the same to the byte.
func TestRoundTrip(t *testing.T) {
	first := embedded(t)
	storetest.FillTables(t, first)
	file := export(t, first, transfer.Options{})
	for name, target := range map[string]func(testing.TB) store.Store{
		"sqlite":   embedded,
		"postgres": func(t testing.TB) store.Store { return pgtest.Store(t) },
	} {
		t.Run(name, func(t *testing.T) {
			s := target(t)
			result := mustLoad(t, s, file, transfer.Options{})
			summary, err := transfer.Check(bytes.NewReader(file))
			if diff := cmp.Diff(summary, result.Summary); diff != "" || err != nil || result.Rows == 0 || result.Found != 0 {
				t.Errorf("%v, %+v\n%s", err, result, diff)
			}
			again := export(t, s, transfer.Options{})
			if !bytes.Equal(file, again) {
				t.Fatal(cmp.Diff(string(file), string(again)))
			}
			back := embedded(t)
			mustLoad(t, back, again, transfer.Options{})
			if !bytes.Equal(file, export(t, back, transfer.Options{})) {
				t.Error("the way back lost something")
			}
		})
	}
}

// Whoever followed the events of one store goes on in another, where nothing is
// missing and nothing comes twice.
func TestEventsKeepTheirPlaces(t *testing.T) {
	tell := func(s store.Store, sequences ...int64) {
		if err := s.Update(t.Context(), func(tx *store.Tx) error {
			for _, sequence := range sequences {
				if err := tx.InsertEvent(store.Event{Account: "1", Sequence: sequence, Envelope: fmt.Appendf(nil, `{"n":%d}`, sequence)}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	first := embedded(t)
	tell(first, 20, 30)
	known := storetest.Follow(t, first, "1", 0, 10)
	tell(first, 10)
	known = append(known, storetest.Follow(t, first, "1", 30, 10)...)
	tell(first, 25, 40) // which nobody reads
	file := export(t, first, transfer.Options{})
	for name, s := range map[string]store.Store{"sqlite": embedded(t), "postgres": pgtest.Store(t)} {
		t.Run(name, func(t *testing.T) {
			mustLoad(t, s, file, transfer.Options{})
			tell(s, 15)
			since := storetest.Follow(t, s, "1", known[2].Sequence, 10)
			var got []string
			for _, e := range since {
				got = append(got, string(e.Envelope))
			}
			if diff := cmp.Diff([]string{`{"n":15}`, `{"n":25}`, `{"n":40}`}, got); diff != "" {
				t.Errorf("after what was known:\n%s", diff)
			}
			if diff := cmp.Diff(append(known, since...), storetest.Follow(t, s, "1", 0, 10)); diff != "" {
				t.Errorf("from the beginning:\n%s", diff)
			}
		})
	}
}

// A file from before there was an outbox holds events in their places.
func TestEventsOfAnOlderFile(t *testing.T) {
	lines := `{"cosell-export":1,"schema":5,"createdAt":"2026-03-09T01:50:25.040Z","secrets":true}
{"table":"events","row":{"account":"1","sequence":10,"envelope":{}}}
{"table":"events","row":{"account":"1","sequence":20,"envelope":{}}}
`
	s := embedded(t)
	mustLoad(t, s, []byte(sealed(2, `"events":2`, lines)), transfer.Options{})
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		return tx.InsertEvent(store.Event{Account: "1", Sequence: 15, Envelope: []byte("{}")})
	}); err != nil {
		t.Fatal(err)
	}
	var got []int64
	for _, e := range storetest.Follow(t, s, "1", 0, 10) {
		got = append(got, e.Sequence)
	}
	if diff := cmp.Diff([]int64{10, 20, 21}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnExportIsOneState(t *testing.T) {
	s := embedded(t)
	put(t, s, "1")
	var file bytes.Buffer
	begun := false
	_, err := transfer.Export(t.Context(), s, io.MultiWriter(&file, writeFunc(func() { begun = true; put(t, s, "2") })), now,
		transfer.Options{})
	if err != nil || !begun {
		t.Fatal(err)
	}
	if bytes.Contains(file.Bytes(), []byte(`"account":"2"`)) {
		t.Errorf("what came later is in it:\n%s", file.Bytes())
	}
}

type writeFunc func()

func (f writeFunc) Write(p []byte) (int, error) { f(); return len(p), nil }

func TestAnExportThatCannotBeWrittenFails(t *testing.T) {
	full := errors.New("no space left")
	s := embedded(t)
	mustLoad(t, s, many(t, 5000), transfer.Options{})
	_, err := transfer.Export(t.Context(), s, failing{full}, now, transfer.Options{})
	if !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = transfer.Export(ctx, s, io.Discard, now, transfer.Options{Progress: func(int64) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
func (f failing) Read([]byte) (int, error)  { return 0, f.err }

// repeating is an engine that runs a function of View twice.
type repeating struct{ store.Store }

func (s repeating) View(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	_ = s.Store.View(ctx, fn, options...)
	return s.Store.View(ctx, fn, options...)
}

func TestAnExportIsNotWrittenTwice(t *testing.T) {
	var file bytes.Buffer
	_, err := transfer.Export(t.Context(), repeating{embedded(t)}, &file, now, transfer.Options{})
	if err == nil || !strings.Contains(err.Error(), "export again") || bytes.Count(file.Bytes(), []byte("cosell-export")) != 1 {
		t.Errorf("got %v and\n%s", err, file.Bytes())
	}
}

func TestTextThatNoJSONHoldsIsNotExported(t *testing.T) {
	s := embedded(t)
	put(t, s, "\xff")
	_, err := transfer.Export(t.Context(), s, io.Discard, now, transfer.Options{})
	if err == nil || !strings.Contains(err.Error(), "account of accounts") {
		t.Errorf("got %v", err)
	}
}

func TestSecrets(t *testing.T) {
	from := embedded(t)
	secret := func(s store.Store, made string) (value string) {
		if err := s.Update(t.Context(), func(tx *store.Tx) (err error) {
			value, err = tx.Secret("key", func() string { return made })
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return value
	}
	secret(from, "old")
	if err := from.Update(t.Context(), func(tx *store.Tx) error {
		return tx.InsertAccessKey(&store.AccessKey{ID: "AKIA1", Account: "1", User: "a", Secret: "sealed"})
	}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		exported, imported transfer.Options
		want               string
	}{
		{want: "old"},
		{exported: transfer.Options{WithoutSecrets: true}, want: "own"},
		{imported: transfer.Options{WithoutSecrets: true}, want: "own"},
	} {
		to := embedded(t)
		secret(to, "own") // which do not make a store count as filled
		mustLoad(t, to, export(t, from, c.exported), c.imported)
		if got := secret(to, "made"); got != c.want {
			t.Errorf("%+v: got %q, want %q", c, got, c.want)
		}
		// Access keys come along with secrets, and with nothing else.
		err := to.View(t.Context(), func(tx *store.Tx) error {
			_, err := tx.AccessKey("AKIA1")
			return err
		})
		if (err == nil) != (c.want == "old") {
			t.Errorf("%+v: access key: %v", c, err)
		}
	}
}

func TestReset(t *testing.T) {
	s := embedded(t)
	storetest.FillTables(t, s)
	rows, err := transfer.Reset(t.Context(), s)
	if err != nil || rows == 0 {
		t.Fatal(rows, err)
	}
	if told := storetest.Follow(t, s, "", 0, 10); len(told) > 0 {
		t.Errorf("events remained: %v", told)
	}
	if result := mustLoad(t, s, many(t, 1), transfer.Options{}); result.Rows != 1 {
		t.Errorf("got %+v", result)
	}
}
