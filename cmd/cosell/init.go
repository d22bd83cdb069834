package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"cosell/internal/auth"
	"cosell/internal/clock"
	"cosell/internal/identity"
	"cosell/internal/policy"
	"cosell/internal/secrets"
	"cosell/internal/selling"
	"cosell/internal/store"
)

// initCommand sets up a server with strict authentication.
type initCommand struct {
	Data        string `default:"${data}" placeholder:"DIR" help:"Directory of the embedded store, which no server must be using (${default})."`
	DatabaseURL string `name:"database-url" placeholder:"URL" help:"PostgreSQL database to use instead of the embedded store."`
	Keys        string `default:"cosell-keys" placeholder:"DIR" help:"Directory to write the key of the secrets, the operator token and the certificate to (${default}). Keep it apart from the store and its backups."`
	Account     string `default:"111122223333" placeholder:"ACCOUNT" help:"First account, of twelve digits (${default})."`
	CompanyName string `default:"Example Corp" placeholder:"NAME" help:"Company of the first account (${default})."`
	User        string `default:"admin" placeholder:"NAME" help:"First user of that account (${default})."`
	Policy      string `default:"AWSPartnerCentralFullAccess" placeholder:"POLICY" help:"Policy of the first user: a managed policy, or a file (${default})."`
	Host        string `default:"localhost" placeholder:"NAME" help:"Name or address by which clients reach the server, for the certificate (${default})."`
	Port        int    `default:"8787" placeholder:"PORT" help:"Port of the server (${default})."`
	NoTLS       bool   `name:"no-tls" help:"Make no certificate: a proxy in front of the server has one."`
}

// Help implements [kong.HelpProvider].
func (*initCommand) Help() string {
	return examples("cosell init", "cosell init --account 123456789012 --company-name 'Acme' --host cosell.example.com")
}

// The files that init writes.
const (
	secretsKeyFile = "secrets.key"
	operatorFile   = "operator-token"
	certFile       = "tls.crt"
	privateKeyFile = "tls.key"
)

func (c *initCommand) file(name string) string { return filepath.Join(c.Keys, name) }

// Run sets up the server and prints what to do next.
func (c *initCommand) Run(out output, given flagsGiven) error {
	if given["data"] && !given["database-url"] {
		c.DatabaseURL = ""
	}
	if !auth.IsAccountID(c.Account) {
		return errors.New("--account: must have twelve digits")
	}
	source, err := c.source()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Keys, 0o700); err != nil {
		return err
	}
	keeper, err := c.writeKeys()
	if err != nil {
		return err
	}
	key, err := c.fill(context.Background(), keeper, source)
	if err != nil {
		return err
	}
	return c.explain(out, key)
}

// source returns the policy of the first user, which was checked.
func (c *initCommand) source() (identity.Source, error) {
	if _, err := readPolicy(c.Policy, policy.Identity); err != nil {
		return identity.Source{}, fmt.Errorf("--policy: %w", err)
	}
	if _, err := policy.Managed(c.Policy); err == nil {
		return identity.Source{Managed: c.Policy}, nil
	}
	text, err := os.ReadFile(c.Policy)
	return identity.Source{Document: text}, err
}

// writeKeys writes the files, of which none may be there, and returns the keeper of the
// store's secrets.
func (c *initCommand) writeKeys() (*secrets.Keeper, error) {
	const tokenBytes = 32
	random := make([]byte, secrets.KeySize+tokenBytes)
	if _, err := io.ReadFull(rand.Reader, random); err != nil {
		return nil, err
	}
	key, token := random[:secrets.KeySize], random[secrets.KeySize:]
	if err := c.write(secretsKeyFile, base64.StdEncoding.EncodeToString(key)+"\n"); err != nil {
		return nil, err
	}
	if err := c.write(operatorFile, "cosell_"+base64.RawURLEncoding.EncodeToString(token)+"\n"); err != nil {
		return nil, err
	}
	if !c.NoTLS {
		if err := c.writeCertificate(); err != nil {
			return nil, err
		}
	}
	return secrets.New(key, rand.Reader)
}

func (c *initCommand) write(name, content string) error {
	f, err := os.OpenFile(c.file(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: is there already; name another directory with --keys to set up another server", c.file(name))
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(content)
	return errors.Join(err, f.Close())
}

// writeCertificate writes a certificate that signs itself, for a start: clients must be
// told to trust it.
func (c *initCommand) writeCertificate() error {
	const life = 825 * 24 * time.Hour // the longest that Apple's clients take
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return err
	}
	now := clock.System().Now()
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: c.Host}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(life),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if address := net.ParseIP(c.Host); address != nil {
		template.IPAddresses = append(template.IPAddresses, address)
	} else if c.Host != "localhost" {
		template.DNSNames = append(template.DNSNames, c.Host)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := c.write(certFile, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))); err != nil {
		return err
	}
	return c.write(privateKeyFile, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
}

// fill makes the account and its user in the store, and returns the user's key.
func (c *initCommand) fill(ctx context.Context, keeper *secrets.Keeper, source identity.Source) (key identity.NewAccessKey, err error) {
	s, err := (&serve{Data: c.Data, DatabaseURL: c.DatabaseURL}).openStore(ctx)
	if err != nil {
		return key, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	profile, err := json.Marshal(selling.AccountProfile{CompanyName: c.CompanyName, Users: []selling.User{}})
	if err != nil {
		return key, err
	}
	if err := s.Update(ctx, func(tx *store.Tx) error { return tx.PutAccount(c.Account, profile) }); err != nil {
		return key, err
	}
	identities, err := identity.New(ctx, identity.Config{
		Store: s, Secrets: keeper, Random: rand.Reader, Now: clock.System().Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return key, err
	}
	user := store.PrincipalKey{Account: c.Account, Kind: auth.KindUser, Name: c.User}
	if _, err := identities.Put(ctx, user, identity.Settings{}); err != nil {
		return key, err
	}
	if err := identities.PutPolicy(ctx, user, "first", source); err != nil {
		return key, err
	}
	return identities.CreateKey(ctx, c.Account, c.User)
}

// explain prints how to start the server and to call it. Only here is the secret shown.
func (c *initCommand) explain(out output, key identity.NewAccessKey) error {
	port := strconv.Itoa(c.Port)
	url := "http://" + net.JoinHostPort("127.0.0.1", port)
	start := []string{"cosell serve --auth strict", "--secrets-key-file " + c.file(secretsKeyFile), "--operator-token-file " + c.file(operatorFile)}
	trust, operate := "", ""
	if c.DatabaseURL == "" {
		start = append(start, "--data "+c.Data)
	} else {
		start = append(start, `--database-url "$COSELL_DATABASE_URL"`)
	}
	listen := "127.0.0.1"
	if c.Host != "localhost" {
		listen = "0.0.0.0"
	}
	start = append(start, "--listen "+net.JoinHostPort(listen, port))
	if !c.NoTLS {
		url = "https://" + net.JoinHostPort(c.Host, port)
		start = append(start, "--tls-cert "+c.file(certFile), "--tls-key "+c.file(privateKeyFile))
		trust, operate = " AWS_CA_BUNDLE="+c.file(certFile), " SSL_CERT_FILE="+c.file(certFile)
	}
	_, err := fmt.Fprintf(out, `Account %[1]s (%[2]s) has a user %[3]s. Its access key is shown this once.

Start the server:
  %[4]s

Call it:
  export AWS_ACCESS_KEY_ID=%[5]s AWS_SECRET_ACCESS_KEY=%[6]s
  export AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=%[7]s AWS_ENDPOINT_URL_STS=%[7]s
  export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1%[8]s
  aws sts get-caller-identity
  aws partnercentral-selling list-opportunities --catalog Sandbox

Administer it:
  export COSELL_ENDPOINT=%[7]s COSELL_OPERATOR_TOKEN="$(cat %[9]s)"%[10]s
  cosell user list --account %[1]s
`, c.Account, c.CompanyName, c.User, strings.Join(start, " \\\n    "), key.ID, key.Secret, url, trust, c.file(operatorFile), operate)
	return err
}
