package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"

	"cosell/internal/observe"
	"cosell/internal/secrets"
	"cosell/internal/selling"
	"cosell/internal/store"
	"cosell/internal/store/postgres"
	"cosell/internal/store/sqlite"
)

// serve is what the command line says of a server.
type serve struct {
	Listen         string `default:"127.0.0.1:8787" placeholder:"ADDRESS" help:"Address to listen on (${default}); with port 0 a free port is taken."`
	Data           string `default:"${data}" placeholder:"DIR" help:"Directory of the embedded store (${default})."`
	DatabaseURL    string `name:"database-url" placeholder:"URL" help:"PostgreSQL database to use in place of the embedded store; any number of servers may share it."`
	Auth           string `enum:"dev,strict" default:"dev" help:"Whose signatures count: dev knows the secret 'test' for any account, strict only registered keys (${default})."`
	LogLevel       string `enum:"debug,info,warn,error" default:"info" placeholder:"LEVEL" help:"Least level of what is logged: debug, info, warn or error (${default})."`
	LogFormat      string `enum:"text,json" default:"text" placeholder:"FORMAT" help:"Form of the log on standard error: text or json (${default})."`
	Products       string `type:"existingfile" placeholder:"FILE" help:"AWS products that may be associated, as in AWS's aws_products.json; every code may without it."`
	SecretsKeyFile string `type:"existingfile" placeholder:"FILE" help:"File with the key under which the store keeps its secrets: 32 bytes in base64. $${COSELL_SECRETS_KEY} may hold the key itself; without either they are stored unsealed."`
	Demo           bool   `help:"Create an opportunity in the catalog Sandbox and list what is there, signed like any client."`
}

// defaultData is where the data of programs goes by the XDG Base Directory
// Specification, "" when there is no home.
func defaultData() string {
	base := os.Getenv("XDG_DATA_HOME")
	if !filepath.IsAbs(base) { // the specification wants such values ignored
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		base = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(base, "cosell")
}

// garbage is how far memory may grow before it is collected, in percent of what
// is live: little is, and a quarter of the time of reads would go into collecting.
const garbage = 400

// Run serves until the process is told to stop.
func (c *serve) Run(out output, errs diagnostics) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return err
	}
	lines := observe.NewLines(errs)
	defer lines.Flush()
	log := observe.NewLogger(lines, c.LogFormat, level)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	s, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, `cosell %s is listening on %[2]s (data in %s)
  export AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=%[2]s
  export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
`, version, s.url, c.keeper())
	if c.Demo {
		return s.run(ctx, func(ctx context.Context) error { return demo(ctx, out, s.url) })
	}
	return s.run(ctx, nil)
}

// check refuses what this version cannot do, or should not.
func (c *serve) check() error {
	host, _, err := net.SplitHostPort(c.Listen)
	switch {
	case err != nil:
		return fmt.Errorf("--listen must be like 127.0.0.1:8787: %w", err)
	case c.Auth == "dev" && !isLoopback(host):
		return fmt.Errorf("--auth strict is required to listen on %s: anybody who reaches that address could use the development keys", c.Listen)
	case c.Auth == "strict":
		return errors.New("--auth strict is not in this version yet; use --auth dev on a loopback address")
	case c.Data == "" && c.DatabaseURL == "":
		return errors.New("--data is required where there is no home directory")
	}
	return nil
}

// keeper says who keeps the data. A database's URL is not shown: it may hold a
// password.
func (c *serve) keeper() string {
	if c.DatabaseURL != "" {
		return "PostgreSQL"
	}
	return c.Data
}

// openStore opens the store that the command line names.
func (c *serve) openStore(ctx context.Context) (store.Store, error) {
	if c.DatabaseURL != "" {
		return postgres.Open(ctx, c.DatabaseURL, postgres.Options{})
	}
	embedded, err := sqlite.Open(ctx, c.Data)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", c.Data, err)
	}
	return embedded, nil
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.Unmap().IsLoopback()
}

// secrets returns the keeper of the store's secrets, with the key of the file or
// of the environment where there is one.
func (c *serve) secrets() (*secrets.Keeper, error) {
	text := os.Getenv("COSELL_SECRETS_KEY")
	switch {
	case c.SecretsKeyFile != "":
		content, err := os.ReadFile(c.SecretsKeyFile)
		if err != nil {
			return nil, fmt.Errorf("--secrets-key-file: %w", err)
		}
		text = string(content)
	case text == "":
		return secrets.New(nil, rand.Reader)
	}
	key, err := secrets.ParseKey(text)
	if err != nil {
		return nil, fmt.Errorf("secrets key: %w", err)
	}
	return secrets.New(key, rand.Reader)
}

// products reads the product catalogue, nil when none is given.
func (c *serve) products() (*selling.ProductCatalogue, error) {
	if c.Products == "" {
		return nil, nil
	}
	f, err := os.Open(c.Products)
	if err != nil {
		return nil, err
	}
	defer func(f io.Closer) { _ = f.Close() }(f)
	products, err := selling.ReadProductCatalogue(f)
	if err != nil {
		return nil, fmt.Errorf("--products %s: %w", c.Products, err)
	}
	return products, nil
}
