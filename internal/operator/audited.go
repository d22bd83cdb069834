package operator

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"cosell/internal/access"
	"cosell/internal/audit"
)

// toldMembers are the members of requests which say what was decided and hold nothing
// that is sensitive. The audit keeps them, and no others.
var toldMembers = []string{
	"decision", "mode", "role", "name", "accounts", "account", "catalog", "outcome", "reasonCode", "existing", "advance", "set", "reset",
	"enabled", "active", "expiresAt", "searchOpportunities", "opportunityBulkJobs", "target", "sequence", "managed", "status",
	"maxSessionDuration", "rejectDuplicates", "after", "limits",
}

// maxTold bounds the bodies that are looked at.
const maxTold = 64 << 10

type toldKey struct{}

// tell returns a request with what the audit keeps of its body, which is still to be read.
func tell(r *http.Request) *http.Request {
	if r.Body == nil || r.ContentLength == 0 || r.URL.Path == importPath {
		return r
	}
	begin, err := io.ReadAll(io.LimitReader(r.Body, maxTold))
	rest := r.Body
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(begin), errorReader{err}, rest), rest}
	var given map[string]json.RawMessage
	if json.Unmarshal(begin, &given) != nil {
		return r
	}
	told := map[string]any{}
	for _, name := range toldMembers {
		if value, ok := given[name]; ok {
			told[name] = value
		}
	}
	return r.WithContext(context.WithValue(r.Context(), toldKey{}, told))
}

// errorReader returns an error again that reading gave, or nothing.
type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	return 0, io.EOF
}

// audited returns a middleware that keeps what operators do.
func (c Config) audited() func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		op := ctx.Operation()
		reads := op.Method == http.MethodGet
		always := strings.HasSuffix(op.Path, "/export") // whoever has the file can act as the server
		if !c.Audit.Wants(reads && !always) {
			next(ctx)
			return
		}
		e := c.Audit.Begin(audit.SourceOperator, eventName(op), reads)
		r, w := humago.Unwrap(ctx)
		access.Sent(e, r, w.Header().Get("X-Amzn-Requestid"))
		if e.Caller.ARN == "" {
			e.Caller.Account = accountOf(r, ctx)
		}
		e.Request = parameters(ctx, r)
		e.Always = always
		defer func() {
			cause := recover()
			c.endEntry(ctx, e, cause)
			if cause != nil {
				panic(cause)
			}
		}()
		next(huma.WithContext(ctx, audit.With(ctx.Context(), e)))
	}
}

// endEntry keeps what became of a request whose handler returned, or panicked with a cause.
func (c Config) endEntry(ctx huma.Context, e *audit.Entry, cause any) {
	status := ctx.Status()
	if cause != nil {
		status = http.StatusInternalServerError
	}
	if status >= http.StatusBadRequest {
		if e.Recorded() { // a part of the decision is committed, and the rest failed
			e = e.For(e.Recipient)
		}
		e.ErrorCode = strings.ReplaceAll(http.StatusText(status), " ", "")
	}
	if e.ReadOnly && !e.Always {
		c.Audit.End(ctx.Context(), e)
		return
	}
	if err := c.Audit.EndNow(context.WithoutCancel(ctx.Context()), e); err != nil {
		c.Log.LogAttrs(ctx.Context(), slog.LevelError, "write audit", slog.String("cause", err.Error()))
	}
}

// eventName returns the name of a route's event, such as PostOpportunitiesByIdReview.
func eventName(op *huma.Operation) string {
	var name strings.Builder
	for part := range strings.SplitSeq(op.OperationID, "-") {
		if part != "" {
			name.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return name.String()
}

// accountOf returns the account that a request concerns, "" for none or several.
func accountOf(r *http.Request, ctx huma.Context) string {
	told, _ := r.Context().Value(toldKey{}).(map[string]any)
	var inBody string
	if text, ok := told["account"].(json.RawMessage); ok && json.Unmarshal(text, &inBody) != nil {
		inBody = ""
	}
	for _, account := range []string{ctx.Param("account"), ctx.Query("account"), inBody} {
		if account != "" && account != "*" && len(account) <= maxAccount {
			return account
		}
	}
	return ""
}

const maxAccount = 12

// parameters returns what the audit keeps of a request: the parameters of its path and
// query, and what its body says of the decision.
func parameters(ctx huma.Context, r *http.Request) []byte {
	all := map[string]any{}
	for _, p := range ctx.Operation().Parameters {
		value := ""
		switch p.In {
		case "path":
			value = ctx.Param(p.Name)
		case "query":
			value = ctx.Query(p.Name)
		}
		const most = 200
		if value != "" {
			all[p.Name] = value[:min(len(value), most)]
		}
	}
	told, _ := r.Context().Value(toldKey{}).(map[string]any)
	maps.Copy(all, told)
	encoded, err := json.Marshal(all)
	if err != nil || len(all) == 0 {
		return nil
	}
	return encoded
}
