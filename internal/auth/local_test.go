package auth

import (
	"errors"
	"testing"

	"cosell/internal/api"
)

// A page that has its name lead a browser here is refused, however well it signs.
// What an origin may be, the operator API's tests say.
func TestPagesFromElsewhereAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		origins []string
		refused bool
	}{
		{"no page", nil, false},
		{"a page of this machine", []string{"http://localhost:5173"}, false},
		{"a page from elsewhere", []string{"http://attacker.example:8787"}, true},
		{"a page of nowhere", []string{"null"}, true},
		{"two pages", []string{"http://localhost", "http://localhost"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newCall()
			if c.origins != nil {
				r.Header["Origin"] = c.origins
			}
			r.sign(t)
			claim, err := LocalPages{newDevVerifier()}.Check(r.Request)
			if !c.refused {
				if err != nil || claim == nil {
					t.Errorf("got %+v, %v", claim, err)
				}
				return
			}
			if e, ok := errors.AsType[*api.Error](err); !ok || e.Type != api.TypeAccessDenied || claim != nil {
				t.Errorf("got %+v, %v", claim, err)
			}
		})
	}
}
