package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"regexp"
	"sync"
)

// Sinks are the targets that the operator of the server provides.
type Sinks struct {
	Directory string    // of JSON-lines files; empty for none
	Output    io.Writer // for lines on standard output; nil for none
	Bus       *Bus      // an EventBridge elsewhere; nil for none
}

var fileName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$`)

// lineTarget writes a line for each message.
type lineTarget struct {
	write func(line []byte) error
}

// Send implements [Target].
func (t lineTarget) Send(_ context.Context, m Message) Outcome {
	line, err := json.Marshal(struct {
		Account string          `json:"account"`
		Event   json.RawMessage `json:"event"`
	}{m.Account, m.Body})
	if err != nil {
		return Outcome{Code: codeJSON, Message: err.Error(), Final: true}
	}
	if err := t.write(append(line, '\n')); err != nil {
		return Outcome{Code: codeInternal, Message: err.Error()}
	}
	return Outcome{}
}

var outputLock sync.Mutex

// output returns the target of standard output.
func (s *Sinks) output() (Target, error) {
	if s.Output == nil {
		return nil, errors.New("url: the server does not print events; start it with --event-output")
	}
	return lineTarget{func(line []byte) error {
		outputLock.Lock()
		defer outputLock.Unlock()
		_, err := s.Output.Write(line)
		return err
	}}, nil
}

// file returns the target that appends to a file in the directory.
func (s *Sinks) file(name string) (Target, error) {
	switch {
	case s.Directory == "":
		return nil, errors.New("url: the server writes no files; start it with --event-files DIR")
	case !fileName.MatchString(name):
		return nil, errors.New("url: the name of the file must have letters, digits, dots, dashes and underscores")
	}
	return lineTarget{func(line []byte) error {
		root, err := os.OpenRoot(s.Directory)
		if err != nil {
			return err
		}
		defer func() { _ = root.Close() }()
		f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			return err
		}
		_, err = f.Write(line)
		if closed := f.Close(); err == nil {
			err = closed
		}
		return err
	}}, nil
}
