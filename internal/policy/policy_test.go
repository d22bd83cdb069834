package policy_test

import (
	"strings"
	"testing"

	"cosell/internal/policy"
)

const opportunity = "arn:aws:partnercentral:us-east-1:111122223333:catalog/Sandbox/opportunity/O1"

var alice = policy.Caller{Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/alice"}

func parse(t *testing.T, text string) policy.Named {
	t.Helper()
	d, err := policy.Parse([]byte(text), policy.Identity)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return policy.Named{Name: "p", Document: d}
}

func valuesOf(values map[string][]string) policy.Values {
	return func(key string) ([]string, bool) { v, ok := values[key]; return v, ok }
}

func request(values map[string][]string) *policy.Request {
	return &policy.Request{Caller: alice, Action: "partnercentral:GetOpportunity", Resource: opportunity, Values: valuesOf(values)}
}

func allow(element string) string {
	return `{"Version":"2012-10-17","Statement":{"Effect":"Allow",` + element + `}}`
}

// Each row is a condition, the values of the key test:k (nil: the request lacks it), and
// whether the condition holds.
func TestConditionOperators(t *testing.T) {
	for _, c := range []struct {
		operator, values string
		given            []string
		holds            bool
	}{
		{"StringEquals", `"a"`, []string{"a"}, true},
		{"StringEquals", `["b","a"]`, []string{"a"}, true},
		{"StringEquals", `"a"`, []string{"A"}, false},
		{"StringEquals", `"a"`, nil, false},
		{"StringEquals", `"a*"`, []string{"ab"}, false},
		{"StringEquals", `"${test:v}"`, []string{"*"}, false},
		{"StringEquals", `"${test:v}"`, []string{"value"}, true},
		{"StringEquals", `"${test:none, 'x'}"`, []string{"x"}, true},
		{"StringEquals", `"${test:none}"`, []string{""}, false},
		{"StringEquals", `"${*}"`, []string{"*"}, true},
		{"StringEqualsIfExists", `"a"`, nil, true},
		{"StringEqualsIfExists", `"a"`, []string{"b"}, false},
		{"StringNotEquals", `["a","b"]`, []string{"c"}, true},
		{"StringNotEquals", `["a","b"]`, []string{"b"}, false},
		{"StringNotEquals", `"a"`, nil, true},
		{"StringNotEquals", `"a"`, []string{"x", "a"}, false},
		{"StringEqualsIgnoreCase", `"aB"`, []string{"Ab"}, true},
		{"StringNotEqualsIgnoreCase", `"aB"`, []string{"Ab"}, false},
		{"StringLike", `"a*c?"`, []string{"abbcd"}, true},
		{"StringLike", `"a*c?"`, []string{"abbc"}, false},
		{"StringLike", `"${test:star}"`, []string{"anything"}, false},
		{"StringLike", `"?"`, []string{"é"}, true},
		{"StringNotLike", `"a*"`, []string{"b"}, true},
		{"StringNotLike", `"a*"`, []string{"ab"}, false},
		{"NumericEquals", `10`, []string{"10.0"}, true},
		{"NumericEquals", `"10"`, []string{"NaN"}, false},
		{"NumericNotEquals", `"10"`, []string{"11"}, true},
		{"NumericLessThan", `"10"`, []string{"9"}, true},
		{"NumericLessThan", `"10"`, []string{"10"}, false},
		{"NumericLessThanEquals", `"10"`, []string{"10"}, true},
		{"NumericGreaterThan", `"10"`, []string{"10"}, false},
		{"NumericGreaterThanEquals", `"10"`, []string{"10"}, true},
		{"NumericGreaterThanIfExists", `"10"`, nil, true},
		{"DateEquals", `"2026-01-01T00:00:00Z"`, []string{"1767225600"}, true},
		{"DateNotEquals", `"2026-01-01"`, []string{"2026-01-02T00:00:00Z"}, true},
		{"DateLessThan", `"2026-01-01"`, []string{"2025-12-31T23:59:59Z"}, true},
		{"DateLessThanEquals", `"2026-01-01"`, []string{"2026-01-01T00:00:00Z"}, true},
		{"DateGreaterThan", `"2026-01-01"`, []string{"2026-01-01T00:00:00+01:00"}, false},
		{"DateGreaterThanEquals", `"2026-01-01"`, []string{"2026-01-01T00:00:00Z"}, true},
		{"Bool", `true`, []string{"true"}, true},
		{"Bool", `"false"`, []string{"true"}, false},
		{"Bool", `"false"`, nil, false},
		{"BoolIfExists", `"true"`, nil, true},
		{"BinaryEquals", `"QQ=="`, []string{"QQ=="}, true},
		{"BinaryEquals", `"QQ=="`, []string{"Qg=="}, false},
		{"IpAddress", `"203.0.113.0/24"`, []string{"203.0.113.9"}, true},
		{"IpAddress", `"203.0.113.0/24"`, []string{"203.0.114.9"}, false},
		{"IpAddress", `"203.0.113.0/24"`, []string{"::ffff:203.0.113.9"}, true},
		{"IpAddress", `"2001:db8::/32"`, []string{"2001:db8::1"}, true},
		{"NotIpAddress", `"203.0.113.9"`, []string{"203.0.113.9"}, false},
		{"NotIpAddress", `"203.0.113.9"`, nil, true},
		{"ArnEquals", `"arn:aws:iam::1:role/*"`, []string{"arn:aws:iam::1:role/x"}, true},
		{"ArnLike", `"arn:aws:iam:*:1:role/x"`, []string{"arn:aws:iam::1:role/x"}, true},
		{"ArnLike", `"arn:aws:*:1:role/x:y"`, []string{"arn:aws:iam::1:role/x:y"}, false},
		{"ArnNotEquals", `"arn:aws:iam::1:role/x"`, []string{"arn:aws:iam::1:role/x"}, false},
		{"ArnNotLike", `"arn:aws:iam::1:role/*"`, []string{"arn:aws:iam::2:role/x"}, true},
		{"Null", `true`, nil, true},
		{"Null", `"true"`, []string{"a"}, false},
		{"Null", `"false"`, []string{"a"}, true},
		{"ForAllValues:StringEquals", `["a","b"]`, []string{"a", "b"}, true},
		{"ForAllValues:StringEquals", `["a","b"]`, []string{"a", "c"}, false},
		{"ForAllValues:StringEquals", `["a","b"]`, nil, true},
		{"ForAnyValue:StringEquals", `["a","b"]`, []string{"c", "b"}, true},
		{"ForAnyValue:StringEquals", `["a","b"]`, []string{"c"}, false},
		{"ForAnyValue:StringEquals", `["a","b"]`, nil, false},
		{"ForAnyValue:StringNotEquals", `"a"`, []string{"a", "b"}, true},
		{"ForAnyValue:StringNotEquals", `"a"`, nil, false},
		{"ForAllValues:StringNotEquals", `"a"`, []string{"a", "b"}, false},
		{"ForAnyValue:StringLikeIfExists", `"a*"`, nil, true},
	} {
		t.Run(c.operator+" "+c.values+" "+strings.Join(c.given, ","), func(t *testing.T) {
			p := parse(t, allow(`"Action":"*","Resource":"*","Condition":{"`+c.operator+`":{"test:K":`+c.values+`}}`))
			values := map[string][]string{"test:v": {"value"}, "test:star": {"*"}}
			if c.given != nil {
				values["test:k"] = c.given
			}
			set := policy.Policies{Identity: []policy.Named{p}}
			if got := set.Evaluate(request(values)).Allowed; got != c.holds {
				t.Errorf("holds: %t, want %t", got, c.holds)
			}
		})
	}
}

func TestActionsAndResources(t *testing.T) {
	for _, c := range []struct {
		name, element string
		allowed       bool
	}{
		{"action in another case", `"Action":"PARTNERCENTRAL:getopportunity","Resource":"*"`, true},
		{"wildcards", `"Action":"partnercentral:Get*","Resource":"*"`, true},
		{"one character", `"Action":"partnercentral:?etOpportunity","Resource":"*"`, true},
		{"prefix only", `"Action":"partnercentral:GetOpp","Resource":"*"`, false},
		{"another service", `"Action":"events:*","Resource":"*"`, false},
		{"look-alike letter", `"NotAction":"partnercentral:Get*","Resource":"*"`, false},
		{"NotAction", `"NotAction":"partnercentral:Create*","Resource":"*"`, true},
		{"the resource", `"Action":"*","Resource":"` + opportunity + `"`, true},
		{"resources are case-sensitive", `"Action":"*","Resource":"` + strings.Replace(opportunity, "Sandbox", "sandbox", 1) + `"`, false},
		{"resource wildcard", `"Action":"*","Resource":"arn:aws:partnercentral:*:111122223333:catalog/*/opportunity/*"`, true},
		{"a star ends at a colon", `"Action":"*","Resource":"arn:aws:partnercentral:us*O1*"`, false},
		{"a star within a segment", `"Action":"*","Resource":"arn:aws:partnercentral:us*1:*"`, true},
		{"a last star crosses colons", `"Action":"*","Resource":"arn:aws:partnercentral:*"`, true},
		{"NotResource", `"Action":"*","NotResource":"` + opportunity + `"`, false},
		{"NotResource of another", `"Action":"*","NotResource":"` + opportunity + `2"`, true},
		{"variable", `"Action":"*","Resource":"arn:aws:partnercentral:us-east-1:${aws:PrincipalAccount}:catalog/*"`, true},
		{"a variable brings no wildcard", `"Action":"*","Resource":"arn:aws:partnercentral:us-east-1:${test:star}:catalog/*"`, false},
		{"unknown variable in NotResource", `"Action":"*","NotResource":"arn:aws:s3:::${test:none}"`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			set := policy.Policies{Identity: []policy.Named{parse(t, allow(c.element))}}
			values := map[string][]string{"aws:principalaccount": {"111122223333"}, "test:star": {"*"}}
			if got := set.Evaluate(request(values)).Allowed; got != c.allowed {
				t.Errorf("allowed: %t, want %t", got, c.allowed)
			}
		})
	}
}

func TestDecisionsOfSeveralPolicies(t *testing.T) {
	all, none := allow(`"Action":"*","Resource":"*"`), allow(`"Action":"sts:*","Resource":"*"`)
	deny := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"No","Effect":"Deny","Action":"partnercentral:Get*","Resource":"*"}]}`
	const user = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: partnercentral:GetOpportunity on resource: " + opportunity
	for _, c := range []struct {
		name                        string
		identity, boundary, session string
		refusal                     string // "" if allowed
		statement                   string
	}{
		{"nothing", "", "", "", user + " because no identity-based policy allows the partnercentral:GetOpportunity action", ""},
		{"identity", all, "", "", "", "Statement[0]"},
		{"all three", all, all, all, "", "Statement[0]"},
		{"identity denies", deny, all, all, user + " with an explicit deny in an identity-based policy", "No"},
		{"boundary lacks", all, none, "", user + " because no permissions boundary allows the partnercentral:GetOpportunity action", ""},
		{"boundary denies", all, deny, "", user + " with an explicit deny in a permissions boundary", "No"},
		{"boundary alone allows nothing", none, all, "", user + " because no identity-based policy allows the partnercentral:GetOpportunity action", ""},
		{"session lacks", all, "", none, user + " because no session policy allows the partnercentral:GetOpportunity action", ""},
		{"session denies", all, "", deny, user + " with an explicit deny in a session policy", "No"},
		{"session escalation", none, "", all, user + " because no identity-based policy allows the partnercentral:GetOpportunity action", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var set policy.Policies
			if c.identity != "" {
				set.Identity = []policy.Named{parse(t, c.identity)}
			}
			if c.boundary != "" {
				set.Boundary = new(parse(t, c.boundary))
			}
			if c.session != "" {
				set.Session = []policy.Named{parse(t, c.session)}
			}
			r := request(nil)
			got := set.Evaluate(r)
			if got.Allowed != (c.refusal == "") || got.Statement != c.statement {
				t.Errorf("got %+v", got)
			}
			if !got.Allowed && got.Refusal(r) != c.refusal {
				t.Errorf("refusal %q, want %q", got.Refusal(r), c.refusal)
			}
		})
	}
}

func TestTrustPolicies(t *testing.T) {
	session := policy.Caller{Account: "111122223333", ARN: "arn:aws:sts::111122223333:assumed-role/r/s", Role: "arn:aws:iam::111122223333:role/r"}
	for _, c := range []struct {
		name, principal string
		caller          policy.Caller
		allowed         bool
	}{
		{"everybody", `"*"`, alice, true},
		{"account", `{"AWS":"111122223333"}`, alice, true},
		{"root", `{"AWS":["arn:aws:iam::111122223333:root"]}`, alice, true},
		{"another account", `{"AWS":"999999999999"}`, alice, false},
		{"user", `{"AWS":"arn:aws:iam::111122223333:user/alice"}`, alice, true},
		{"another user", `{"AWS":"arn:aws:iam::111122223333:user/alice2"}`, alice, false},
		{"role of a session", `{"AWS":"arn:aws:iam::111122223333:role/r"}`, session, true},
		{"service", `{"Service":"ec2.amazonaws.com"}`, alice, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":` + c.principal +
				`,"Condition":{"StringEquals":{"sts:ExternalId":"42"}}}}`
			d, err := policy.Parse([]byte(text), policy.Trust)
			if err != nil {
				t.Fatal(err)
			}
			r := policy.Request{Caller: c.caller, Action: "sts:AssumeRole", Resource: "arn:aws:iam::1:role/x", Values: valuesOf(map[string][]string{"sts:externalid": {"42"}})}
			if got := d.EvaluateTrust(&r).Allowed; got != c.allowed {
				t.Errorf("allowed %t, want %t", got, c.allowed)
			}
			r.Values = nil
			if d.EvaluateTrust(&r).Allowed {
				t.Error("allowed without the external id")
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct {
		kind     policy.Kind
		text, at string
	}{
		{policy.Identity, ``, ""},
		{policy.Identity, `{}`, "Statement"},
		{policy.Identity, `{"Version":"2012-10-18","Statement":[]}`, "Version"},
		{policy.Identity, `{"Statement":[]}`, "Statement"},
		{policy.Identity, `{"statement":[]}`, "statement"},
		{policy.Identity, allow(`"Action":"*"`), "Statement[0]"},
		{policy.Identity, allow(`"Action":"*","Action":"*","Resource":"*"`), "Statement.Action"},
		{policy.Identity, allow(`"Action":"*","NotAction":"*","Resource":"*"`), "Statement[0]"},
		{policy.Identity, allow(`"Action":"*:Get","Resource":"*"`), "Statement[0].Action"},
		{policy.Identity, allow(`"Action":["*","pаrtnercentral:Get"],"Resource":"*"`), "Statement[0].Action[1]"},
		{policy.Identity, allow(`"Action":[],"Resource":"*"`), "Statement[0].Action"},
		{policy.Identity, allow(`"Action":7,"Resource":"*"`), "Statement[0].Action"},
		{policy.Identity, allow(`"Action":"*","Resource":"opportunity/*"`), "Statement[0].Resource"},
		{policy.Identity, allow(`"Action":"*","Resource":"arn:aws:s3:::${aws:username"`), "Statement[0].Resource"},
		{policy.Identity, allow(`"Action":"*","Resource":"*","Principal":"*"`), "Statement[0].Principal"},
		{policy.Identity, `{"Statement":{"Effect":"allow","Action":"*","Resource":"*"}}`, "Statement[0].Effect"},
		{policy.Identity, allow(`"Action":"*","Resource":"*","Sid":"a b"`), "Statement[0].Sid"},
		{policy.Identity, allow(`"Action":"*","Resource":"*","Condition":{"StringIs":{"a:b":"c"}}`), "Statement[0].Condition.StringIs"},
		{policy.Identity, allow(`"Action":"*","Resource":"*","Condition":{"NullIfExists":{"a:b":"true"}}`), "Statement[0].Condition.NullIfExists"},
		{policy.Identity, allow(`"Action":"*","Resource":"*","Condition":{"NumericEquals":{"a:b":"1e99"}}`), "Statement[0].Condition.NumericEquals.a:b"},
		{policy.Identity, allow(`"Action":"*","Resource":"*","Condition":{"IpAddress":{"a:b":"x"}}`), "Statement[0].Condition.IpAddress.a:b"},
		{policy.Identity, allow(`"Action":"*","Resource":"*","Condition":{"StringEquals":{"catalog":"x"}}`), "Statement[0].Condition.StringEquals"},
		{policy.Identity, strings.Repeat(" ", policy.MaxSize+1), ""},
		{policy.Trust, allow(`"Action":"sts:AssumeRole"`), "Statement[0].Principal"},
		{policy.Trust, allow(`"Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::111122223333:user/*"}`), "Statement[0].Principal.AWS"},
		{policy.Trust, allow(`"Action":"sts:AssumeRole","NotPrincipal":{"AWS":"111122223333"}`), "Statement[0].NotPrincipal"},
		{policy.Trust, allow(`"Action":"sts:AssumeRole","Principal":"*","Resource":"*"`), "Statement[0].Resource"},
	} {
		_, err := policy.Parse([]byte(c.text), c.kind)
		e, ok := err.(*policy.Error)
		if !ok || e.At != c.at {
			t.Errorf("%.100s: error %v, want one at %q", c.text, err, c.at)
		}
	}
}

// A pattern of many stars must not make a match slow.
func TestPolicyBypassByManyWildcardsIsCheap(t *testing.T) {
	p := parse(t, allow(`"Action":"*","Resource":"arn:aws:s3:::`+strings.Repeat("a*", 900)+`b"`))
	set := policy.Policies{Identity: []policy.Named{p}}
	r := request(nil)
	r.Resource = "arn:aws:s3:::" + strings.Repeat("a", 2000)
	if set.Evaluate(r).Allowed {
		t.Error("allowed")
	}
}

func FuzzParseAndEvaluate(f *testing.F) {
	f.Add(allow(`"Action":"partnercentral:Get*","Resource":"arn:aws:partnercentral:*:${aws:a}:x/*","Condition":{"ForAnyValue:StringLikeIfExists":{"a:b":["c*"]}}`), opportunity, "v")
	f.Fuzz(func(t *testing.T, text, resource, value string) {
		d, err := policy.Parse([]byte(text), policy.Identity)
		if err != nil {
			if _, ok := err.(*policy.Error); !ok {
				t.Fatalf("error of type %T", err)
			}
			return
		}
		named := policy.Named{Name: "p", Document: d}
		r := request(nil)
		r.Resource, r.Values = resource, func(string) ([]string, bool) { return []string{value}, true }
		one := (&policy.Policies{Identity: []policy.Named{named}}).Evaluate(r)
		bounded := (&policy.Policies{Identity: []policy.Named{named}, Boundary: &named, Session: []policy.Named{named}}).Evaluate(r)
		if one.Allowed != bounded.Allowed {
			t.Errorf("%+v alone, %+v with itself as boundary and session policy", one, bounded)
		}
		nothing := policy.Policies{Boundary: &named, Session: []policy.Named{named}}
		if nothing.Evaluate(r).Allowed {
			t.Error("allowed without an identity policy")
		}
	})
}

func BenchmarkTenStatements(b *testing.B) {
	statement := `{"Effect":"Allow","Action":["partnercentral:Create*","partnercentral:Update*"],"Resource":"arn:aws:partnercentral:*:*:catalog/Sandbox/*","Condition":{"StringEquals":{"partnercentral:Catalog":"Sandbox"}}},`
	last := `{"Effect":"Allow","Action":"partnercentral:Get*","Resource":"arn:aws:partnercentral:*:*:catalog/Sandbox/*","Condition":{"StringEquals":{"partnercentral:Catalog":"Sandbox"}}}`
	d, err := policy.Parse([]byte(`{"Version":"2012-10-17","Statement":[`+strings.Repeat(statement, 9)+last+`]}`), policy.Identity)
	if err != nil {
		b.Fatal(err)
	}
	set := policy.Policies{Identity: []policy.Named{{Name: "p", Document: d}}}
	r := request(map[string][]string{"partnercentral:catalog": {"Sandbox"}})
	for b.Loop() {
		if !set.Evaluate(r).Allowed {
			b.Fatal("denied")
		}
	}
}
