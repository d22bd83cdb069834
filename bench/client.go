package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
)

// client is one connection of the load. It shares its machine with what it
// measures, so it must cost little: requests were rendered and signed before,
// one is under way at a time, and of an answer it reads the status, the length
// and as many bytes. A client of net/http costs as much as a server of it.
type client struct {
	conn   net.Conn
	buffer []byte
}

// dial connects to an address like 127.0.0.1:8787.
func dial(ctx context.Context, address string) (*client, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	const firstBuffer = 64 << 10
	return &client{conn: conn, buffer: make([]byte, 0, firstBuffer)}, nil
}

func (c *client) close() { _ = c.conn.Close() }

// do sends a request and returns the body of its answer, which is good until
// the next one.
func (c *client) do(request []byte) ([]byte, error) {
	if _, err := c.conn.Write(request); err != nil {
		return nil, err
	}
	c.buffer = c.buffer[:0]
	for {
		if len(c.buffer) == cap(c.buffer) {
			c.buffer = slices.Grow(c.buffer, cap(c.buffer))
		}
		n, err := c.conn.Read(c.buffer[len(c.buffer):cap(c.buffer)])
		c.buffer = c.buffer[:len(c.buffer)+n]
		if body, complete, parseErr := parse(c.buffer); complete || parseErr != nil {
			return body, parseErr
		}
		if err != nil {
			return nil, fmt.Errorf("the answer ended after %d bytes: %w", len(c.buffer), err)
		}
	}
}

var (
	statusOK      = []byte("HTTP/1.1 200 ")
	contentLength = []byte("\r\nContent-Length: ") // spelt as every server of net/http does
	lineEnd       = []byte("\r\n")
	headEnd       = []byte("\r\n\r\n")
)

// parse returns the body of an answer once all of it is there. An answer that is
// not a success is an error: nothing measured may fail.
func parse(answer []byte) (body []byte, complete bool, err error) {
	head, body, found := bytes.Cut(answer, headEnd)
	if !found {
		return nil, false, nil
	}
	_, length, found := bytes.Cut(head, contentLength)
	if !found {
		return nil, false, fmt.Errorf("the answer does not say its length: %s", head)
	}
	length, _, _ = bytes.Cut(length, lineEnd)
	n, err := strconv.Atoi(string(length))
	switch {
	case err != nil:
		return nil, false, fmt.Errorf("the length of the answer: %w", err)
	case len(body) < n:
		return nil, false, nil
	case len(body) > n:
		return nil, false, fmt.Errorf("the answer has %d bytes behind its end", len(body)-n)
	case !bytes.HasPrefix(head, statusOK):
		return nil, false, fmt.Errorf("the answer is no success: %s", answer)
	}
	return body, true, nil
}
