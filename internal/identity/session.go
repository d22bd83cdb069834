package identity

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/policy"
)

// session is what a session token holds. The token is sealed, so every server on the
// store reads it without a look-up and nobody else does.
type session struct {
	KeyID      string            `json:"k"`
	Secret     string            `json:"s"`
	Account    string            `json:"a"`
	Kind       string            `json:"c"`
	Name       string            `json:"n"`
	ID         string            `json:"i,omitempty"`
	Session    string            `json:"r,omitempty"`
	IssuedAt   int64             `json:"t"` // milliseconds
	Expires    int64             `json:"e"`
	Policies   []Source          `json:"p,omitempty"`
	Tags       map[string]string `json:"g,omitempty"`
	Transitive []string          `json:"v,omitempty"`
}

// Grant says what temporary credentials are for.
type Grant struct {
	Account string
	Kind    string // auth.KindUser, KindRole or KindRoot
	Name    string
	ID      string
	Session string // name of the session, of a role
	// Duration is how long they are good for.
	Duration   time.Duration
	Policies   []Source
	Tags       map[string]string
	Transitive []string
}

// Credentials are temporary credentials.
type Credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken string

	Expires time.Time
	// Size is the part of the largest token that this one takes, in percent.
	Size int
}

// maxToken is the largest session token. Requests carry it in a header.
const maxToken = 8 << 10

// SessionARN returns the ARN of a session of a role.
func SessionARN(account, role, session string) string {
	return "arn:aws:sts::" + account + ":assumed-role/" + role + "/" + session
}

// Grant makes temporary credentials. It does not ask whether anybody may have them.
func (s *Service) Grant(g Grant) (Credentials, error) {
	id, secret, err := s.newKey(prefixTemporary, g.Account)
	if err != nil {
		return Credentials{}, err
	}
	now := s.Now()
	expires := now.Add(g.Duration).Truncate(time.Second)
	text, err := json.Marshal(session{ //nolint:gosec // is sealed before it leaves
		KeyID: id, Secret: secret, Account: g.Account, Kind: g.Kind, Name: g.Name, ID: g.ID, Session: g.Session,
		IssuedAt: now.UnixMilli(), Expires: expires.UnixMilli(), Policies: g.Policies, Tags: g.Tags, Transitive: g.Transitive,
	})
	if err != nil {
		return Credentials{}, err
	}
	sealed, err := s.tokenSealer.Seal(text, s.purpose)
	if err != nil {
		return Credentials{}, err
	}
	token := base64.StdEncoding.EncodeToString(sealed)
	size := len(token) * 100 / maxToken //nolint:mnd // percent
	if len(token) > maxToken {
		return Credentials{}, &api.Error{
			Type:    "PackedPolicyTooLargeException",
			Message: fmt.Sprintf("Packed size of session tags and session policies consumes %d%% of allotted space.", size),
		}
	}
	return Credentials{AccessKeyID: id, SecretAccessKey: secret, SessionToken: token, Expires: expires.UTC(), Size: size}, nil
}

type cachedSession struct{ key auth.Key }

// temporary returns the key of temporary credentials.
func (s *Service) temporary(accessKeyID, token string) (auth.Key, error) {
	s.mu.RLock()
	known := s.sessions[token]
	s.mu.RUnlock()
	if known == nil {
		var err error
		if known, err = s.openToken(token); err != nil {
			return auth.Key{}, err
		}
		s.mu.Lock()
		if len(s.sessions) >= maxSessions {
			s.sessions = map[string]*cachedSession{}
		}
		s.sessions[token] = known
		s.mu.Unlock()
	}
	switch key := known.key; {
	case key.Principal.AccessKeyID != accessKeyID:
		return auth.Key{}, s.unrecognized()
	case !s.Now().Before(key.Principal.Identity.Session.Expires):
		return auth.Key{}, auth.Expired()
	default:
		return key, nil
	}
}

// openToken reads a session token that was sealed here.
func (s *Service) openToken(token string) (*cachedSession, error) {
	sealed, err := base64.StdEncoding.Strict().DecodeString(token)
	// The decoder passes over line breaks, with which one token would have many forms.
	if err != nil || len(token) > maxToken || strings.ContainsAny(token, "\r\n") {
		return nil, s.unrecognized()
	}
	text, err := s.tokenSealer.Open(sealed, s.purpose)
	if err != nil {
		return nil, s.unrecognized()
	}
	var t session
	if err := json.Unmarshal(text, &t); err != nil {
		return nil, fmt.Errorf("session token: %w", err)
	}
	about := &auth.Session{
		Name: t.Session, IssuedAt: time.UnixMilli(t.IssuedAt), Expires: time.UnixMilli(t.Expires), Tags: t.Tags, Transitive: t.Transitive,
	}
	for _, p := range t.Policies {
		named, err := p.parse("session policy", "Policy", policy.Session)
		if err != nil {
			return nil, fmt.Errorf("session token: %w", err)
		}
		about.Policies = append(about.Policies, named)
	}
	p := auth.Principal{
		Account: t.Account, AccessKeyID: t.KeyID, ARN: ARN(t.Account, t.Kind, t.Name),
		Identity: &auth.Identity{Kind: t.Kind, Name: t.Name, ID: t.ID, Session: about},
	}
	if t.Kind == auth.KindRole {
		p.Identity.RoleARN, p.ARN = p.ARN, SessionARN(t.Account, t.Name, t.Session)
	}
	return &cachedSession{auth.Key{Principal: p, Secret: t.Secret}}, nil
}
