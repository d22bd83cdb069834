// Package notice carries short texts from an operation to its caller beside the
// answer: what a successful request did that the caller may not expect. The wire
// sends them in the header X-Cosell-Notice and logs them.
//
// A notice must not hold a value that may be sensitive.
package notice

import "context"

// maxNotices bounds how many notices a request can have.
const maxNotices = 10

// List collects the notices of one request. The zero value is empty and ready for
// use. It is used by one goroutine at a time.
type List struct{ texts []string }

// Texts returns the notices.
func (l *List) Texts() []string { return l.texts }

// Add appends notices. Those that are too many are dropped.
func (l *List) Add(texts ...string) {
	l.texts = append(l.texts, texts[:min(len(texts), maxNotices-len(l.texts))]...)
}

// Key is the key of a context's *List. A context that holds a list answers it to
// this key.
type Key struct{}

// Add appends notices to the list of a context, if it has one.
func Add(ctx context.Context, texts ...string) {
	if len(texts) == 0 {
		return
	}
	if list, ok := ctx.Value(Key{}).(*List); ok {
		list.Add(texts...)
	}
}
