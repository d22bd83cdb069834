package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

type tokenCommand struct {
	Create createToken `cmd:"" help:"Make a token for an operator, and print it once."`
	List   listTokens  `cmd:"" help:"List the tokens of operators."`
	Revoke revokeToken `cmd:"" help:"Revoke a token, and end its sessions."`
}

// shownToken is a token of an operator as the operator API shows it.
type shownToken struct {
	Name, Role, Token                string
	Accounts                         []string
	ExpiresAt, LastUsedAt, CreatedAt *time.Time
}

// Help implements [kong.HelpProvider].
func (*tokenCommand) Help() string {
	return examples("cosell token create ci --role reviewer --accounts 123456789012 --expires 720h", "cosell token list", "cosell token revoke ci")
}

type createToken struct {
	operatorClient

	Name     string        `arg:"" help:"Who uses the token; logs and the audit show it."`
	Role     string        `enum:"administrator,reviewer,auditor" required:"true" placeholder:"ROLE" help:"administrator, reviewer or auditor."`
	Accounts []string      `placeholder:"ACCOUNT" help:"Accounts that the operator may see and change (all)."`
	Expires  time.Duration `placeholder:"AGE" help:"Time after which the token ends (never)."`
}

// Run makes a token.
func (c *createToken) Run(out output) error {
	in := map[string]any{"name": c.Name, "role": c.Role}
	if len(c.Accounts) > 0 {
		in["accounts"] = c.Accounts
	}
	if c.Expires != 0 {
		in["expiresAt"] = time.Now().Add(c.Expires).UTC().Format(time.RFC3339)
	}
	var made shownToken
	return c.ask(out, http.MethodPost, "/tokens", in, &made, func(to io.Writer) { fmt.Fprintln(to, made.Token) })
}

type listTokens struct{ operatorClient }

// Run lists the tokens.
func (c *listTokens) Run(out output) error {
	var list struct{ Tokens []shownToken }
	return c.ask(out, http.MethodGet, "/tokens", nil, &list, func(to io.Writer) {
		fmt.Fprintln(to, "NAME\tROLE\tACCOUNTS\tEXPIRES\tLAST USED")
		for _, t := range list.Tokens {
			accounts := "all"
			if len(t.Accounts) > 0 {
				accounts = strings.Join(t.Accounts, ",")
			}
			fmt.Fprintf(to, "%s\t%s\t%s\t%s\t%s\n", t.Name, t.Role, accounts, shownTime(t.ExpiresAt), shownTime(t.LastUsedAt))
		}
	})
}

// shownTime shows a time that may not be there.
func shownTime(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.Format(time.RFC3339)
}

type revokeToken struct {
	operatorClient

	Name string `arg:"" help:"Name of the token."`
}

// Run revokes a token.
func (c *revokeToken) Run(out output) error {
	if _, err := c.send(http.MethodDelete, "/tokens/"+url.PathEscape(c.Name), nil); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "Revoked %s.\n", c.Name)
	return err
}
