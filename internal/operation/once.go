package operation

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/store"
)

// Once runs fn as Update does for the first use of the client token of a request,
// and returns its answer as JSON. Every later use of the token with the same
// request returns that answer without running fn; with another request it is a
// conflict (docs/behavior/errors.md#client-tokens).
func (r *Runner) Once(
	ctx context.Context, caller auth.Principal, operation string, in api.Input, fn func(*Call) (any, error),
) (answer api.Raw, err error) {
	hash, err := requestHash(in)
	if err != nil {
		return nil, err
	}
	token := store.ClientToken{Account: caller.Account, Catalog: in.CatalogName(), Operation: operation, Token: in.Token()}
	err = r.Update(ctx, caller, func(c *Call) error {
		answer, err = c.once(token, hash, fn)
		return err
	}, store.Idempotent())
	return answer, err
}

// requestHash identifies a request: members that are absent, null or unknown make
// no difference, nor does their order.
func requestHash(in api.Input) (string, error) {
	body, err := api.Marshal(in)
	if err != nil {
		return "", fmt.Errorf("hash request: %w", err)
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:]), nil
}

func (c *Call) once(token store.ClientToken, hash string, fn func(*Call) (any, error)) (api.Raw, error) {
	first, used, err := c.Tx.ClientToken(token)
	switch {
	case err != nil:
		return nil, err
	case !used:
		return c.firstUse(token, hash, fn)
	case first.RequestHash != hash:
		return nil, api.Conflict("Conflicting client token submitted for a new request body.")
	}
	return first.Response, nil
}

// firstUse runs fn for a client token that was not used and records its answer.
func (c *Call) firstUse(token store.ClientToken, hash string, fn func(*Call) (any, error)) (api.Raw, error) {
	answer, err := fn(c)
	if err != nil {
		return nil, cmp.Or(c.Tx.ConfirmClientTokenUnused(token), err)
	}
	response, err := Encode("answer", answer)
	if err != nil {
		return nil, err
	}
	return response, c.Tx.InsertClientToken(token, store.ClientTokenRecord{RequestHash: hash, Response: response, CreatedAt: int64(c.Now)})
}
