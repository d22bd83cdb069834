package awsjson_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestAttackRequestSmuggling sees that requests whose end a proxy in front may see elsewhere
// are refused, together with whatever follows them on the connection.
func TestAttackRequestSmuggling(t *testing.T) {
	const head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: " + json10 + "\r\nX-Amz-Target: AWSPartnerCentralSelling.GetOpportunity\r\n"
	const hidden = "POST /hidden HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
	const single = "one length" // is answered, with what follows
	for name, sent := range map[string]string{
		single:                        head + "Content-Length: 0\r\n\r\n",
		"two lengths":                 head + "Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
		"a length with a sign":        head + "Content-Length: +5\r\n\r\n",
		"a list of lengths":           head + "Content-Length: 0, 5\r\n\r\n",
		"an unknown encoding":         head + "Transfer-Encoding: xchunked\r\n\r\n",
		"two encodings":               head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n",
		"a space before the colon":    head + "Content-Length : 5\r\n\r\n",
		"a header that goes on":       head + "X-A: b\r\n\x0bContent-Length: 5\r\n\r\n",
		"a line break within a value": head + "X-A: b\rContent-Length: 5\r\n\r\n",
		"two hosts":                   "POST / HTTP/1.1\r\nHost: x\r\nHost: y\r\nContent-Length: 0\r\n\r\n",
		"a chunk without a size":      head + "Transfer-Encoding: chunked\r\n\r\n;\r\n\r\n0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, conn := net.Pipe()
				l := oneConn{conns: make(chan net.Conn, 1), done: make(chan struct{})}
				l.conns <- conn
				var answered, hiddenSeen atomic.Int64
				inner := new(world).handler()
				server := &http.Server{ReadTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/hidden" {
						hiddenSeen.Add(1)
					}
					inner.ServeHTTP(w, r)
				})}
				go server.Serve(l)
				go io.WriteString(client, sent+hidden)
				all := bufio.NewReader(client)
				for {
					answer, err := http.ReadResponse(all, nil)
					if err != nil {
						break
					}
					answered.Add(1)
					body, _ := io.ReadAll(answer.Body)
					if answer.StatusCode < 400 || strings.Contains(string(body), "panic") {
						t.Errorf("%s: %s", answer.Status, body)
					}
				}
				client.Close()
				server.Close()
				want := int64(1)
				if name == single {
					want = 2
				}
				if hiddenSeen.Load() != want-1 || answered.Load() != want {
					t.Errorf("%d answers, %d requests that followed were seen", answered.Load(), hiddenSeen.Load())
				}
			})
		})
	}
}
