package signin

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"cosell/internal/access"
	"cosell/internal/audit"
	"cosell/internal/auth"
)

// errNotKept has a sign-in fail that the audit should have and does not.
var errNotKept = errors.New("the sign-in is not in the audit")

// keep keeps in the audit that somebody signed in or out, and reports whether it could.
func (h handler) keep(r *http.Request, name string, i *access.Identity) bool {
	e := h.entry(r, name, "Success")
	access.Acted(e, i)
	return h.end(r, e)
}

// keepFailure keeps in the audit that a sign-in failed. What was sent in place of a token
// or of the name of a user is not kept, as it may be a secret; whose is the user whose
// password was wrong.
func (h handler) keepFailure(r *http.Request, whose *auth.Principal) {
	e := h.entry(r, "ConsoleLogin", "Failure")
	if e == nil {
		return
	}
	e.ErrorMessage = "Failed authentication"
	if whose != nil {
		e.Caller = *whose
	} else {
		e.Operator = audit.Hidden
	}
	h.end(r, e)
}

// entry begins an entry, nil where none is wanted.
func (h handler) entry(r *http.Request, name, outcome string) *audit.Entry {
	if !h.Audit.Wants(false) {
		return nil
	}
	e := h.Audit.Begin(audit.SourceSignIn, name, false)
	access.Sent(e, r, h.RequestID())
	e.Response = []byte(`{"` + name + `":"` + outcome + `"}`)
	e.Additional = []byte(`{"MFAUsed":"No","LoginTo":"` + prefix + `"}`)
	return e
}

// end writes an entry and reports whether it could. Who leaves at once signed in all the
// same.
func (h handler) end(r *http.Request, e *audit.Entry) bool {
	if e == nil {
		return true
	}
	if err := h.Audit.EndNow(context.WithoutCancel(r.Context()), e); err != nil {
		h.Log.LogAttrs(r.Context(), slog.LevelError, "write audit", slog.String("cause", err.Error()))
		return false
	}
	return true
}
