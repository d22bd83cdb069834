package policy_test

import (
	"strings"
	"testing"

	"cosell/internal/policy"
)

// FuzzParse sees that no document breaks the parser, that a mistake names what is wrong,
// and that a document which parses can be evaluated.
func FuzzParse(f *testing.F) {
	for _, name := range policy.ManagedNames() {
		f.Add(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"`+name+`:*","Resource":"*"}]}`, uint8(0))
	}
	f.Add(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","NotAction":["s3:*"],"NotResource":"arn:aws:s3:::${aws:username}/*","Condition":{"ForAnyValue:StringLikeIfExists":{"aws:TagKeys":["a*","${*}"]}}}}`, uint8(0))
	f.Add(`{"Statement":{"Effect":"Allow","Principal":{"AWS":["111122223333","arn:aws:iam::aws:role/a"],"Service":"events.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:SecureTransport":true},"NumericLessThan":{"aws:EpochTime":1}}}}`, uint8(3))
	f.Fuzz(func(t *testing.T, text string, kind uint8) {
		k := policy.Kind(kind % 4)
		d, err := policy.Parse([]byte(text), k)
		if err != nil {
			if err.Error() == "" {
				t.Error("a mistake without a text")
			}
			return
		}
		r := &policy.Request{
			Caller: policy.Caller{Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/a"}, Action: "sts:AssumeRole", Resource: text,
			Values: func(key string) ([]string, bool) { return []string{key, text}, len(key)%2 == 0 },
		}
		if k == policy.Trust {
			if d.TrustsDirectly(r) && !d.EvaluateTrust(r).Allowed && !d.EvaluateTrust(r).Explicit {
				t.Error("trusted by name, and not trusted")
			}
			return
		}
		named := policy.Named{Name: "fuzzed", Document: d}
		alone := (&policy.Policies{Identity: []policy.Named{named}}).Evaluate(r)
		limited := (&policy.Policies{Identity: []policy.Named{named}, Boundary: &named, Session: []policy.Named{named}}).Evaluate(r)
		if alone.Allowed != limited.Allowed {
			t.Errorf("alone %+v, limited by itself %+v", alone, limited)
		}
	})
}

// FuzzEvaluate sees what must hold for every policy and request: a deny of everything
// always wins, nothing is allowed that no statement allows, the case of an action does not
// matter, and a boundary or session policy only takes away.
func FuzzEvaluate(f *testing.F) {
	f.Add("partnercentral:Get*", "arn:aws:partnercentral:*:*:catalog/Sandbox/opportunity/*", "partnercentral:GetOpportunity", "arn:aws:partnercentral:us-east-1:111122223333:catalog/Sandbox/opportunity/O1", "Sandbox")
	f.Add("*", "*", "iam:PassRole", "*", "AWS")
	f.Add("partnercentral:?etOpportunity", "arn:aws:partnercentral:us-east-1:*", "PARTNERCENTRAL:GETOPPORTUNITY", "arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/eng-*", "sandbox")
	quote := func(text string) string {
		return strings.Map(func(r rune) rune {
			if r < ' ' || r == '"' || r == '\\' || r == 0xFFFD {
				return '_'
			}
			return r
		}, text)
	}
	f.Fuzz(func(t *testing.T, action, resource, asked, on, catalog string) {
		statement := func(effect string) string {
			return `{"Effect":"` + effect + `","Action":"` + quote(action) + `","Resource":"` + quote(resource) +
				`","Condition":{"StringEquals":{"partnercentral:Catalog":"` + quote(catalog) + `"}}}`
		}
		parse := func(statements ...string) (policy.Named, bool) {
			d, err := policy.Parse([]byte(`{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`), policy.Identity)
			return policy.Named{Name: "fuzzed", Document: d}, err == nil
		}
		allow, ok := parse(statement("Allow"))
		if !ok {
			return
		}
		deny, _ := parse(statement("Deny"))
		everything, _ := parse(`{"Effect":"Allow","Action":"*","Resource":"*"}`)
		nothing, _ := parse(`{"Effect":"Deny","Action":"*","Resource":"*"}`)
		value := quote(catalog)
		r := &policy.Request{
			Caller: policy.Caller{Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/a"}, Action: asked, Resource: on,
			Values: func(key string) ([]string, bool) { return []string{value}, key == "partnercentral:catalog" },
		}
		of := func(p policy.Policies) bool { return p.Evaluate(r).Allowed }
		allowed := of(policy.Policies{Identity: []policy.Named{allow}})
		if denied := !of(policy.Policies{Identity: []policy.Named{everything, deny}}); denied != allowed {
			t.Errorf("allowed %t, and denied by the same statement %t", allowed, denied)
		}
		for name, p := range map[string]policy.Policies{
			"nothing": {}, "a deny of everything": {Identity: []policy.Named{allow, nothing, everything}},
			"a boundary that denies": {Identity: []policy.Named{everything}, Boundary: &nothing},
			"no allow":               {Identity: []policy.Named{deny}},
		} {
			if of(p) {
				t.Errorf("%s allows", name)
			}
		}
		if bounded := of(policy.Policies{Identity: []policy.Named{everything}, Session: []policy.Named{allow}}); bounded != allowed {
			t.Errorf("allowed %t, by a session policy %t", allowed, bounded)
		}
		r.Action = strings.ToUpper(asked)
		if strings.EqualFold(r.Action, asked) && of(policy.Policies{Identity: []policy.Named{allow}}) != allowed {
			t.Errorf("%s is decided otherwise than %s", r.Action, asked)
		}
		value += "x"
		if of(policy.Policies{Identity: []policy.Named{allow}}) {
			t.Error("a condition that is not met allows")
		}
	})
}
