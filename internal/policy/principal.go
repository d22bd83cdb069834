package policy

import (
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// principal is whom a trust policy trusts: everybody, an account, or an ARN.
type principal struct {
	everybody bool
	account   string
	arn       string
}

var (
	accountPattern   = regexp.MustCompile(`^([0-9]{12}|aws)$`)
	principalPattern = regexp.MustCompile(`^arn:aws:(iam|sts)::([0-9]{12}|aws):(root|(user|role|assumed-role)/[\w+=,.@/-]{1,512})$`)
	servicePattern   = regexp.MustCompile(`^[a-z0-9.-]{1,128}\.amazonaws\.com$`)
)

type rawPrincipal struct {
	AWS     jsontext.Value `json:"AWS"`
	Service jsontext.Value `json:"Service"`
}

func parsePrincipals(v jsontext.Value, at string) ([]principal, error) {
	if v.Kind() == '"' {
		values, err := texts(v, at, false)
		if err == nil && values[0] != "*" {
			err = wrong(at, "must be * or an object, such as {\"AWS\": \"111122223333\"}")
		}
		return []principal{{everybody: true}}, err
	}
	if v.Kind() != '{' {
		return nil, wrong(at, "must be * or an object")
	}
	var raw rawPrincipal
	if err := decode(v, &raw, at); err != nil {
		return nil, err
	}
	var all []principal
	if raw.AWS != nil {
		values, err := texts(raw.AWS, at+".AWS", false)
		if err != nil {
			return nil, err
		}
		for _, value := range values {
			p, err := parsePrincipal(value, at+".AWS")
			if err != nil {
				return nil, err
			}
			all = append(all, p)
		}
	}
	if raw.Service != nil {
		values, err := texts(raw.Service, at+".Service", false)
		if err != nil {
			return nil, err
		}
		for _, value := range values {
			if !servicePattern.MatchString(value) {
				return nil, wrong(at+".Service", "is %.80q; must be a service, such as resource-snapshot-job.partnercentral-selling.amazonaws.com", value)
			}
			all = append(all, principal{arn: value})
		}
	}
	if len(all) == 0 {
		return nil, wrong(at, "is empty; must have AWS or Service")
	}
	return all, nil
}

func parsePrincipal(value, at string) (principal, error) {
	switch {
	case value == "*":
		return principal{everybody: true}, nil
	case accountPattern.MatchString(value):
		return principal{account: value}, nil
	case principalPattern.MatchString(value):
		if account, root := strings.CutSuffix(strings.TrimPrefix(value, "arn:aws:iam::"), ":root"); root {
			return principal{account: account}, nil
		}
		return principal{arn: value}, nil
	}
	return principal{}, wrong(at, "is %.80q; must be *, an account, or the ARN of a root, user, role or role session without wildcards", value)
}

// matches reports whether the caller is trusted. role is the ARN of the role that a
// session belongs to.
func (p principal) matches(c Caller) bool {
	switch {
	case p.everybody:
		return true
	case p.account != "":
		return p.account == c.Account
	}
	return p.arn == c.ARN || c.Role != "" && p.arn == c.Role
}
