package selling

import (
	"crypto/sha256"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/pagetoken"
)

// page returns where a page of a list begins, nil at the beginning of the list,
// and the scope of its tokens: whose list it is, and by a hash what it filters
// and sorts by. query is the request without its place and page size.
func (c *Call) page(operation string, query any, token *string) (scope []byte, after *pagetoken.Position, err error) {
	body, err := api.Marshal(query)
	if err != nil {
		return nil, nil, fmt.Errorf("encode list: %w", err)
	}
	sum := sha256.Sum256(body)
	scope = append([]byte(c.caller.Account+"\x00"+operation+"\x00"), sum[:]...)
	if value(token) == "" {
		return scope, nil, nil
	}
	p, err := c.pages.Open(scope, *token)
	if err != nil {
		return nil, nil, api.Invalid(api.ValidationExceptionReasonRequestValidationFailed,
			api.Violation("nextToken", api.ValidationExceptionErrorCodeInvalidValue,
				"must be the NextToken of the page before, with the same filters and sort"))
	}
	return scope, &p, nil
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
