package server

import (
	"net/http"
	"strings"

	"cosell/internal/api"
	"cosell/internal/console"
	"cosell/internal/events/eventsapi"
	"cosell/internal/operator"
	"cosell/internal/s3"
	"cosell/internal/signin"
)

// consoleRoute is the pattern of the console: with strict auth it takes more than reads.
func (c *Config) consoleRoute() string {
	if c.Strict {
		return console.Prefix
	}
	return http.MethodGet + " " + console.Prefix
}

// console returns the handler of the console. With strict auth operators sign in to it.
func (c *Config) console(s *Server, guard operator.Guard, calls, uploads http.Handler) http.Handler {
	if !c.Strict {
		return console.New()
	}
	return signin.New(signin.Config{
		Access: s.access, Identify: guard.Identify, Refuse: guard.Refuse, Log: s.log,
		Console: console.New(), Calls: calls, Uploads: uploads, Bucket: s3.Bucket, Reads: onlyReads,
		Audit: s.audit, RequestID: s.requestIDs,
	})
}

// onlyReads reports whether the operation that a target names only reads.
func onlyReads(target string) bool {
	prefix, name, _ := strings.Cut(target, ".")
	operations := map[string][]api.Operation{api.TargetPrefix: api.Operations, eventsapi.TargetPrefix: eventsapi.Operations}[prefix]
	op, found := api.LookupIn(operations, name)
	return found && op.ReadOnly
}
