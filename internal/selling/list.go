package selling

import (
	"crypto/sha256"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/pagetoken"
)

// scope names a list for its page tokens: whose it is, and by a hash what it
// filters and sorts by. query is the request without its place and page size.
func (c *Call) scope(operation string, query any) ([]byte, error) {
	body, err := api.Marshal(query)
	if err != nil {
		return nil, fmt.Errorf("encode list: %w", err)
	}
	sum := sha256.Sum256(body)
	return append([]byte(c.caller.Account+"\x00"+operation+"\x00"), sum[:]...), nil
}

// position opens a page token; nil is the beginning of the list.
func (c *Call) position(scope []byte, token *string) (*pagetoken.Position, error) {
	if value(token) == "" {
		return nil, nil
	}
	p, err := c.pages.Open(scope, *token)
	if err != nil {
		return nil, api.Invalid(api.ValidationExceptionReasonRequestValidationFailed,
			api.Violation("nextToken", api.ValidationExceptionErrorCodeInvalidValue,
				"must be the NextToken of the page before, with the same filters and sort"))
	}
	return &p, nil
}

// nextToken seals the place where a page ended.
func (c *Call) nextToken(scope []byte, p pagetoken.Position) (*string, error) {
	token, err := c.pages.Seal(scope, p)
	if err != nil {
		return nil, err
	}
	return &token, nil
}

// pageSize is how many records a page holds.
func pageSize(asked *int32, normal int) int {
	if asked == nil {
		return normal
	}
	return int(*asked)
}
