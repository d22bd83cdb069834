package main

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"

	"cosell/internal/access"
)

// operatorFlags are the flags of serve about operators.
type operatorFlags struct {
	OperatorToken     string   `placeholder:"TOKEN" help:"Token of the first administrator, 32 characters or more. Other processes of this machine can read a command line: prefer the variable or the file."`
	OperatorTokenFile string   `type:"existingfile" placeholder:"FILE" help:"File with the token of the first administrator."`
	MetricsToken      string   `placeholder:"TOKEN" help:"Token that reads /metrics and nothing else, with strict auth. Prefer the variable."`
	TrustedProxies    []string `placeholder:"CIDR" help:"Networks of proxies whose X-Forwarded-For, Forwarded and X-Forwarded-Proto headers are believed."`
	MetricsAllow      []string `placeholder:"CIDR" help:"Networks, such as 10.0.0.0/8, that may read /metrics without a token, with strict auth."`
}

// token returns the token of the first administrator, "" without one.
func (f operatorFlags) token() (string, error) {
	if f.OperatorTokenFile == "" {
		return f.OperatorToken, nil
	}
	content, err := os.ReadFile(f.OperatorTokenFile)
	if err != nil {
		return "", fmt.Errorf("--operator-token-file: %w", err)
	}
	return strings.TrimSpace(string(content)), nil
}

// checkOperators refuses flags about operators that are wrong.
func (f operatorFlags) checkOperators() error {
	token, err := f.token()
	if err != nil {
		return err
	}
	for _, t := range []string{token, f.MetricsToken} {
		if t != "" && access.CheckToken(t) != nil {
			return fmt.Errorf("--operator-token and --metrics-token: %w", access.CheckToken(t))
		}
	}
	if f.MetricsToken != "" && f.MetricsToken == token {
		return errors.New("--metrics-token: must not be the token of the administrator")
	}
	if _, err := parseNetworks("--metrics-allow", f.MetricsAllow); err != nil {
		return err
	}
	_, err = parseNetworks("--trusted-proxies", f.TrustedProxies)
	return err
}

// parseNetworks parses the networks that a flag names. An address is a network of one.
func parseNetworks(flag string, texts []string) ([]netip.Prefix, error) {
	networks := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		network, err := netip.ParsePrefix(text)
		if address, wrong := netip.ParseAddr(text); wrong == nil {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: is %.50q; must be addresses or networks, such as 10.0.0.0/8", flag, text)
		}
		networks[i] = network.Masked()
	}
	return networks, nil
}

// strict reports whether requests are authenticated strictly.
func (c *serve) strict() bool { return c.Auth == "strict" }
