package sts

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/identity"
	"cosell/internal/policy"
	"cosell/internal/store"
)

// The bounds of requests for sessions, as STS has them.
const (
	minDuration    = 15 * time.Minute
	maxChained     = time.Hour // of a session that another session makes
	maxInline      = 2048      // bytes of a session policy
	maxManaged     = 10        // managed session policies
	maxSessionTags = 50
	maxExternalID  = 1224
)

var (
	rolePattern       = regexp.MustCompile(`^arn:aws:iam::([0-9]{12}|aws):role/([\w+=,.@-]{1,64})$`)
	sessionPattern    = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)
	externalIDPattern = regexp.MustCompile(`^[\w+=,.@:/-]{2,}$`)
	// A repetition limit beside such a class would take megabytes: [isTag] counts.
	tagPattern = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
)

// isTag reports whether a session tag has a valid key and value.
func isTag(key, value string) bool {
	const maxKey, maxValue = 128, 256
	return key != "" && utf8.RuneCountInString(key) <= maxKey && utf8.RuneCountInString(value) <= maxValue &&
		tagPattern.MatchString(key) && tagPattern.MatchString(value)
}

type xmlCredentials struct {
	AccessKeyID     string `xml:"AccessKeyId"`
	SecretAccessKey string
	SessionToken    string
	Expiration      string
}

func shown(c identity.Credentials) xmlCredentials {
	return xmlCredentials{c.AccessKeyID, c.SecretAccessKey, c.SessionToken, c.Expires.Format(time.RFC3339)}
}

type assumedRole struct {
	XMLName xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ AssumeRoleResponse"`
	Result  struct {
		AssumedRoleUser struct {
			AssumedRoleID string `xml:"AssumedRoleId"`
			Arn           string
		}
		Credentials      xmlCredentials
		PackedPolicySize int
	} `xml:"AssumeRoleResult"`
	ResponseMetadata metadata
}

func invalid(format string, args ...any) error {
	return refuse("ValidationError", fmt.Sprintf(format, args...))
}

// assumeRole makes a session of a role for a caller whom the role trusts and whose own
// policies allow it.
func (c Config) assumeRole(r *request, m metadata) (any, error) {
	in, err := r.assumption()
	if err != nil {
		return nil, err
	}
	role, err := c.authorizedRole(r, in)
	if err != nil {
		return nil, err
	}
	if err := in.checkDuration(r.caller, role); err != nil {
		return nil, err
	}
	credentials, err := c.Identities.Grant(identity.Grant{
		Account: in.account, Kind: auth.KindRole, Name: in.role, ID: role.ID, Session: in.session, Duration: in.duration,
		Policies: in.policies, Tags: in.tags, Transitive: in.transitive,
	})
	if err != nil {
		return nil, err
	}
	if err := c.granted(r, credentials, in, role.ID); err != nil {
		return nil, err
	}
	answer := &assumedRole{ResponseMetadata: m}
	answer.Result.Credentials, answer.Result.PackedPolicySize = shown(credentials), credentials.Size
	answer.Result.AssumedRoleUser.AssumedRoleID = role.ID + ":" + in.session
	answer.Result.AssumedRoleUser.Arn = identity.SessionARN(in.account, in.role, in.session)
	return answer, nil
}

// assumption is what a request for a session of a role asks for.
type assumption struct {
	arn, account, role string
	session            string
	externalID         string
	duration           time.Duration
	policies           []identity.Source
	given              map[string]string // tags that the request brings
	tags               map[string]string // those and what the caller's session passes on
	transitive         []string
}

func (r *request) assumption() (*assumption, error) {
	in := &assumption{
		arn: r.form.Get("RoleArn"), session: r.form.Get("RoleSessionName"), externalID: r.form.Get("ExternalId"), duration: identity.DefaultSessionDuration,
	}
	parts := rolePattern.FindStringSubmatch(in.arn)
	switch {
	case parts == nil:
		return nil, invalid("RoleArn: must be the ARN of a role, such as arn:aws:iam::111122223333:role/name")
	case !sessionPattern.MatchString(in.session):
		return nil, invalid("RoleSessionName: must have 2 to 64 letters, digits and _+=,.@-")
	case in.externalID != "" && (len(in.externalID) > maxExternalID || !externalIDPattern.MatchString(in.externalID)):
		return nil, invalid("ExternalId: must have 2 to 1224 letters, digits and _+=,.@:/-")
	}
	for _, name := range []string{"SourceIdentity", "SerialNumber", "TokenCode"} {
		if r.form.Has(name) {
			return nil, invalid("%s: is not supported by this server; must be left out", name)
		}
	}
	in.account, in.role = parts[1], parts[2]
	if given := r.form.Get("DurationSeconds"); given != "" {
		seconds, err := strconv.ParseUint(given, 10, 20)
		if err != nil || time.Duration(seconds)*time.Second < minDuration {
			return nil, invalid("DurationSeconds: must be 900 or more")
		}
		in.duration = time.Duration(seconds) * time.Second
	}
	if err := in.readPolicies(r); err != nil {
		return nil, err
	}
	return in, in.readTags(r)
}

// list returns the values of a list that the query protocol writes as
// NAME.member.N.FIELD, in their order.
func (r *request) list(name string, most int, fields ...string) ([][]string, error) {
	var all [][]string
	for i := 1; ; i++ {
		prefix := name + ".member." + strconv.Itoa(i)
		one := make([]string, len(fields))
		there := false
		for f, field := range fields {
			key := strings.TrimSuffix(prefix+"."+field, ".")
			one[f], there = r.form.Get(key), there || r.form.Has(key)
		}
		if !there {
			return all, nil
		}
		if len(all) == most {
			return nil, invalid("%s: has more than %d members", name, most)
		}
		all = append(all, one)
	}
}

func (in *assumption) readPolicies(r *request) error {
	managed, err := r.list("PolicyArns", maxManaged, "arn")
	if err != nil {
		return err
	}
	for _, one := range managed {
		name, found := strings.CutPrefix(one[0], "arn:aws:iam::aws:policy/")
		if !found || !slices.Contains(policy.ManagedNames(), name) {
			return invalid("PolicyArns: must name managed policies that this server has, such as arn:aws:iam::aws:policy/%s", policy.ManagedNames()[0])
		}
		in.policies = append(in.policies, identity.Source{Managed: name})
	}
	text := r.form.Get("Policy")
	if text == "" {
		return nil
	}
	if len(text) > maxInline {
		return invalid("Policy: has %d bytes; must have at most %d", len(text), maxInline)
	}
	if _, err := policy.Parse([]byte(text), policy.Session); err != nil {
		return refuse("MalformedPolicyDocument", err.Error())
	}
	in.policies = append(in.policies, identity.Source{Document: json.RawMessage(text)})
	return nil
}

func (in *assumption) readTags(r *request) error {
	given, err := r.list("Tags", maxSessionTags, "Key", "Value")
	if err != nil {
		return err
	}
	transitive, err := r.list("TransitiveTagKeys", maxSessionTags, "")
	if err != nil {
		return err
	}
	in.given, in.tags = map[string]string{}, map[string]string{}
	// Keys differ by more than case, as policies compare them without.
	known := map[string]string{}
	if who := r.caller.Identity; who != nil && who.Session != nil {
		for _, key := range who.Session.Transitive {
			in.tags[key], known[strings.ToLower(key)] = who.Session.Tags[key], key
			in.transitive = append(in.transitive, key)
		}
	}
	for _, tag := range given {
		switch key := tag[0]; {
		case !isTag(key, tag[1]):
			return invalid("Tags: must have keys of 1 to 128 characters and values of at most 256")
		case known[strings.ToLower(key)] != "":
			return refuse("InvalidParameterValue", "Tags: a key is there twice, or is that of a transitive tag of the calling session")
		default:
			known[strings.ToLower(key)] = key
			in.given[key], in.tags[key] = tag[1], tag[1]
		}
	}
	for _, key := range transitive {
		if _, ok := in.given[key[0]]; !ok {
			return refuse("InvalidParameterValue", "TransitiveTagKeys: must be keys of Tags")
		}
		in.transitive = append(in.transitive, key[0])
	}
	return nil
}

// keys are the condition keys of the request beside the global ones.
func (in *assumption) keys() map[string][]string {
	keys := map[string][]string{"sts:rolesessionname": {in.session}}
	if in.externalID != "" {
		keys["sts:externalid"] = []string{in.externalID}
	}
	for key, value := range in.given {
		keys["aws:requesttag/"+strings.ToLower(key)] = []string{value}
	}
	if len(in.given) > 0 {
		keys["aws:tagkeys"] = slices.Sorted(maps.Keys(in.given))
	}
	if len(in.transitive) > 0 {
		keys["sts:transitivetagkeys"] = in.transitive
	}
	return keys
}

// authorizedRole returns the role that a caller may assume. A role that is not there is
// refused in the words of one that does not trust the caller.
func (c Config) authorizedRole(r *request, in *assumption) (*identity.Principal, error) {
	key := store.PrincipalKey{Account: in.account, Kind: auth.KindRole, Name: in.role}
	role, err := c.Identities.Get(r.Context(), key)
	if missing, ok := errors.AsType[*api.Error](err); ok && missing.Type == api.TypeResourceNotFound {
		return nil, in.denied(r, "sts:AssumeRole")
	}
	if err != nil {
		return nil, err
	}
	trust, err := policy.Parse(role.TrustPolicy, policy.Trust)
	if err != nil {
		return nil, fmt.Errorf("trust policy of %s: %w", in.arn, err)
	}
	actions := []string{"sts:AssumeRole"}
	if len(in.given) > 0 {
		actions = append(actions, "sts:TagSession")
	}
	for _, action := range actions {
		if err := c.authorize(r, in, trust, action); err != nil {
			return nil, err
		}
	}
	return role, nil
}

// authorize refuses an action that the role's trust policy or the caller's own policies do
// not allow. A caller of the role's account whom the trust policy names itself needs no
// identity policy that allows it, but the limits of its other policies hold.
func (c Config) authorize(r *request, in *assumption, trust *policy.Document, action string) error {
	keys := in.keys()
	request := &policy.Request{
		Caller: policy.Caller{Account: r.caller.Account, ARN: r.caller.ARN}, Action: action, Resource: in.arn,
		Values: c.Authorizer.Values(r.Context(), r.Request, r.caller, keys),
	}
	if r.caller.Identity != nil {
		request.Caller.Role = r.caller.Identity.RoleARN
	}
	if !trust.EvaluateTrust(request).Allowed {
		return in.denied(r, action)
	}
	if in.account == r.caller.Account && trust.TrustsDirectly(request) {
		return c.Authorizer.CheckLimits(r.Context(), r.Request, r.caller, action, in.arn, keys)
	}
	return c.Authorizer.CheckAction(r.Context(), r.Request, r.caller, action, in.arn, keys)
}

func (in *assumption) denied(r *request, action string) error {
	return api.AccessDenied("User: " + r.caller.ARN + " is not authorized to perform: " + action + " on resource: " + in.arn)
}

func (in *assumption) checkDuration(caller auth.Principal, role *identity.Principal) error {
	switch {
	case in.duration > role.MaxSessionDuration:
		return invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	case in.duration > maxChained && caller.Identity != nil && caller.Identity.Kind == auth.KindRole:
		return invalid("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
	}
	return nil
}
