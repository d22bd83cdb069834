package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
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
	"time"

	"cosell/internal/certificate"
	"cosell/internal/clock"
	"cosell/internal/fault"
	"cosell/internal/limit"
	"cosell/internal/observe"
	"cosell/internal/quota"
	"cosell/internal/secrets"
	"cosell/internal/selling"
	"cosell/internal/server"
	"cosell/internal/store"
	"cosell/internal/store/postgres"
	"cosell/internal/store/sqlite"
)

// serve has the flags of a server.
type serve struct {
	retentionFlags   `embed:""`
	eventFlags       `embed:""`
	operatorFlags    `embed:""`
	determinismFlags `embed:""`
	auditFlags       `embed:""`
	bulkFlags        `embed:""`

	Listen              string   `default:"127.0.0.1:8787" placeholder:"ADDRESS" help:"Address to listen on (${default}); port 0 chooses a free port."`
	Data                string   `default:"${data}" placeholder:"DIR" help:"Directory of the embedded store (${default})."`
	DatabaseURL         string   `name:"database-url" placeholder:"URL" help:"PostgreSQL database to use instead of the embedded store; any number of servers may share it."`
	Auth                string   `enum:"dev,strict" default:"dev" help:"Accepted signatures: dev accepts the secret 'test' for any account, strict only registered keys (${default})."`
	DevOnNetwork        bool     `help:"Accept the development keys on any address: for test networks that only you can reach, such as those of containers."`
	TLSCert             string   `name:"tls-cert" type:"existingfile" placeholder:"FILE" help:"Certificate in PEM, with those between it and its authority, to serve HTTPS. It is read anew when the file changes."`
	TLSKey              string   `name:"tls-key" type:"existingfile" placeholder:"FILE" help:"Private key of --tls-cert in PEM."`
	TLSClientCA         string   `name:"tls-client-ca" type:"existingfile" placeholder:"FILE" help:"Authorities in PEM of which clients of the operator API, the console and the metrics must show a certificate."`
	Quotas              string   `default:"off" placeholder:"QUOTAS" help:"Quotas of requests: off, aws for those that AWS publishes, or a file (${default})."`
	Faults              string   `type:"existingfile" placeholder:"FILE" help:"List of faults to begin with, as the operator API takes it, in order to test clients."`
	Fixtures            []string `type:"existingfile" sep:"none" placeholder:"FILE" help:"Files of records to load at the start, in YAML or JSON; give the flag once for each file. Records of names that were loaded before are kept."`
	RequestLog          int      `default:"1000" placeholder:"N" help:"Last requests to keep in memory with their answers, for cosell requests and the console; 0 keeps none (${default})."`
	LogLevel            string   `enum:"debug,info,warn,error" default:"info" placeholder:"LEVEL" help:"Lowest level that is logged: debug, info, warn or error (${default})."`
	LogFormat           string   `enum:"text,json" default:"text" placeholder:"FORMAT" help:"Format of the log on standard error: text or json (${default})."`
	Products            string   `placeholder:"FILE" help:"List of AWS products that may be associated, in the format of AWS's aws_products.json, or 'any' for any code (default: the list that AWS published last)."`
	SecretsKeyFile      string   `type:"existingfile" placeholder:"FILE" help:"File with the key that seals the secrets in the store: 32 bytes in base64. COSELL_SECRETS_KEY may hold the key itself; without either the secrets are stored unsealed."`
	MaxCustomerAccounts int64    `default:"0" placeholder:"N" help:"Customer accounts that an account may have in a catalog; AWS documents no number, and 0 is no limit (${default})."`
	PublicURL           string   `name:"public-url" placeholder:"URL" help:"Address of the server as clients know it, for the URLs of reports; each request's own address without it. With --dev-on-network the operator API answers under its host, too."`
	Demo                bool     `help:"Begin with two partners and sixty opportunities in catalog Sandbox, in a temporary store unless another one is named, and show what to try. A store that has other records is refused."`
}

// defaultData returns the data directory of the XDG Base Directory Specification, ""
// if there is no home directory.
func defaultData() string {
	base := os.Getenv("XDG_DATA_HOME")
	if !filepath.IsAbs(base) { // the specification says to ignore such values
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		base = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(base, "cosell")
}

// gcPercent is the growth of the heap, in percent of what is live, that starts a
// garbage collection. The live heap is small; with the default of 100, collections
// take a quarter of the time of reads.
const gcPercent = 400

// Run serves until the process is told to stop.
func (c *serve) Run(out output, errs diagnostics, given flagsGiven) error {
	if given["data"] && !given["database-url"] {
		c.DatabaseURL = "" // a flag wins over a variable
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return err
	}
	buffered := observe.NewBufferedWriter(errs)
	defer buffered.Flush()
	log := observe.NewLogger(buffered, c.LogFormat, level)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	limit.FollowCgroup()
	remove, err := c.temporary(given)
	if err != nil {
		return err
	}
	defer remove()
	s, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	go debug.FreeOSMemory() // what starting took; an idle server would keep it, collecting nothing
	keys := " AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
	if c.strict() {
		keys = ""
	}
	fmt.Fprintf(out, `cosell %s is listening on %[2]s (data in %s)
  export AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=%[2]s
  export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1%[4]s
Look at it: %[2]s/console/
`, currentBuild().version, s.URL(), c.location(), keys)
	c.warn(out, s)
	if c.Demo {
		return s.Run(ctx, func(ctx context.Context) error { return demo(ctx, out, s) })
	}
	return s.Run(ctx, nil)
}

// Help implements [kong.HelpProvider].
func (*serve) Help() string {
	return examples("cosell serve", "cosell serve --demo", "cosell serve --listen 127.0.0.1:0 --data /tmp/cosell",
		"cosell serve --database-url postgres://cosell@localhost/cosell")
}

// onNetwork reports whether the development keys are accepted beyond this machine.
func (c *serve) onNetwork() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	return err == nil && c.Auth == "dev" && c.DevOnNetwork && !isLoopback(host)
}

// warn prints what is unusual about a server.
func (c *serve) warn(out output, s *server.Server) {
	if c.onNetwork() {
		fmt.Fprintf(out, "  WARNING: everybody who reaches %s can act as any account, as AWS and as the operator\n", c.Listen)
	}
	if c.strict() {
		c.warnStrict(out)
	}
	if s.Clock().Adjusted() {
		fmt.Fprintf(out, "  The business clock shows %s, not the real time; return with: cosell clock reset\n", s.Clock().Now().Format(time.RFC3339))
	}
}

// check refuses flags that are wrong or unsafe.
func (c *serve) check() error {
	host, _, err := net.SplitHostPort(c.Listen)
	switch {
	case err != nil:
		return fmt.Errorf("--listen: must be an address and a port, such as 127.0.0.1:8787: %w", err)
	case c.Auth == "dev" && !isLoopback(host) && !c.DevOnNetwork:
		return fmt.Errorf("--auth: must be strict to listen on %s, since anybody who reaches that address could use the development keys; "+
			"--dev-on-network allows that in a test network", c.Listen)
	case c.strict() && c.Demo:
		return errors.New("--demo: must not be given together with --auth strict, since its client has no registered key")
	case c.Data == "" && c.DatabaseURL == "":
		return errors.New("--data: must be set, since there is no home directory")
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return errors.New("--tls-cert: must be given together with --tls-key")
	}
	if c.Demo && c.TLSCert != "" {
		return errors.New("--demo: must not be given together with --tls-cert, since its client may not trust the certificate")
	}
	if c.TLSClientCA != "" && c.TLSCert == "" {
		return errors.New("--tls-client-ca: must be given together with --tls-cert and --tls-key")
	}
	if err := errors.Join(c.checkOperators(), c.checkDeterminism()); err != nil {
		return err
	}
	return c.retention().Check()
}

// location returns where the data is, for display. The URL of a database is not
// shown, since it may hold a password.
func (c *serve) location() string {
	if c.DatabaseURL != "" {
		return "PostgreSQL"
	}
	return c.Data
}

// openStore opens the store that the flags name.
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

// secretsKeyVariable is the environment variable that may hold the key of the secrets itself.
const secretsKeyVariable = "COSELL_SECRETS_KEY" //nolint:gosec // a name

// secrets returns the keeper of the store's secrets, with the key of the key file or
// the environment, if there is one.
func (c *serve) secrets() (*secrets.Keeper, error) {
	text := os.Getenv(secretsKeyVariable)
	switch {
	case c.SecretsKeyFile != "":
		content, err := os.ReadFile(c.SecretsKeyFile)
		if err != nil {
			return nil, fmt.Errorf("--secrets-key-file: %w", err)
		}
		text = string(content)
	case text == "" && c.Seed != nil:
		return nil, nil // the server makes one of the seed
	case text == "":
		return secrets.New(nil, rand.Reader)
	}
	key, err := secrets.ParseKey(text)
	if err != nil {
		return nil, fmt.Errorf("secrets %w", err)
	}
	return secrets.New(key, rand.Reader)
}

// quotas returns the quotas of requests, nil without any.
func (c *serve) quotas() (*quota.Limits, error) {
	switch c.Quotas {
	case "", "off":
		return nil, nil
	case "aws":
		return quota.AWS(), nil
	}
	text, err := os.ReadFile(c.Quotas)
	if err != nil {
		return nil, fmt.Errorf("--quotas: must be off, aws or a file: %w", err)
	}
	limits, err := quota.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("--quotas %s: %w", c.Quotas, err)
	}
	return limits, nil
}

// tls returns how HTTPS is served, nil for HTTP.
func (c *serve) tls(log *slog.Logger) (*tls.Config, error) {
	if c.TLSCert == "" {
		return nil, nil
	}
	config, err := certificate.TLS(certificate.Config{
		CertFile: c.TLSCert, KeyFile: c.TLSKey, ClientCA: c.TLSClientCA, Now: clock.System().Now, Log: log,
	})
	if err != nil {
		return nil, fmt.Errorf("--tls-cert: %w", err)
	}
	return config, nil
}

// faults returns the faults that the server begins with.
func (c *serve) faults() ([]fault.Fault, error) {
	if c.Faults == "" {
		return nil, nil
	}
	text, err := os.ReadFile(c.Faults)
	if err != nil {
		return nil, fmt.Errorf("--faults: %w", err)
	}
	faults, err := fault.Parse(text)
	if err == nil {
		err = fault.NewTable(nil).Set(faults, 0)
	}
	if err != nil {
		return nil, fmt.Errorf("--faults %s: %w", c.Faults, err)
	}
	return faults, nil
}

// products returns the product catalog, nil for any code.
func (c *serve) products() (*selling.ProductCatalog, error) {
	switch c.Products {
	case "":
		return selling.AWSProducts(), nil
	case "any":
		return nil, nil
	}
	f, err := os.Open(c.Products)
	if err != nil {
		return nil, err
	}
	defer func(f io.Closer) { _ = f.Close() }(f)
	products, err := selling.ReadProductCatalog(f)
	if err != nil {
		return nil, fmt.Errorf("--products %s: %w", c.Products, err)
	}
	return products, nil
}
