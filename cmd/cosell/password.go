package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

type passwordCommand struct {
	Set    setPassword    `cmd:"" help:"Set the password with which a user signs in to the console."`
	Show   showPassword   `cmd:"" help:"Show since when a user has a password, and when it was used last."`
	Delete deletePassword `cmd:"" help:"Remove a user's password, and end its sessions."`
}

// Help implements [kong.HelpProvider].
func (*passwordCommand) Help() string {
	return examples("cosell user password set alice --account 111122223333", "cosell user password delete alice --account 111122223333")
}

type setPassword struct {
	ofAccount

	Name  string `arg:"" help:"Name of the user."`
	Stdin bool   `help:"Read the password from the first line of standard input, instead of making one and printing it."`
}

// Run sets the password.
func (c *setPassword) Run(out output) error {
	password := rand.Text()
	if c.Stdin {
		line, err := bufio.NewReader(io.LimitReader(os.Stdin, 1<<10)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read password: %w", err)
		}
		password = strings.TrimRight(line, "\r\n")
	}
	if _, err := c.send(http.MethodPut, c.path("users", c.Name, "password"), map[string]string{"password": password}); err != nil {
		return err
	}
	fmt.Fprintf(out, "User %s signs in to the console with account %s.\n", c.Name, c.Account)
	if !c.Stdin {
		fmt.Fprintf(out, "Password, which is not shown again:\n%s\n", password)
	}
	return nil
}

type showPassword struct {
	ofAccount

	Name string `arg:"" help:"Name of the user."`
}

// Run shows when the password was set and last used.
func (c *showPassword) Run(out output) error {
	var p struct{ CreatedAt, LastUsedAt time.Time }
	return c.ask(out, http.MethodGet, c.path("users", c.Name, "password"), nil, &p, func(to io.Writer) {
		used := "never"
		if !p.LastUsedAt.IsZero() {
			used = p.LastUsedAt.Format(time.RFC3339)
		}
		fmt.Fprintf(to, "Set\t%s\nLast used\t%s\n", p.CreatedAt.Format(time.RFC3339), used)
	})
}

type deletePassword struct {
	ofAccount

	Name string `arg:"" help:"Name of the user."`
}

// Run removes the password.
func (c *deletePassword) Run(out output) error {
	return c.change(out, http.MethodDelete, c.path("users", c.Name, "password"), nil, "Removed the password of "+c.Name+".")
}
