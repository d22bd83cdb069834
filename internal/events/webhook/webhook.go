// Package webhook signs and verifies messages as Standard Webhooks describes it
// (https://www.standardwebhooks.com), with version 1 signatures: HMAC-SHA256.
package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The headers of a message.
const (
	HeaderID        = "Webhook-Id"
	HeaderTimestamp = "Webhook-Timestamp"
	HeaderSignature = "Webhook-Signature"
)

const (
	secretPrefix = "whsec_"
	version      = "v1,"
	// secretSize is the size of a new secret; 24 to 64 bytes are allowed.
	secretSize, minSecret, maxSecret = 32, 24, 64
	// tolerance is how far the time of a message may be from the receiver's.
	tolerance = 5 * time.Minute
	// maxSignatures bounds what is compared.
	maxSignatures = 16
)

// Secret is a key that both sides know.
type Secret []byte

// NewSecret returns a new secret.
func NewSecret(random io.Reader) (Secret, error) {
	s := make(Secret, secretSize)
	if _, err := io.ReadFull(random, s); err != nil {
		return nil, fmt.Errorf("make webhook secret: %w", err)
	}
	return s, nil
}

// ParseSecret parses the text form: whsec_ and base64.
func ParseSecret(text string) (Secret, error) {
	encoded, ok := strings.CutPrefix(text, secretPrefix)
	s, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(s) < minSecret || len(s) > maxSecret {
		return nil, fmt.Errorf("secret: must be %s and %d to %d bytes in base64", secretPrefix, minSecret, maxSecret)
	}
	return s, nil
}

// Text returns the text form.
func (s Secret) Text() string { return secretPrefix + base64.StdEncoding.EncodeToString(s) }

// Sign sets the headers of a message, with a signature for each secret.
func Sign(h http.Header, secrets []Secret, id string, at time.Time, body []byte) {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	signatures := make([]string, len(secrets))
	for i, s := range secrets {
		signatures[i] = version + s.sign(id, timestamp, body)
	}
	h.Set(HeaderID, id)
	h.Set(HeaderTimestamp, timestamp)
	h.Set(HeaderSignature, strings.Join(signatures, " "))
}

func (s Secret) sign(id, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, s)
	_, _ = io.WriteString(mac, id+"."+timestamp+".")
	_, _ = mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Errors of a message that is refused.
var (
	ErrTimestamp = errors.New("the timestamp of the webhook is missing or too far from now")
	ErrSignature = errors.New("no signature of the webhook is right")
)

// Verify checks that a message was signed with a secret, not long before or after now.
func (s Secret) Verify(h http.Header, now time.Time, body []byte) error {
	timestamp := h.Get(HeaderTimestamp)
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if age := now.Unix() - seconds; err != nil || max(age, -age) > int64(tolerance.Seconds()) {
		return ErrTimestamp
	}
	want := s.sign(h.Get(HeaderID), timestamp, body)
	for i, given := range strings.Fields(h.Get(HeaderSignature)) {
		if given, ok := strings.CutPrefix(given, version); ok && i < maxSignatures && hmac.Equal([]byte(given), []byte(want)) {
			return nil
		}
	}
	return ErrSignature
}
