package awsjson_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// oneConn is a listener for a single connection in memory, whose deadlines
// follow the clock of a synctest bubble.
type oneConn struct {
	conns chan net.Conn
	done  chan struct{}
}

func (l oneConn) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}
func (l oneConn) Close() error { close(l.done); return nil }
func (oneConn) Addr() net.Addr { return &net.TCPAddr{} }

func TestSlowClientsAreCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, conn := net.Pipe()
		l := oneConn{conns: make(chan net.Conn, 1), done: make(chan struct{})}
		l.conns <- conn
		s := new(world)
		server := &http.Server{Handler: s.handler(), ReadTimeout: 10 * time.Second}
		go server.Serve(l)
		start := time.Now()
		go io.WriteString(client, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: "+json10+
			"\r\nX-Amz-Target: AWSPartnerCentralSelling.GetOpportunity\r\nContent-Length: 100\r\n\r\n{\"Catalog\":")
		answer, err := http.ReadResponse(bufio.NewReader(client), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("answered after %v", took)
		}
		if answer.StatusCode != http.StatusRequestTimeout || !answer.Close || !strings.Contains(string(body), "body: timed out after 11 bytes") {
			t.Errorf("got %d (close: %t) %s", answer.StatusCode, answer.Close, body)
		}
		client.Close()
		server.Close()
	})
}
