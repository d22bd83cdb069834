package main

import (
	"fmt"
	"net"
	"os"
)

// warnStrict prints what makes a server with strict authentication less safe than it
// could be.
func (c *serve) warnStrict(out output) {
	if token, err := c.token(); err == nil && token == "" {
		fmt.Fprintln(out, "  There is no COSELL_OPERATOR_TOKEN: only operators whose tokens are in the store can administer this server")
	}
	if host, _, err := net.SplitHostPort(c.Listen); err == nil && !isLoopback(host) && c.TLSCert == "" {
		fmt.Fprintln(out, "  WARNING: requests and tokens of operators cross the network unencrypted; give --tls-cert, or put a proxy with TLS in front")
	}
	if c.SecretsKeyFile == "" && os.Getenv(secretsKeyVariable) == "" {
		fmt.Fprintln(out, "  WARNING: whoever reads the store can read the secrets of access keys; give --secrets-key-file")
	}
}
