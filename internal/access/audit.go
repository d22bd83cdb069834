package access

import (
	"net/http"

	"cosell/internal/audit"
)

// Sent says in an entry of the audit, nil for none, who sent a request and from where.
// For what the server passed on, that is on whose behalf.
func Sent(e *audit.Entry, r *http.Request, requestID string) {
	if e == nil {
		return
	}
	e.Remote, e.Agent, e.RequestID = r.RemoteAddr, r.UserAgent(), requestID
	Acted(e, From(r.Context()))
}

// Acted says in an entry of the audit who acted; nil is nobody known.
func Acted(e *audit.Entry, i *Identity) {
	switch {
	case e == nil || i == nil:
	case i.Principal != nil:
		e.Caller = *i.Principal
	default:
		e.Operator, e.Role = i.Name, string(i.Role)
	}
}
