// Package record keeps the exchanges between a client and an endpoint of the API in a file, and sends them to an
// endpoint later, to see what answers differently.
package record

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"cosell/internal/api"
)

// formatVersion is the version of the file's form.
const formatVersion = 1

// maxLine bounds a line of a recording.
const maxLine = 16 << 20

// Header is the first line of a recording.
type Header struct {
	Format    int       `json:"cosellRecording"` // version of the form
	Model     string    `json:"model"`           // date of the contract that it was made with
	Upstream  string    `json:"upstream"`
	Started   time.Time `json:"started"`
	Sensitive Sensitive `json:"sensitive"` // what was done with sensitive members
}

// Exchange is a request and its answer.
type Exchange struct {
	Number       int            `json:"number"`
	Account      string         `json:"account"` // the access key, which names an account with development keys
	Operation    string         `json:"operation"`
	Request      map[string]any `json:"request"`
	Status       int            `json:"status"`
	Error        string         `json:"error,omitempty"` // the exception
	Answer       map[string]any `json:"answer,omitempty"`
	Milliseconds float64        `json:"milliseconds"`
}

// Reader reads a recording.
type Reader struct {
	Header Header

	lines *bufio.Scanner
	line  int
}

// NewReader reads the header. A recording of another form or contract is refused.
func NewReader(r io.Reader) (*Reader, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	reader := &Reader{lines: lines}
	if !reader.next(&reader.Header) || reader.Header.Format == 0 {
		return nil, errors.New("line 1: is no header of a recording; 'cosell record' makes recordings")
	}
	switch h := reader.Header; {
	case h.Format != formatVersion:
		return nil, fmt.Errorf("line 1: the recording has form %d; this version of Cosell reads form %d", h.Format, formatVersion)
	case h.Model != api.ModelDate:
		return nil, fmt.Errorf("line 1: the recording was made with AWS's model of %s; this version of Cosell has that of %s: record again", h.Model, api.ModelDate)
	}
	return reader, nil
}

// next decodes a line and reports whether there was one that could be decoded.
func (r *Reader) next(into any) bool {
	if !r.lines.Scan() {
		return false
	}
	r.line++
	return json.Unmarshal(r.lines.Bytes(), into) == nil
}

// Next returns the next exchange, [io.EOF] after the last one.
func (r *Reader) Next() (*Exchange, error) {
	var e Exchange
	before := r.line
	switch {
	case r.next(&e) && e.Operation != "":
		return &e, nil
	case r.lines.Err() != nil:
		return nil, fmt.Errorf("line %d: %w", r.line+1, r.lines.Err())
	case r.line == before:
		return nil, io.EOF
	}
	return nil, fmt.Errorf("line %d: is no exchange; the file was cut off or changed", r.line)
}
