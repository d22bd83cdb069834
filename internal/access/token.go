package access

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"cosell/internal/audit"
	"cosell/internal/identity"
	"cosell/internal/seal"
	"cosell/internal/secrets"
	"cosell/internal/store"
)

const (
	// tokenPrefix begins every token, so that scanners for leaked secrets find it.
	tokenPrefix = "cosell_"
	tokenBytes  = 32
	// leastToken and maxToken bound the length of a token.
	leastToken = 32
	maxToken   = 512
	// maxTokens is how many tokens there may be, and maxAccounts how many accounts one names.
	maxTokens   = 1000
	maxAccounts = 1000
	// usedEvery is how often the time of the last use is written.
	usedEvery = time.Minute

	// firstName is the name of the token that the server was started with.
	firstName = "first-administrator"
)

// Errors of tokens.
var (
	// ErrUnknown reports a token that does not exist, has expired or was revoked.
	ErrUnknown = errors.New("the token is unknown, expired or revoked")
	// ErrInvalid reports a token that cannot be made as asked for.
	ErrInvalid = errors.New("invalid token")
	// ErrTooMany reports that no further token can be made.
	ErrTooMany = fmt.Errorf("tokens: there are %d, the most that there may be; revoke one first", maxTokens)
)

var (
	namePattern    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$`)
	accountPattern = regexp.MustCompile(`^([0-9]{12}|aws)$`)
)

// Token describes a token, without the token itself.
type Token struct {
	Name     string
	Role     Role
	Accounts []string // all if empty
	// Created, Expires and Used are zero where they do not apply.
	Created, Expires, Used time.Time
}

// Config configures a Service. All fields but FirstToken, Users and Log are required.
type Config struct {
	Store   store.Store
	Secrets *secrets.Keeper
	Now     func() time.Time // real time
	Random  io.Reader
	Log     *slog.Logger
	// FirstToken is a token of an administrator that is not in the store; "" has none.
	FirstToken string
	// Users are the users of accounts who may sign in with a password; nil is nobody.
	Users *identity.Service
}

// Service makes and checks tokens and sessions. It is safe for concurrent use.
type Service struct {
	Config

	first    [sha256.Size]byte
	failures *limiter[netip.Addr]
	ofUsers  *limiter[userKey]
	sealer   *seal.Sealer
}

// New returns a Service.
func New(ctx context.Context, c Config) (*Service, error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	s := &Service{Config: c, failures: newLimiter[netip.Addr](c.Now, burst), ofUsers: newLimiter[userKey](c.Now, userBurst)}
	if c.FirstToken != "" {
		if err := CheckToken(c.FirstToken); err != nil {
			return nil, err
		}
		s.first = sha256.Sum256([]byte(c.FirstToken))
	}
	var key []byte
	err := c.Store.Update(ctx, func(tx *store.Tx) (err error) {
		key, err = c.Secrets.Bytes(tx, "operator-session", seal.KeySize)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read session key: %w", err)
	}
	s.sealer, err = seal.New(key, c.Random)
	return s, err
}

// CheckToken returns an error for a token that is too easily guessed or cannot be sent.
func CheckToken(token string) error {
	unfit := strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' })
	if len(token) < leastToken || len(token) > maxToken || unfit {
		return fmt.Errorf("operator token: must have %d to %d printable characters without spaces, as printed by `openssl rand -hex 32`", leastToken, maxToken)
	}
	return nil
}

// Create makes a token and returns it. It is not stored and cannot be read again.
func (s *Service) Create(ctx context.Context, t Token) (token string, err error) {
	if err := t.check(s.Now()); err != nil {
		return "", err
	}
	random := make([]byte, tokenBytes)
	if _, err := io.ReadFull(s.Random, random); err != nil {
		return "", fmt.Errorf("make token: %w", err)
	}
	token = tokenPrefix + base64.RawURLEncoding.EncodeToString(random)
	accounts, err := json.Marshal(slices.Compact(slices.Sorted(slices.Values(append([]string{}, t.Accounts...)))))
	if err != nil {
		return "", err
	}
	if len(t.Accounts) == 0 {
		accounts = []byte("[]")
	}
	row := store.OperatorToken{
		Name: t.Name, Role: string(t.Role), Accounts: accounts, Hash: hashOf(token), CreatedAt: s.Now().UnixMilli(),
	}
	if !t.Expires.IsZero() {
		row.ExpiresAt = t.Expires.UnixMilli()
	}
	err = audit.Update(ctx, s.Store, func(tx *store.Tx) error {
		all, err := tx.OperatorTokens(maxTokens)
		switch {
		case err != nil:
			return err
		case len(all) == maxTokens:
			return ErrTooMany
		}
		return tx.InsertOperatorToken(&row)
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

func (t *Token) check(now time.Time) error {
	if _, err := ParseRole(string(t.Role)); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	switch {
	case !namePattern.MatchString(t.Name) || t.Name == firstName:
		return fmt.Errorf("%w: name: must have 1 to 64 letters, digits and the characters ._@-, and begin with a letter or digit", ErrInvalid)
	case len(t.Accounts) > maxAccounts:
		return fmt.Errorf("%w: accounts: there are %d; must be at most %d", ErrInvalid, len(t.Accounts), maxAccounts)
	case slices.ContainsFunc(t.Accounts, func(a string) bool { return !accountPattern.MatchString(a) }):
		return fmt.Errorf("%w: accounts: must be accounts of twelve digits, or aws", ErrInvalid)
	case !t.Expires.IsZero() && !t.Expires.After(now):
		return fmt.Errorf("%w: expires: must be in the future", ErrInvalid)
	}
	return nil
}

// List returns all tokens of the store by name.
func (s *Service) List(ctx context.Context) ([]Token, error) {
	var rows []store.OperatorToken
	err := s.Store.View(ctx, func(tx *store.Tx) (err error) {
		rows, err = tx.OperatorTokens(maxTokens)
		return err
	})
	if err != nil {
		return nil, err
	}
	all := make([]Token, len(rows))
	for i := range rows {
		if all[i], err = tokenOf(&rows[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Revoke removes a token, or returns [store.ErrNotFound]. Its sessions end with it.
func (s *Service) Revoke(ctx context.Context, name string) error {
	return audit.Update(ctx, s.Store, func(tx *store.Tx) error { return tx.DeleteOperatorToken(name) })
}

// Authenticate returns whose token it is, or ErrUnknown.
func (s *Service) Authenticate(ctx context.Context, token string) (*Identity, error) {
	if len(token) > maxToken {
		return nil, ErrUnknown
	}
	return s.byHash(ctx, hashOf(token))
}

// byHash returns whose token has a hash, and records its use.
func (s *Service) byHash(ctx context.Context, hash string) (*Identity, error) {
	i, usedAt, err := s.lookUp(ctx, hash)
	if now := s.Now(); err == nil && usedAt != never && now.UnixMilli()-usedAt >= usedEvery.Milliseconds() {
		s.used(ctx, hash, now)
	}
	return i, err
}

// never is the time of the last use of a token that has none.
const never = -1

// lookUp returns whose token has a hash and when it was used last, in milliseconds. Where
// a secret is compared, it takes the same time wherever it differs; the look-up is by a
// hash, of which whoever guesses knows nothing.
func (s *Service) lookUp(ctx context.Context, hash string) (i *Identity, usedAt int64, err error) {
	if s.FirstToken != "" && subtle.ConstantTimeCompare([]byte(hash), []byte(hex.EncodeToString(s.first[:]))) == 1 {
		return &Identity{Name: firstName, Role: Administrator, hash: hash}, never, nil
	}
	var row *store.OperatorToken
	err = s.Store.View(ctx, func(tx *store.Tx) (err error) {
		row, err = tx.OperatorToken(hash)
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, never, ErrUnknown
	case err != nil:
		return nil, never, err
	case subtle.ConstantTimeCompare([]byte(hash), []byte(row.Hash)) != 1,
		row.ExpiresAt != 0 && row.ExpiresAt <= s.Now().UnixMilli():
		return nil, never, ErrUnknown
	}
	t, err := tokenOf(row)
	if err != nil {
		return nil, never, err
	}
	return &Identity{Name: t.Name, Role: t.Role, Accounts: t.Accounts, hash: hash}, row.LastUsedAt, nil
}

// used records the use of a token. A failure does not keep the operator out.
func (s *Service) used(ctx context.Context, hash string, at time.Time) {
	if err := s.Store.Update(ctx, func(tx *store.Tx) error { return tx.UseOperatorToken(hash, at.UnixMilli()) }); err != nil {
		s.Log.LogAttrs(ctx, slog.LevelWarn, "record use of operator token", slog.String("cause", err.Error()))
	}
}

func tokenOf(row *store.OperatorToken) (Token, error) {
	t := Token{Name: row.Name, Role: Role(row.Role), Created: at(row.CreatedAt), Expires: at(row.ExpiresAt), Used: at(row.LastUsedAt)}
	if err := json.Unmarshal(row.Accounts, &t.Accounts); err != nil {
		return Token{}, fmt.Errorf("token %s: accounts: %w", row.Name, err)
	}
	return t, nil
}

func at(milliseconds int64) time.Time {
	if milliseconds == 0 {
		return time.Time{}
	}
	return time.UnixMilli(milliseconds).UTC()
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
