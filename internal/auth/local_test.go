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
		host    string
		origins []string
		refused bool
	}{
		{"no page", "", nil, false},
		{"a page of this machine", "", []string{"http://localhost:5173"}, false},
		{"a page from elsewhere", "", []string{"http://attacker.example:8787"}, true},
		{"a page of nowhere", "", []string{"null"}, true},
		{"two pages", "", []string{"http://localhost", "http://localhost"}, true},
		{"a page of the server on a test network", "cosell.internal:8787", []string{"http://cosell.internal:8787"}, false},
		{"a page at another port of it", "cosell.internal:8787", []string{"http://cosell.internal:9999"}, true},
		{"a page with a name that leads here", "attacker.example:8787", []string{"http://attacker.example:8787"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newCall()
			if c.origins != nil {
				r.Header["Origin"] = c.origins
			}
			if c.host != "" {
				r.Host = c.host
			}
			r.sign(t)
			claim, err := LocalPages{newDevVerifier(), Pages{OnNetwork: true}}.Check(r.Request)
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

// Without a test network the server's own pages are those of this machine.
func TestPagesOfANetworkNeedATestNetwork(t *testing.T) {
	t.Parallel()
	r := newCall()
	r.Host = "cosell.internal:8787"
	r.Header.Set("Origin", "http://cosell.internal:8787")
	if (Pages{}).Allow(r.Request) || !(Pages{OnNetwork: true}).Allow(r.Request) {
		t.Error("a page of the server's address on the network must be allowed on a test network alone")
	}
}
