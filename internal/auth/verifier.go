package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"time"

	"cosell/internal/api"
)

const (
	// maxSkew is the largest accepted difference between the clocks of client and server.
	maxSkew = 5 * time.Minute

	basicTime = "20060102T150405Z" // ISO 8601, basic format
	basicDate = "20060102"
)

// Verifier checks signatures. It is safe for concurrent use.
type Verifier struct {
	keys     Keys
	now      func() time.Time
	services []string
	signings signings
}

// NewVerifier returns a verifier of requests signed with one of keys for one of
// services. Signatures expire in real time, so in production now is the system
// clock, never the business clock.
func NewVerifier(keys Keys, now func() time.Time, services ...string) *Verifier {
	return &Verifier{keys: keys, now: now, services: services}
}

// Claim is a request whose headers are in order. Its signature has not been checked:
// that needs the body.
type Claim interface {
	// Account is the account of the key that the request names. It is not proven yet.
	Account() string
	// Verify returns who signed the request, whose body has been read. Every error is
	// an *api.Error.
	Verify(body []byte) (Principal, error)
}

type unverified struct {
	verifier *Verifier
	request  *http.Request
	header   string // the value of Authorization
	given    authorization
	when     [len(basicTime)]byte // the time of the request
	key      Key
}

// Check checks everything about the signature of r that its headers decide: that it
// is complete, covers what it must, is of this time and by a key that exists. It
// does not read the body. Every error is an *api.Error.
func (v *Verifier) Check(r *http.Request) (Claim, error) {
	if err := refuseSignedQuery(r.URL.RawQuery); err != nil {
		return nil, err
	}
	value, err := authorizationHeader(r.Header)
	if err != nil {
		return nil, err
	}
	given, known := v.signings.find(value)
	if !known {
		if given, err = parseAuthorization(value); err != nil {
			return nil, err
		}
	}
	if err := requireSigned(r, given.signedHeaders); err != nil {
		return nil, err
	}
	at, err := signingTime(r.Header)
	if err != nil {
		return nil, err
	}
	c := &unverified{verifier: v, request: r, header: value, given: given}
	at.AppendFormat(c.when[:0], basicTime)
	if err := v.checkScope(given.scope, c.when[:]); err != nil {
		return nil, err
	}
	if err := checkSkew(at, v.now().Add(v.skewOf(r, given.keyID))); err != nil {
		return nil, err
	}
	if err := refuseUnsigned(r.Header); err != nil {
		return nil, err
	}
	if c.key, err = v.lookup(r, given.keyID); err != nil {
		return nil, err
	}
	return c, nil
}

// Account implements [Claim].
func (c *unverified) Account() string { return c.key.Principal.Account }

// Verify implements [Claim].
func (c *unverified) Verify(body []byte) (Principal, error) {
	v, r, given := c.verifier, c.request, c.given
	payloadHash, err := hashPayload(r.Header, body)
	if err != nil {
		return Principal{}, err
	}
	// Large enough for most requests without an allocation.
	var canonicalRoom [1024]byte
	var toSignRoom [160]byte
	var signatureRoom [2 * sha256.Size]byte
	canonical, err := appendCanonicalRequest(canonicalRoom[:0], r, given.signedHeaders, payloadHash)
	if err != nil {
		return Principal{}, err
	}
	toSign := appendStringToSign(toSignRoom[:0], c.when[:], given.scope, canonical)
	signingKey := given.keyOf(c.key.Secret)
	if !hmac.Equal([]byte(given.signature), signingKey.sign(signatureRoom[:0], toSign)) {
		return Principal{}, mismatch(string(canonical), string(toSign))
	}
	v.signings.keep(c.header, given.signing, signingKey)
	return c.key.Principal, nil
}

func (v *Verifier) lookup(r *http.Request, keyID string) (Key, error) {
	token, err := single(r.Header, "X-Amz-Security-Token")
	if err != nil {
		return Key{}, err
	}
	key, err := v.keys.Lookup(r.Context(), keyID, token)
	if err == nil {
		return key, nil
	}
	if _, ok := errors.AsType[*api.Error](err); ok {
		return Key{}, err
	}
	return Key{}, api.Internal(err)
}

func (v *Verifier) checkScope(s scope, when []byte) error {
	if !slices.Contains(v.services, s.service) {
		return refuse(invalidSignature, "Credential should be scoped to correct service: %q.", v.services)
	}
	if date := when[:len(basicDate)]; s.date != string(date) {
		return refuse(invalidSignature, "Date in Credential scope does not match the date of the request: %q is not %q, from %q.",
			s.date, date, when)
	}
	return nil
}

// checkSkew refuses a time of a request that is too far from the server's.
func checkSkew(at, now time.Time) error {
	// Request times have whole seconds. The limits must have, too, or a message
	// could claim that a time is earlier than itself.
	now = now.UTC().Truncate(time.Second)
	if oldest := now.Add(-maxSkew); at.Before(oldest) {
		return refuse(invalidSignature, "Signature expired: %s is now earlier than %s (%s - 5 min.)",
			at.Format(basicTime), oldest.Format(basicTime), now.Format(basicTime))
	}
	if newest := now.Add(maxSkew); at.After(newest) {
		return refuse(invalidSignature, "Signature not yet current: %s is still later than %s (%s + 5 min.)",
			at.Format(basicTime), newest.Format(basicTime), now.Format(basicTime))
	}
	return nil
}

// appendStringToSign appends the text that is signed: the hash of the canonical
// request with its time and scope.
func appendStringToSign(b, when []byte, s scope, canonical []byte) []byte {
	b = append(b, algorithm+"\n"...)
	b = append(append(b, when...), '\n')
	b = append(s.appendTo(b), '\n')
	sum := sha256.Sum256(canonical)
	return hex.AppendEncode(b, sum[:])
}
