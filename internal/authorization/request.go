package authorization

import (
	"context"
	"iter"
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"cosell/internal/access"
	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/store"
)

// request is a request in the eyes of policies. It is used by one goroutine.
type request struct {
	*Authorizer

	ctx    context.Context //nolint:containedctx // for the time of one check, as values are read when a policy asks
	http   *http.Request   // nil where the server does something by itself
	tx     *store.Tx       // in which tags are read; nil opens one
	caller auth.Principal
	access *api.Access
	in     api.Input
	keys   map[string][]string // more condition keys, by their lower-case names

	needed   *api.NeededAction
	resource string
	tags     map[string]string // of the resource, once read
	tagsOf   string            // the resource that they were read of
	fault    error             // of reading them
	// ambiguous says that a policy asked for a tag that is there twice, or for a header that
	// is too long to be compared.
	ambiguous bool
}

// tagged reports whether the request brings tags.
func (c *request) tagged() bool {
	if c.access.Tags == nil {
		return false
	}
	for range c.access.Tags(c.in) {
		return true
	}
	return false
}

// catalogKey is the condition key that has the catalog of a request.
const catalogKey = "partnercentral:catalog"

// value returns the values of a condition key, whose name is in lower case.
func (c *request) value(key string) ([]string, bool) {
	if values, ok := c.keys[key]; ok {
		return values, true
	}
	service, name, _ := strings.Cut(key, ":")
	switch service {
	case "aws":
		return c.global(name)
	case "iam":
		return one(c.passedTo(), key == "iam:passedtoservice" && c.needed.Action == "iam:PassRole")
	}
	if c.in == nil {
		return nil, false
	}
	if key == catalogKey && strings.HasPrefix(c.needed.Action, "partnercentral:") {
		catalog := c.catalog()
		return one(catalog, catalog != "")
	}
	for name, of := range c.access.Keys {
		if strings.EqualFold(name, key) {
			text := of(c.in)
			return one(text, text != "")
		}
	}
	return nil, false
}

// passedTo returns the service that an operation passes a role to.
func (c *request) passedTo() string {
	if c.access != nil && strings.HasPrefix(c.access.Needed[0].Action, "events:") {
		return "events.amazonaws.com"
	}
	return "resource-snapshot-job.partnercentral-selling.amazonaws.com"
}

// catalog returns the catalog that the request is about: its member, or for operations
// on tags the one in the ARN.
func (c *request) catalog() string {
	if catalog := c.in.CatalogName(); catalog != "" {
		return catalog
	}
	_, rest, found := strings.Cut(c.resource, ":catalog/")
	if !found {
		return ""
	}
	catalog, _, _ := strings.Cut(rest, "/")
	return catalog
}

func one(value string, ok bool) ([]string, bool) {
	if !ok {
		return nil, false
	}
	return []string{value}, true
}

// global returns the values of a key of the prefix aws.
func (c *request) global(name string) ([]string, bool) {
	name, tag, tagged := strings.Cut(name, "/")
	if tagged {
		return c.tag(name, tag)
	}
	who := c.caller.Identity
	session := who != nil && who.Session != nil
	switch name {
	case "principalarn":
		if who != nil && who.RoleARN != "" {
			return one(who.RoleARN, true)
		}
		return one(c.caller.ARN, true)
	case "principalaccount":
		return one(c.caller.Account, true)
	case "principaltype":
		return one(principalType(who), true)
	case "userid":
		return one(c.caller.UserID(), true)
	case "username":
		if who == nil || who.Kind != auth.KindUser {
			return nil, false
		}
		return one(who.Name, true)
	case "principalisawsservice", "viaawsservice":
		return one("false", true)
	case "multifactorauthpresent":
		return one("false", session)
	case "tokenissuetime":
		if !session {
			return nil, false
		}
		return one(who.Session.IssuedAt.UTC().Format(time.RFC3339), true)
	case "tagkeys":
		return c.tagKeys()
	}
	return c.environment(name)
}

func principalType(who *auth.Identity) string {
	switch {
	case who == nil || who.Kind == auth.KindRoot:
		return "Account"
	case who.Kind == auth.KindRole:
		return "AssumedRole"
	}
	return "User"
}

// environment returns the values of keys that HTTP and the clock decide.
func (c *request) environment(name string) ([]string, bool) {
	switch name {
	case "currenttime":
		return one(c.Now().UTC().Format(time.RFC3339), true)
	case "epochtime":
		return one(strconv.FormatInt(c.Now().Unix(), 10), true)
	case "requestedregion":
		return one("us-east-1", true)
	}
	if c.http == nil {
		return nil, false
	}
	switch name {
	case "sourceip":
		host, _, err := net.SplitHostPort(c.http.RemoteAddr)
		return one(host, err == nil)
	case "securetransport":
		return one(strconv.FormatBool(access.IsSecure(c.http)), true)
	case "useragent":
		return c.header(c.http.UserAgent())
	case "referer":
		return c.header(c.http.Referer())
	}
	return nil, false
}

// maxHeader is the longest header that is compared: a pattern with many wildcards takes time
// that grows with it.
const maxHeader = 2048

// header returns the value of a header, "" where there is none.
func (c *request) header(value string) ([]string, bool) {
	if len(value) > maxHeader {
		c.ambiguous = true
		return nil, false
	}
	return one(value, value != "")
}

// tagKeys returns the keys of the tags in the request.
func (c *request) tagKeys() ([]string, bool) {
	if c.in == nil {
		return nil, false
	}
	var keys []string
	if c.access.Tags != nil {
		for key := range c.access.Tags(c.in) {
			keys = append(keys, key)
		}
	}
	if c.access.TagKeys != nil {
		keys = append(keys, c.access.TagKeys(c.in)...)
	}
	return keys, len(keys) > 0
}

// tag returns the value of a tag: of the request, the resource or the principal. IAM
// compares the keys of tags without case here.
func (c *request) tag(of, key string) ([]string, bool) {
	switch of {
	case "requesttag":
		if c.in != nil && c.access.Tags != nil {
			return c.valueOf(c.access.Tags(c.in), key)
		}
	case "principaltag":
		if c.caller.Identity != nil && c.caller.Identity.Session != nil {
			return c.valueOf(maps.All(c.caller.Identity.Session.Tags), key)
		}
	case "resourcetag":
		return c.valueOf(maps.All(c.resourceTags()), key)
	}
	return nil, false
}

// valueOf returns the value of a tag. Of two tags whose keys differ by case alone a
// policy may mean either, so the request is refused.
func (c *request) valueOf(tags iter.Seq2[string, string], key string) (values []string, found bool) {
	for k, value := range tags {
		if strings.EqualFold(k, key) {
			c.ambiguous = c.ambiguous || found
			values, found = []string{value}, true
		}
	}
	return values, found
}

// resourceTags reads the tags of the caller's resource. Where they cannot be read the
// request fails, whatever the policy says of a missing tag.
func (c *request) resourceTags() map[string]string {
	if c.tagsOf == c.resource && c.tags != nil {
		return c.tags
	}
	c.tags, c.tagsOf = map[string]string{}, c.resource
	view := func(read func(*store.Tx) error) error { return c.Store.View(c.ctx, read) }
	if c.tx != nil {
		view = func(read func(*store.Tx) error) error { return read(c.tx) }
	}
	err := view(func(tx *store.Tx) error {
		tags, err := tx.Tags(c.caller.Account, c.resource)
		clear(c.tags)
		for _, tag := range tags {
			c.tags[tag.Key] = tag.Value
		}
		return err
	})
	if err != nil {
		c.tags, c.fault = nil, err
	}
	return c.tags
}
