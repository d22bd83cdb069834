package operator

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestAttackNameHidesFromAudit sees that the audit keeps what is asked for whatever the name
// is of what it concerns.
func TestAttackNameHidesFromAudit(t *testing.T) {
	for path, want := range map[string]bool{
		"/accounts/111122223333/roles/sync":                   true,
		"/accounts/111122223333/roles/import":                 true,
		"/accounts/111122223333/users/import/policies/import": true,
		"/import": false, // a file that is not held in memory
	} {
		r := tell(httptest.NewRequestWithContext(t.Context(), http.MethodPut, Prefix+path, strings.NewReader(`{"maxSessionDuration":3600,"managed":"x"}`)))
		if told, _ := r.Context().Value(toldKey{}).(map[string]any); (len(told) == 2) != want {
			t.Errorf("%s: told %v", path, told)
		}
	}
}
