package bus

import (
	"strings"

	"cosell/internal/api"
	"cosell/internal/operation"
	"cosell/internal/pagetoken"
	"cosell/internal/store"
)

// arnPrefix is what all ARNs of an account's resources begin with.
func arnPrefix(account string) string { return "arn:aws:events:us-east-1:" + account + ":" }

// RuleARN returns the ARN of a rule.
func RuleARN(account, name string) string { return arnPrefix(account) + "rule/" + name }

func busARN(account string) string           { return arnPrefix(account) + "event-bus/" + store.DefaultEventBus }
func archiveARN(account, name string) string { return arnPrefix(account) + "archive/" + name }
func replayARN(account, name string) string  { return arnPrefix(account) + "replay/" + name }

// ConnectionARN returns the ARN of a connection.
func ConnectionARN(account, name, id string) string {
	return arnPrefix(account) + "connection/" + name + "/" + id
}

// DestinationARN returns the ARN of an API destination.
func DestinationARN(account, name, id string) string {
	return arnPrefix(account) + "api-destination/" + name + "/" + id
}

// named returns the name and the id in an ARN of a kind, such as connection/NAME/ID of
// connection, in the caller's account.
func (c *Call) named(arn, kind string) (name, id string, ok bool) {
	rest, ok := strings.CutPrefix(arn, arnPrefix(c.Caller.Account)+kind+"/")
	if !ok {
		return "", "", false
	}
	name, id, _ = strings.Cut(rest, "/")
	return name, id, true
}

// bus returns the bus that a request means, by name or ARN; nil is the default.
func (c *Call) bus(given *string) (string, error) {
	name := api.Value(given)
	switch name {
	case "", store.DefaultEventBus, busARN(c.Caller.Account):
		return store.DefaultEventBus, nil
	}
	if i := strings.Index(name, ":event-bus/"); i >= 0 && strings.HasPrefix(name, arnPrefix(c.Caller.Account)) {
		name = name[i+len(":event-bus/"):]
	}
	return "", refuse(api.TypeResourceNotFound, "Event bus %s does not exist.", name)
}

// rule returns the key of the rule that a request means.
func (c *Call) rule(bus, name *string) (store.EventRuleKey, error) {
	on, err := c.bus(bus)
	return store.EventRuleKey{Account: c.Caller.Account, Bus: on, Name: *name}, err
}

// pageSize is how many entries a list has where the request does not say.
const pageSize = 100

// list returns a page of a list that is sorted by name, and the token of the next
// page. read returns at most limit records behind a name.
func list[R any](
	c *Call, name string, in api.PagedInput, read func(after string, limit int) ([]R, error), key func(*R) string,
) ([]R, *string, error) {
	page, err := c.Page(name, in, pageSize)
	if err != nil {
		return nil, nil, err
	}
	after := ""
	if page.After != nil {
		after = page.After.ID
	}
	records, err := read(after, page.Limit())
	if err != nil {
		return nil, nil, err
	}
	return operation.Cut(page, records, func(r *R) pagetoken.Position { return pagetoken.Position{ID: key(r)} })
}
