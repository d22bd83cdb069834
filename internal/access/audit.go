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
	if i := From(r.Context()); i != nil {
		e.Operator, e.Role = i.Name, string(i.Role)
	}
}
