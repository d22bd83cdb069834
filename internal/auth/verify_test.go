package auth

import "net/http"

// Verify checks a request with its body at once.
func (v *Verifier) Verify(r *http.Request, body []byte) (Principal, error) {
	c, err := v.Check(r)
	if err != nil {
		return Principal{}, err
	}
	return c.Verify(body)
}
