package operator_test

import (
	"strings"
	"testing"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/clock"
	"cosell/internal/quota"
)

// The operator sets and removes the quotas of an account, and is told what is in force and
// who set it.
func TestQuotas(t *testing.T) {
	h := newReviewHub(t)
	l := quota.New(quota.Config{Limits: quota.AWS(), Settings: h.store, Now: clock.System().Now})
	h.Quotas = l
	const path = "/accounts/" + partner + "/quotas"
	op, _ := api.Lookup("CreateOpportunity")
	const custom = `{"mode":"custom","limits":{"groups":[{"name":"reads","perSecond":2.5,"perDay":10,"operations":["ListSolutions"]}]}}`
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		want                     string // is part of the answer
		limited                  bool   // whether the partner's creates are limited afterwards
	}{
		{"those of the server", "GET", path, "", 200, `{"source":"server","mode":"aws","limits":{"groups":[{"name":"reads"`, true},
		{"off", "PUT", path, `{"mode":"off"}`, 200, `{"source":"account","mode":"off","server":{"mode":"aws"},"aws":{"groups":`, false},
		{"another's stay", "GET", "/accounts/210987654321/quotas", "", 200, `{"source":"server","mode":"aws"`, false},
		{"aws's", "PUT", path, `{"mode":"aws"}`, 200, `{"source":"account","mode":"aws","limits":{"groups":[`, true},
		{"others", "PUT", path, custom, 200, `"mode":"custom","limits":{"groups":[{"name":"reads","perSecond":2.5,"perDay":10,"operations":["ListSolutions"]}]}`, false},
		{"a misspelt mode changes nothing", "PUT", path, `{"mode":"none"}`, 422, "body.mode", false},
		{"no mode", "PUT", path, `{}`, 422, "mode", false},
		{"custom without limits", "PUT", path, `{"mode":"custom"}`, 422, `"location":"body.limits"`, false},
		{"limits of aws", "PUT", path, `{"mode":"aws","limits":{"groups":[]}}`, 422, `"message":"must be left out unless mode is custom","location":"body.limits"`, false},
		{"a misspelt operation", "PUT", path, strings.Replace(custom, "ListSolutions", "ListSolution", 1), 422, `such as ListSolutions, is \"ListSolution\"","location":"body.limits.groups[0].operations[0]"`, false},
		{"no rate", "PUT", path, strings.Replace(custom, "2.5", "0", 1), 422, `"location":"body.limits.groups[0].perSecond"`, false},
		{"the AWS side", "PUT", "/accounts/aws/quotas", `{"mode":"off"}`, 422, "the AWS side has no quotas", false},
		{"they are removed", "DELETE", path, "", 204, "", true},
		{"those of the server again", "GET", path, "", 200, `{"source":"server","mode":"aws"`, true},
		{"none are removed", "DELETE", path, "", 204, "", true},
	} {
		w := h.call(t, c.method, c.path, c.body)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s: %d %s, want %d %s", c.name, w.Code, w.Body, c.status, c.want)
		}
		l.Forget(partner)
		var limited bool
		for range 2 {
			limited = l.Admit(t.Context(), auth.Principal{Account: partner}, op) != nil
		}
		if limited != c.limited {
			t.Errorf("%s: creates are limited: %t, want %t", c.name, limited, c.limited)
		}
	}
}
