package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

const account = "111122223333"

// testCase is a request and the policies that decide it, as the other evaluator reads them.
type testCase struct {
	Principal string           `json:"principal"`
	Account   string           `json:"account"`
	Action    string           `json:"action"`
	Resource  string           `json:"resource"`
	Context   map[string]any   `json:"context"` // a text, or texts
	Identity  []map[string]any `json:"identity"`
	Boundary  map[string]any   `json:"boundary,omitempty"`
	Session   []map[string]any `json:"session,omitempty"`
}

var (
	actions = []string{
		"partnercentral:GetOpportunity", "partnercentral:ListOpportunities", "partnercentral:UpdateOpportunity", "partnercentral:TagResource",
		"events:PutRule", "s3:PutObject",
	}
	own       = "arn:aws:partnercentral:us-east-1:" + account + ":catalog/"
	resources = []string{
		own + "AWS/opportunity/O1", own + "AWS/opportunity/O12", own + "Sandbox/opportunity/O1", own + "Sandbox/resource-snapshot-job/job-1",
		"arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/eng-1", "arn:aws:events:us-east-1:" + account + ":rule/crm",
		"arn:aws:s3:::bucket/alice/file.csv", "*",
	}
	// keys are condition keys with values that requests and policies have.
	keys = map[string][]string{
		"partnercentral:Catalog": {"AWS", "Sandbox", "sandbox"}, "aws:username": {"alice", "bob", "Alice"}, "aws:RequestTag/team": {"red", "blue", "re", "red team"},
		"aws:ResourceTag/team": {"red", "blue", ""}, "aws:PrincipalTag/team": {"red", "blue", "r*d"}, "aws:UserAgent": {"cli/2", "boto3", "*"},
		"aws:SourceIp":        {"203.0.113.7", "10.1.2.3", "2001:db8::1"},
		"aws:SecureTransport": {"true", "false"}, "aws:EpochTime": {"1764288000", "1764288001", "5"}, "aws:CurrentTime": {"2026-11-28T00:00:00Z", "2025-01-01T12:30:00Z"},
		"aws:PrincipalArn": {"arn:aws:iam::" + account + ":user/alice", "arn:aws:iam::" + account + ":role/a/b"},
	}
	keyNames    = []string{"partnercentral:Catalog", "aws:username", "aws:RequestTag/team", "aws:ResourceTag/team", "aws:PrincipalTag/team", "aws:UserAgent"}
	multivalued = "aws:TagKeys"
	tagKeys     = []string{"team", "owner", "Team", "cost"}
)

// generator draws cases. The same seed draws the same ones.
type generator struct{ *rand.Rand }

func pick[T any](g generator, all []T) T { return all[g.IntN(len(all))] }

// chance reports true once in n times.
func (g generator) chance(n int) bool { return g.IntN(n) == 0 }

func (g generator) testCase() *testCase {
	c := &testCase{
		Principal: "arn:aws:iam::" + account + ":user/alice", Account: account, Action: pick(g, actions), Resource: pick(g, resources),
		Context: map[string]any{},
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) { // in one order, so that a seed repeats
		values := keys[key]
		if !g.chance(3) {
			c.Context[key] = pick(g, values)
		}
	}
	if g.chance(2) {
		var values []any
		for range 1 + g.IntN(3) {
			values = append(values, pick(g, tagKeys))
		}
		c.Context[multivalued] = values
	}
	for range 1 + g.IntN(3) {
		c.Identity = append(c.Identity, g.policy(c))
	}
	if g.chance(3) {
		c.Boundary = g.policy(c)
	}
	for g.chance(4) && len(c.Session) < 2 {
		c.Session = append(c.Session, g.policy(c))
	}
	return c
}

func (g generator) policy(c *testCase) map[string]any {
	var statements []any
	for range 1 + g.IntN(4) {
		statements = append(statements, g.statement(c))
	}
	p := map[string]any{"Version": "2012-10-17", "Statement": statements}
	if len(statements) == 1 && g.chance(2) {
		p["Statement"] = statements[0]
	}
	if g.chance(12) {
		p["Version"] = "2008-10-17"
	}
	return p
}

func (g generator) statement(c *testCase) map[string]any {
	s := map[string]any{"Effect": "Allow"}
	if g.chance(4) {
		s["Effect"] = "Deny"
	}
	s[g.negated("Action", 8)] = g.oneOrMany(func() string { return g.actionPattern(c.Action) })
	s[g.negated("Resource", 8)] = g.oneOrMany(func() string { return g.resourcePattern(c.Resource) })
	conditions := map[string]any{}
	for g.chance(2) && len(conditions) < 3 {
		operator, key, values := g.condition()
		conditions[operator] = map[string]any{g.otherCase(key): values}
	}
	if len(conditions) > 0 {
		s["Condition"] = conditions
	}
	return s
}

func (g generator) negated(name string, once int) string {
	if g.chance(once) {
		return "Not" + name
	}
	return name
}

func (g generator) oneOrMany(draw func() string) any {
	if g.chance(2) {
		return draw()
	}
	all := make([]string, 1+g.IntN(3))
	for i := range all {
		all[i] = draw()
	}
	return all
}

// otherCase changes the case of a text at times.
func (g generator) otherCase(text string) string {
	switch g.IntN(8) {
	case 0:
		return strings.ToLower(text)
	case 1:
		return strings.ToUpper(text)
	}
	return text
}

// actionPattern is most often one that matches the action.
func (g generator) actionPattern(action string) string {
	if g.chance(3) {
		action = pick(g, actions)
	}
	service, name, _ := strings.Cut(action, ":")
	switch g.IntN(6) {
	case 0:
		return "*"
	case 1:
		name = "*"
	case 2:
		name = name[:1+g.IntN(len(name))] + "*"
	case 3:
		i := g.IntN(len(name))
		name = name[:i] + "?" + name[i+1:]
	}
	return service + ":" + g.otherCase(name)
}

// resourcePattern is most often one that matches the resource.
func (g generator) resourcePattern(resource string) string {
	if g.chance(4) {
		resource = pick(g, resources)
	}
	if resource == "*" || g.chance(5) {
		return "*"
	}
	segments := strings.SplitN(resource, ":", 6)
	last := &segments[5]
	switch g.IntN(9) {
	case 0:
		segments[1+g.IntN(4)] = "*"
	case 1:
		*last = "*"
	case 2:
		*last = (*last)[:1+g.IntN(len(*last))] + "*"
	case 3:
		i := g.IntN(len(*last))
		*last = (*last)[:i] + "?" + (*last)[i+1:]
	case 4:
		*last = strings.ReplaceAll(*last, "alice", "${aws:username}")
	case 5:
		*last = strings.ReplaceAll(*last, "AWS", "${partnercentral:Catalog}")
	case 6:
		*last = strings.Replace(*last, "O1", "${aws:PrincipalTag/team, 'O1'}", 1)
	case 7:
		i := g.IntN(len(*last))
		*last = (*last)[:i] + "*" + (*last)[i:]
	}
	return strings.Join(segments, ":")
}

// condition draws an operator, a key and values.
func (g generator) condition() (operator, key string, values any) {
	pool := []string{}
	switch g.IntN(9) {
	case 0:
		return "Null", pick(g, keyNames), fmt.Sprint(g.chance(2))
	case 1:
		operator, key, pool = pick(g, []string{"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals"}),
			"aws:EpochTime", append(keys["aws:EpochTime"], "1764288000.0", "-1")
	case 2:
		operator, key, pool = pick(g, []string{"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"}),
			"aws:CurrentTime", append(keys["aws:CurrentTime"], "2026-11-28", "2026-11-28T01:00:00+01:00")
	case 3:
		operator, key, pool = pick(g, []string{"IpAddress", "NotIpAddress"}), "aws:SourceIp", []string{"203.0.113.0/24", "10.0.0.0/8", "203.0.113.7", "2001:db8::/32"}
	case 4:
		operator, key, pool = "Bool", "aws:SecureTransport", []string{"true", "false", "True"}
	case 5:
		operator, key = pick(g, []string{"ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"}), "aws:PrincipalArn"
		pool = append(keys[key], "arn:aws:iam::*:user/*", "arn:aws:iam::"+account+":*", "arn:aws:iam::"+account+":user/${aws:username}", "arn:*:iam::*:role/?/b")
	case 6:
		operator, key = g.textOperator(), multivalued
		pool = append(tagKeys, "t*", "*")
		operator = pick(g, []string{"ForAllValues:", "ForAnyValue:"}) + operator
	default:
		operator, key = g.textOperator(), pick(g, keyNames)
		pool = append(keys[key], "*", "r*", "?lice", "${aws:username}", "${aws:PrincipalTag/team}", "${aws:PrincipalTag/none, 'red'}", "${*}", "re?")
		if g.chance(6) {
			operator = pick(g, []string{"ForAllValues:", "ForAnyValue:"}) + operator
		}
	}
	if g.chance(4) {
		operator += "IfExists"
	}
	return operator, key, g.oneOrMany(func() string { return pick(g, pool) })
}

func (g generator) textOperator() string {
	return pick(g, []string{"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"})
}
