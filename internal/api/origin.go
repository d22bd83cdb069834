package api

import "context"

type requestURLKey struct{}

// RequestURLKey is the key of the context's value that [RequestURL] returns, a text.
var RequestURLKey any = requestURLKey{}

// RequestURL returns the scheme and host with which the client of a request reached
// the server, such as http://127.0.0.1:8787, or "" where nobody did.
func RequestURL(ctx context.Context) string {
	url, _ := ctx.Value(RequestURLKey).(string)
	return url
}
