package access

import (
	"context"
	"errors"
	"time"

	"cosell/internal/identity"
)

// HoldingEvery is how often what lasts must ask [Service.Holds].
const HoldingEvery = 2 * time.Second

// Holds reports whether what let a request in still would: the session has not ended, the
// token has not expired or been revoked, and the user's password is the same. Answers that
// last longer than a moment must end when it does not. An error is a fault.
func (s *Service) Holds(ctx context.Context, i *Identity) (bool, error) {
	if i.Local {
		return true, nil
	}
	if i.session != "" {
		ended, err := s.ended(ctx, i.session)
		if err != nil || ended || i.ends <= s.Now().UnixMilli() {
			return false, err
		}
	}
	var err error
	switch {
	case i.login == nil:
		_, _, err = s.lookUp(ctx, i.hash)
	case s.Users == nil:
		return false, nil
	default:
		err = s.Users.Resume(ctx, *i.login)
	}
	if errors.Is(err, ErrUnknown) || errors.Is(err, identity.ErrPassword) {
		return false, nil
	}
	return err == nil, err
}
