package policy_test

import (
	"testing"

	"cosell/internal/policy"
)

// TestAttackVariableWithoutValue sees that a negated operator whose value has a variable that
// the request has no value for neither allows nor lifts a deny: what cannot be compared never
// widens access.
func TestAttackVariableWithoutValue(t *testing.T) {
	for operator, given := range map[string]string{
		"StringNotEquals": "red", "StringNotEqualsIgnoreCase": "red", "StringNotLike": "red", "StringNotEqualsIfExists": "red",
		"ForAllValues:StringNotEquals": "red", "ForAnyValue:StringNotLike": "red", "ArnNotLike": "arn:aws:iam::1:role/x", "ArnNotEquals": "arn:aws:iam::1:role/x",
	} {
		value := "${aws:username}"
		if operator[:3] == "Arn" {
			value = "arn:aws:iam::1:role/${aws:username}"
		}
		element := `"Action":"*","Resource":"*","Condition":{"` + operator + `":{"aws:ResourceTag/team":["blue","` + value + `"]}}`
		if operator[:3] == "Arn" {
			element = `"Action":"*","Resource":"*","Condition":{"` + operator + `":{"aws:ResourceTag/team":"` + value + `"}}`
		}
		allowed := policy.Policies{Identity: []policy.Named{parse(t, allow(element))}}
		denied := policy.Policies{Identity: []policy.Named{parse(t, allow(`"Action":"*","Resource":"*"`)), parse(t, `{"Version":"2012-10-17","Statement":{"Effect":"Deny",`+element+`}}`)}}
		without := map[string][]string{"aws:resourcetag/team": {given}}
		if allowed.Evaluate(request(without)).Allowed {
			t.Errorf("%s allows", operator)
		}
		if denied.Evaluate(request(without)).Allowed {
			t.Errorf("%s does not deny", operator)
		}
		with := map[string][]string{"aws:resourcetag/team": {given}, "aws:username": {"alice"}}
		if !allowed.Evaluate(request(with)).Allowed {
			t.Errorf("%s does not allow with a value", operator)
		}
	}
}
