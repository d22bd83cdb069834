package signin

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"cosell/internal/access"
	"cosell/internal/audit"
)

// errNotKept has a sign-in fail that the audit should have and does not.
var errNotKept = errors.New("the sign-in is not in the audit")

// keep keeps in the audit that an operator signed in or out, and reports whether it could:
// nil is one who is unknown. What was sent in place of a token is not kept, as it may be one.
func (h handler) keep(r *http.Request, name string, i *access.Identity) bool {
	if !h.Audit.Wants(false) {
		return true
	}
	e := h.Audit.Begin(audit.SourceSignIn, name, false)
	access.Sent(e, r, h.RequestID())
	e.Response = []byte(`{"` + name + `":"Success"}`)
	e.Additional = []byte(`{"MFAUsed":"No","LoginTo":"` + prefix + `"}`)
	if i == nil {
		e.Operator = audit.Hidden
		e.Response = []byte(`{"` + name + `":"Failure"}`)
		e.ErrorMessage = "Failed authentication"
	} else {
		e.Operator, e.Role = i.Name, string(i.Role)
	}
	// Who leaves at once signed in all the same.
	if err := h.Audit.EndNow(context.WithoutCancel(r.Context()), e); err != nil {
		h.Log.LogAttrs(r.Context(), slog.LevelError, "write audit", slog.String("cause", err.Error()))
		return false
	}
	return true
}
