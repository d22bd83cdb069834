package operator_test

import (
	"strings"
	"testing"

	"cosell/internal/store"
)

func TestWhatIsToBeDoneIsListed(t *testing.T) {
	h := newWorld(t)
	err := h.store.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.Enqueue("snapshot", "job-2", 2000, []byte("{}")); err != nil {
			return err
		}
		return tx.Enqueue("expire-invitation", "engi-1", 1000, []byte("{}"))
	})
	if err != nil {
		t.Fatal(err)
	}
	w := h.ask(t, "GET", "/work", nil)
	want := `{"work":[` +
		`{"kind":"expire-invitation","subject":"engi-1","dueAt":"1970-01-01T00:00:01Z","attempts":0,"failures":0},` +
		`{"kind":"snapshot","subject":"job-2","dueAt":"1970-01-01T00:00:02Z","attempts":0,"failures":0}]}`
	if got := strings.TrimSpace(w.Body.String()); w.Code != 200 || got != want {
		t.Errorf("got %d %s, want %s", w.Code, got, want)
	}
	if w := h.ask(t, "GET", "/work?limit=1", nil); strings.Count(w.Body.String(), `"kind"`) != 1 {
		t.Errorf("limit 1 gave %s", w.Body)
	}
}
