package webhook

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The example of the specification's reference libraries.
const (
	exampleSecret    = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	exampleID        = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	exampleTime      = 1614265330
	exampleBody      = `{"test": 2432232314}`
	exampleSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
)

func TestSignMatchesTheReference(t *testing.T) {
	secret, err := ParseSecret(exampleSecret)
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	Sign(h, []Secret{secret}, exampleID, time.Unix(exampleTime, 0), []byte(exampleBody))
	if got := h.Get(HeaderSignature); got != exampleSignature {
		t.Errorf("signature %s, want %s", got, exampleSignature)
	}
	if secret.Text() != exampleSecret {
		t.Errorf("text %s", secret.Text())
	}
}

func TestVerify(t *testing.T) {
	old, err := ParseSecret(exampleSecret)
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := NewSecret(strings.NewReader(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(exampleTime, 0)
	h := http.Header{}
	Sign(h, []Secret{fresh, old}, exampleID, at, []byte(exampleBody))
	for name, c := range map[string]struct {
		secret Secret
		now    time.Time
		body   string
		change func(http.Header)
		want   error
	}{
		"OK with the new secret": {secret: fresh, now: at, body: exampleBody},
		"OK with the old secret": {secret: old, now: at.Add(5 * time.Minute), body: exampleBody},
		"too old":                {secret: old, now: at.Add(301 * time.Second), body: exampleBody, want: ErrTimestamp},
		"from the future":        {secret: old, now: at.Add(-301 * time.Second), body: exampleBody, want: ErrTimestamp},
		"another body":           {secret: old, now: at, body: exampleBody + " ", want: ErrSignature},
		"another secret":         {secret: append(Secret{1}, old...), now: at, body: exampleBody, want: ErrSignature},
		"another id":             {secret: old, now: at, body: exampleBody, want: ErrSignature, change: func(h http.Header) { h.Set(HeaderID, "msg_2") }},
		"no timestamp":           {secret: old, now: at, body: exampleBody, want: ErrTimestamp, change: func(h http.Header) { h.Del(HeaderTimestamp) }},
		"an extreme timestamp": {secret: old, now: at, body: exampleBody, want: ErrTimestamp, change: func(h http.Header) {
			h.Set(HeaderTimestamp, strconv.FormatInt(-1<<62, 10))
		}},
		"another version": {secret: old, now: at, body: exampleBody, want: ErrSignature, change: func(h http.Header) {
			h.Set(HeaderSignature, "v2"+strings.TrimPrefix(exampleSignature, "v1"))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			changed := h.Clone()
			if c.change != nil {
				c.change(changed)
			}
			if err := c.secret.Verify(changed, c.now, []byte(c.body)); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

func TestParseSecret(t *testing.T) {
	for _, text := range []string{"", "whsec_", "whsec_%", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + strings.Repeat("AAAA", 22)} {
		if s, err := ParseSecret(text); err == nil {
			t.Errorf("%q is a secret of %d bytes", text, len(s))
		}
	}
}

// FuzzVerify never accepts a message that was not signed, and never panics.
func FuzzVerify(f *testing.F) {
	f.Add("msg", "1614265330", exampleSignature, []byte(exampleBody))
	f.Fuzz(func(t *testing.T, id, timestamp, signature string, body []byte) {
		secret := Secret(strings.Repeat("s", 32))
		h := http.Header{HeaderID: {id}, HeaderTimestamp: {timestamp}, HeaderSignature: {signature}}
		if err := secret.Verify(h, time.Unix(exampleTime, 0), body); err == nil && !strings.Contains(signature, secret.sign(id, timestamp, body)) {
			t.Error("accepted a message that was not signed")
		}
	})
}
