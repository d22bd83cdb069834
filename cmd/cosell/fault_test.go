package main

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"cosell/internal/servertest"
)

// A fault resets the connection through every layer that the server has around it.
func TestAFaultResetsTheConnection(t *testing.T) {
	list := filepath.Join(t.TempDir(), "faults.json")
	if err := os.WriteFile(list, []byte(`[{"connection": "reset"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := (&serve{Listen: "127.0.0.1:0", Data: t.TempDir(), Auth: "dev", Faults: list}).open(t.Context(), quiet)
	if err != nil {
		t.Fatal(err)
	}
	end := running(t, s)
	r, err := servertest.Request(t.Context(), s.URL(), "111122223333", "ListSolutions", []byte(`{"Catalog":"Sandbox"}`))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err == nil {
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the client sees %v, want %v", err, syscall.ECONNRESET)
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}
