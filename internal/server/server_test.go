package server

import (
	"net"
	"testing"
)

func TestURLIsReachedFromThisMachine(t *testing.T) {
	for listener, want := range map[string]string{
		"127.0.0.1:8787": "127.0.0.1:8787", "[::1]:8787": "[::1]:8787", "192.0.2.1:80": "192.0.2.1:80",
		"0.0.0.0:8787": "localhost:8787", "[::]:8787": "localhost:8787",
	} {
		address, err := net.ResolveTCPAddr("tcp", listener)
		if err != nil {
			t.Fatal(err)
		}
		if got := fromHere(address); got != want {
			t.Errorf("%s: %s, want %s", listener, got, want)
		}
	}
}
