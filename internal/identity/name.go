package identity

import (
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"cosell/internal/api"
	"cosell/internal/auth"
)

// The prefixes of unique ids, which say what has the id.
const (
	prefixUser      = "AIDA"
	prefixGroup     = "AGPA"
	prefixRole      = "AROA"
	prefixLongTerm  = "AKIA" // access keys
	prefixTemporary = "ASIA" // access keys of sessions
)

var idPrefixes = map[string]string{auth.KindUser: prefixUser, auth.KindGroup: prefixGroup, auth.KindRole: prefixRole}

var (
	namePattern   = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)
	policyPattern = regexp.MustCompile(`^[\w+=,.@-]{1,128}$`)
	keyPattern    = regexp.MustCompile(`^(AKIA|ASIA)[A-Z2-7]{16}$`)
)

// ARN returns the ARN of a principal.
func ARN(account, kind, name string) string {
	if kind == auth.KindRoot {
		return "arn:aws:iam::" + account + ":root"
	}
	return "arn:aws:iam::" + account + ":" + kind + "/" + name
}

func (s *Service) random(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(s.Random, b); err != nil {
		return nil, fmt.Errorf("read randomness: %w", err)
	}
	return b, nil
}

// newID returns a unique id: a prefix and 17 random characters.
func (s *Service) newID(prefix string) (string, error) {
	const characters, size = 17, 11
	b, err := s.random(size)
	if err != nil {
		return "", err
	}
	return prefix + base32.StdEncoding.EncodeToString(b)[:characters], nil
}

// The layout of the ten bytes in an access key id, which hold the account as AWS's do.
const (
	keyBytes     = 10
	accountBytes = 6
	accountShift = 7
	numberBit    = 1 << 47 // which the AWS side lacks: its account has no number
)

// newKey returns a new access key of an account.
func (s *Service) newKey(prefix, account string) (id, secret string, err error) {
	const secretBytes = 30
	random, err := s.random(keyBytes + secretBytes)
	if err != nil {
		return "", "", err
	}
	number := uint64(0)
	if account != auth.AWSAccount {
		if number, err = strconv.ParseUint(account, 10, 40); err != nil {
			return "", "", fmt.Errorf("account: %w", err)
		}
		number = number<<accountShift | numberBit
	}
	number |= uint64(random[accountBytes-1] & (1<<accountShift - 1))
	body := random[:keyBytes:keyBytes]
	for i := range accountBytes {
		body[i] = byte(number >> (8 * (accountBytes - 1 - i))) //nolint:gosec // one byte of it
	}
	return prefix + base32.StdEncoding.EncodeToString(body), base64.StdEncoding.EncodeToString(random[keyBytes:]), nil
}

// AccountOf returns the account that an access key id belongs to, whether or not there
// is such a key. It reports whether the id is well formed.
func AccountOf(accessKeyID string) (account string, ok bool) {
	if !keyPattern.MatchString(accessKeyID) {
		return "", false
	}
	body, err := base32.StdEncoding.DecodeString(accessKeyID[len(prefixLongTerm):])
	if err != nil {
		return "", false
	}
	number := uint64(0)
	for _, b := range body[:accountBytes] {
		number = number<<8 | uint64(b)
	}
	if number&numberBit == 0 {
		return auth.AWSAccount, true
	}
	account = fmt.Sprintf("%012d", number&^numberBit>>accountShift)
	return account, auth.IsAccountID(account)
}

// checkName refuses a name that no principal can have.
func checkName(field, name string, pattern *regexp.Regexp, most int) error {
	if pattern.MatchString(name) {
		return nil
	}
	return invalid(field, fmt.Sprintf("must have letters, digits and _+=,.@- only, at most %d", most))
}

func invalid(field, message string) error {
	return api.Invalid(api.ValidationExceptionReasonRequestValidationFailed,
		api.Violation(field, api.ValidationExceptionErrorCodeInvalidValue, message))
}
