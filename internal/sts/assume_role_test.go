package sts_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"cosell/internal/auth"
	"cosell/internal/authorization"
	"cosell/internal/identity"
	"cosell/internal/secrets/secretstest"
	"cosell/internal/store"
	"cosell/internal/store/enginetest"
	"cosell/internal/sts"
)

const (
	hub, partner = "111122223333", "444455556666"
	allowAll     = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	roleARN      = "arn:aws:iam::" + partner + ":role/sync"
)

// world is STS on a store with a user of the hub and a role of a partner.
type world struct {
	identities *identity.Service
	handler    http.Handler
	now        time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	s := enginetest.Open(t)
	keeper := secretstest.New(t)
	w := &world{now: now}
	clock := func() time.Time { return w.now }
	var err error
	if w.identities, err = identity.New(t.Context(), identity.Config{
		Store: s, Secrets: keeper, Random: rand.Reader, Now: clock, Log: slog.New(slog.DiscardHandler), Development: true,
	}); err != nil {
		t.Fatal(err)
	}
	w.handler = sts.New(sts.Config{
		Verifier: auth.NewVerifier(w.identities, clock, sts.SigningName), Identities: w.identities, Log: slog.New(slog.DiscardHandler),
		Authorizer: authorization.New(authorization.Config{Identities: w.identities, Store: s, Now: clock}),
	})
	return w
}

func key(account, kind, name string) store.PrincipalKey {
	return store.PrincipalKey{Account: account, Kind: kind, Name: name}
}

func (w *world) role(t *testing.T, account, name, trust string, policies ...string) {
	t.Helper()
	if _, err := w.identities.Put(t.Context(), key(account, auth.KindRole, name), identity.Settings{TrustPolicy: json.RawMessage(trust), MaxSessionDuration: 2 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	w.put(t, key(account, auth.KindRole, name), policies...)
}

func (w *world) put(t *testing.T, key store.PrincipalKey, policies ...string) {
	t.Helper()
	for i, p := range policies {
		if err := w.identities.PutPolicy(t.Context(), key, "p"+string(rune('0'+i)), identity.Source{Document: json.RawMessage(p)}); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *world) user(t *testing.T, account, name string, policies ...string) aws.Credentials {
	t.Helper()
	if _, err := w.identities.Put(t.Context(), key(account, auth.KindUser, name), identity.Settings{}); err != nil {
		t.Fatal(err)
	}
	w.put(t, key(account, auth.KindUser, name), policies...)
	k, err := w.identities.CreateKey(t.Context(), account, name)
	if err != nil {
		t.Fatal(err)
	}
	return aws.Credentials{AccessKeyID: k.ID, SecretAccessKey: k.Secret}
}

func (w *world) ask(t *testing.T, as aws.Credentials, action string, parameters ...string) *httptest.ResponseRecorder {
	t.Helper()
	form := url.Values{"Action": {action}, "Version": {"2011-06-15"}}
	for i := 0; i < len(parameters); i += 2 {
		form.Add(parameters[i], parameters[i+1])
	}
	body := form.Encode()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1:8787/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	sum := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(t.Context(), as, r, hex.EncodeToString(sum[:]), sts.SigningName, "us-east-1", w.now); err != nil {
		t.Fatal(err)
	}
	out := httptest.NewRecorder()
	w.handler.ServeHTTP(out, r)
	return out
}

func (w *world) assume(t *testing.T, as aws.Credentials, role string, parameters ...string) *httptest.ResponseRecorder {
	t.Helper()
	return w.ask(t, as, "AssumeRole", append([]string{"RoleArn", role, "RoleSessionName", "session"}, parameters...)...)
}

// credentials returns those in an answer.
func credentials(t *testing.T, answer *httptest.ResponseRecorder) aws.Credentials {
	t.Helper()
	type found struct{ AccessKeyId, SecretAccessKey, SessionToken string } //nolint:revive // as the answer has it
	var read struct {
		Assumed found `xml:"AssumeRoleResult>Credentials"`
		Own     found `xml:"GetSessionTokenResult>Credentials"`
	}
	if err := xml.Unmarshal(answer.Body.Bytes(), &read); err != nil || answer.Code != http.StatusOK {
		t.Fatal(answer.Code, answer.Body, err)
	}
	f := read.Assumed
	if f.AccessKeyId == "" {
		f = read.Own
	}
	return aws.Credentials{AccessKeyID: f.AccessKeyId, SecretAccessKey: f.SecretAccessKey, SessionToken: f.SessionToken}
}

func wantAnswer(t *testing.T, name string, w *httptest.ResponseRecorder, status int, want string) {
	t.Helper()
	if w.Code != status || !strings.Contains(w.Body.String(), want) {
		t.Errorf("%s: got %d %s, want %d %s", name, w.Code, w.Body, status, want)
	}
}

func trusting(principal, condition string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":["sts:AssumeRole","sts:TagSession"]` + condition + `}]}`
}

func TestAssumeRole(t *testing.T) {
	w := newWorld(t)
	w.role(t, partner, "sync", trusting(hub, `,"Condition":{"StringEquals":{"sts:ExternalId":"deal-42"}}`), allowAll)
	caller := w.user(t, hub, "crm", allowAll)
	answer := w.assume(t, caller, roleARN, "ExternalId", "deal-42")
	wantAnswer(t, "assumed", answer, 200, `<Arn>arn:aws:sts::444455556666:assumed-role/sync/session</Arn>`)
	session := credentials(t, answer)
	wantAnswer(t, "who", w.ask(t, session, "GetCallerIdentity"), 200,
		`<Arn>arn:aws:sts::444455556666:assumed-role/sync/session</Arn><UserId>AROA`)
	if !strings.Contains(answer.Body.String(), "<Expiration>"+w.now.Add(time.Hour).UTC().Format(time.RFC3339)+"</Expiration>") {
		t.Errorf("expires at another time: %s", answer.Body)
	}
	stolen := session
	stolen.SessionToken = ""
	wantAnswer(t, "without the token", w.ask(t, stolen, "GetCallerIdentity"), 403, "InvalidClientTokenId")
	w.now = w.now.Add(time.Hour)
	wantAnswer(t, "expired", w.ask(t, session, "GetCallerIdentity"), 403, "<Code>ExpiredToken</Code>")
}

// TestWhoMayAssume sees that both accounts must agree, and that no trick gets around it.
func TestWhoMayAssume(t *testing.T) {
	const crm = "arn:aws:iam::" + hub + ":user/crm"
	denied := "User: " + crm + " is not authorized to perform: sts:AssumeRole on resource: " + roleARN
	for _, c := range []struct {
		name, trust, policy string // policy of the caller, "" for none
		parameters          []string
		denied              string // "" is allowed
	}{
		{"both accounts allow", trusting(hub, ""), allowAll, nil, ""},
		{"the caller's account does not", trusting(hub, ""), "", nil, "User: " + crm},
		{"nor for a caller that is named in another account", trusting(crm, ""), "", nil, "User: " + crm},
		{"the role's account does not", trusting(partner, ""), allowAll, nil, denied},
		{"another user", trusting("arn:aws:iam::"+hub+":user/CRM", ""), allowAll, nil, denied},
		{"no external id (confused deputy)", trusting(hub, `,"Condition":{"StringEquals":{"sts:ExternalId":"deal-42"}}`), allowAll, nil, denied},
		{"another external id", trusting(hub, `,"Condition":{"StringEquals":{"sts:ExternalId":"deal-42"}}`), allowAll, []string{"ExternalId", "DEAL-42"}, denied},
		{"an external id with a wildcard", trusting(hub, `,"Condition":{"StringEquals":{"sts:ExternalId":"deal-42"}}`), allowAll, []string{"ExternalId", "*"}, "ValidationError"},
		{"an explicit deny of the caller", trusting(hub, ""), `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"sts:*","Resource":"` + roleARN + `"}]}`, nil, "with an explicit deny in an identity-based policy"},
		{"an explicit deny of the role", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:*"},{"Effect":"Deny","Principal":{"AWS":"` + crm + `"},"Action":"sts:AssumeRole"}]}`, allowAll, nil, denied},
		{"another role's ARN is allowed", trusting(hub, ""), `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::444455556666:role/sync2"}]}`, nil, "no identity-based policy allows the sts:AssumeRole action"},
		{"a session name that the trust asks for", trusting(hub, `,"Condition":{"StringEquals":{"sts:RoleSessionName":"session"}}`), allowAll, nil, ""},
		{"tags need an action of their own", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + hub + `"},"Action":"sts:AssumeRole"}]}`, allowAll, []string{"Tags.member.1.Key", "Team", "Tags.member.1.Value", "a"}, "sts:TagSession"},
		{"tags that the trust asks for", trusting(hub, `,"Condition":{"StringEquals":{"aws:RequestTag/Team":"a"}}`), allowAll, []string{"Tags.member.1.Key", "Team", "Tags.member.1.Value", "a"}, ""},
		{"other tags", trusting(hub, `,"Condition":{"StringEquals":{"aws:RequestTag/Team":"a"}}`), allowAll, []string{"Tags.member.1.Key", "Team", "Tags.member.1.Value", "b"}, denied},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.role(t, partner, "sync", c.trust)
			var policies []string
			if c.policy != "" {
				policies = []string{c.policy}
			}
			answer := w.assume(t, w.user(t, hub, "crm", policies...), roleARN, c.parameters...)
			status := 200
			switch {
			case strings.Contains(c.denied, "Validation"):
				status = 400
			case c.denied != "":
				status = 403
			}
			wantAnswer(t, c.name, answer, status, c.denied)
		})
	}
}

// TestWithinAnAccount sees when the trust policy alone is enough.
func TestWithinAnAccount(t *testing.T) {
	w := newWorld(t)
	w.role(t, partner, "named", trusting("arn:aws:iam::"+partner+":user/bob", ""))
	w.role(t, partner, "account", trusting(partner, ""))
	bob := w.user(t, partner, "bob")
	const prefix = "arn:aws:iam::" + partner + ":role/"
	wantAnswer(t, "named", w.assume(t, bob, prefix+"named"), 200, "")
	wantAnswer(t, "the account", w.assume(t, bob, prefix+"account"), 403, "no identity-based policy allows the sts:AssumeRole action")
	wantAnswer(t, "a role that is not there", w.assume(t, bob, prefix+"none"), 403, "is not authorized to perform: sts:AssumeRole on resource: "+prefix+"none")
	wantAnswer(t, "the development key", w.assume(t, aws.Credentials{AccessKeyID: partner, SecretAccessKey: "test"}, prefix+"account"), 200, "")
	w.put(t, key(partner, auth.KindUser, "bob"), `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*"}]}`)
	wantAnswer(t, "denied", w.assume(t, bob, prefix+"named"), 403, "with an explicit deny")
}

// TestAttackSessionOfADeletedPrincipal sees that credentials of a user or role that was
// deleted assume no role that trusts it by name, also where there is another one of its
// name by then.
func TestAttackSessionOfADeletedPrincipal(t *testing.T) {
	const prefix = "arn:aws:iam::" + partner + ":"
	w := newWorld(t)
	w.role(t, partner, "byUser", trusting(prefix+"user/bob", ""))
	w.role(t, partner, "byRole", trusting(prefix+"role/middle", ""))
	w.role(t, partner, "middle", trusting(prefix+"user/bob", ""))
	bob := w.user(t, partner, "bob")
	user := credentials(t, w.ask(t, bob, "GetSessionToken"))
	role := credentials(t, w.assume(t, bob, prefix+"role/middle"))
	asks := map[string]func() *httptest.ResponseRecorder{
		"user": func() *httptest.ResponseRecorder { return w.assume(t, user, prefix+"role/byUser") },
		"role": func() *httptest.ResponseRecorder { return w.assume(t, role, prefix+"role/byRole") },
	}
	for what, ask := range asks {
		wantAnswer(t, what+", before", ask(), 200, "")
	}
	for _, k := range []store.PrincipalKey{key(partner, auth.KindUser, "bob"), key(partner, auth.KindRole, "middle")} {
		if err := w.identities.Delete(t.Context(), k); err != nil {
			t.Fatal(err)
		}
	}
	for what, ask := range asks {
		wantAnswer(t, what+", deleted", ask(), 403, "<Code>AccessDenied</Code>")
	}
	w.role(t, partner, "middle", trusting(prefix+"user/bob", ""))
	w.user(t, partner, "bob")
	for what, ask := range asks {
		wantAnswer(t, what+", with a successor", ask(), 403, "<Code>AccessDenied</Code>")
	}
}

// TestSessionsDoNotEscalate sees that a session does not get rid of its limits by
// assuming a role that trusts it.
func TestSessionsDoNotEscalate(t *testing.T) {
	const prefix = "arn:aws:iam::" + partner + ":role/"
	w := newWorld(t)
	w.role(t, partner, "sync", trusting(hub, ""), allowAll)
	w.role(t, partner, "admin", trusting(prefix+"sync", ""), allowAll)
	caller := w.user(t, hub, "crm", allowAll)
	free := credentials(t, w.assume(t, caller, prefix+"sync"))
	wantAnswer(t, "a session without limits", w.assume(t, free, prefix+"admin"), 200, "assumed-role/admin")
	limited := credentials(t, w.assume(t, caller, prefix+"sync", "Policy",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"partnercentral:*","Resource":"*"}]}`))
	wantAnswer(t, "a session with a session policy", w.assume(t, limited, prefix+"admin"), 403, "because no session policy allows the sts:AssumeRole action")
	managed := credentials(t, w.assume(t, caller, prefix+"sync", "PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/AWSPartnerCentralFullAccess"))
	wantAnswer(t, "a session with a managed session policy", w.assume(t, managed, prefix+"admin"), 403, "because no session policy allows")
	wantAnswer(t, "longer than an hour by chaining", w.assume(t, free, prefix+"admin", "DurationSeconds", "7200"), 400, "role chaining")
	wantAnswer(t, "the user itself may", w.assume(t, caller, prefix+"sync", "DurationSeconds", "7200"), 200, "")
	wantAnswer(t, "a session of a session", w.ask(t, free, "GetSessionToken"), 403, "Cannot call GetSessionToken with session credentials")
}

func TestTransitiveTags(t *testing.T) {
	const prefix = "arn:aws:iam::" + partner + ":role/"
	w := newWorld(t)
	w.role(t, partner, "sync", trusting(hub, ""), allowAll)
	w.role(t, partner, "next", trusting(prefix+"sync", `,"Condition":{"StringEquals":{"aws:PrincipalTag/Team":"a"}}`), allowAll)
	caller := w.user(t, hub, "crm", allowAll)
	tagged := credentials(t, w.assume(t, caller, prefix+"sync", "Tags.member.1.Key", "Team", "Tags.member.1.Value", "a", "TransitiveTagKeys.member.1", "Team"))
	plain := credentials(t, w.assume(t, caller, prefix+"sync"))
	wantAnswer(t, "with the tag", w.assume(t, tagged, prefix+"next"), 200, "")
	wantAnswer(t, "without", w.assume(t, plain, prefix+"next"), 403, "AccessDenied")
	wantAnswer(t, "the tag is kept", w.assume(t, tagged, prefix+"next", "Tags.member.1.Key", "team", "Tags.member.1.Value", "b"), 400, "transitive tag of the calling session")
}

func TestRequestsInError(t *testing.T) {
	w := newWorld(t)
	w.role(t, partner, "sync", trusting(hub, ""), allowAll)
	caller := w.user(t, hub, "crm", allowAll)
	for name, c := range map[string]struct {
		role       string
		parameters []string
		want       string
	}{
		"no ARN":                    {"sync", nil, "RoleArn: must be the ARN of a role"},
		"a user":                    {"arn:aws:iam::444455556666:user/sync", nil, "RoleArn: must be"},
		"a wildcard":                {"arn:aws:iam::444455556666:role/*", nil, "RoleArn: must be"},
		"too short":                 {roleARN, []string{"DurationSeconds", "899"}, "DurationSeconds: must be 900 or more"},
		"too long":                  {roleARN, []string{"DurationSeconds", "7201"}, "exceeds the MaxSessionDuration set for this role"},
		"no number":                 {roleARN, []string{"DurationSeconds", "1h"}, "DurationSeconds"},
		"a policy in error":         {roleARN, []string{"Policy", `{"Version":"2012-10-17"}`}, "<Code>MalformedPolicyDocument</Code>"},
		"a large policy":            {roleARN, []string{"Policy", strings.Repeat(" ", 2049)}, "Policy: has 2049 bytes"},
		"an unknown managed policy": {roleARN, []string{"PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/AdministratorAccess"}, "PolicyArns: must name"},
		"tags that differ by case":  {roleARN, []string{"Tags.member.1.Key", "a", "Tags.member.2.Key", "A"}, "a key is there twice"},
		"a tag without a key":       {roleARN, []string{"Tags.member.1.Value", "a"}, "Tags: must have keys"},
		"a tag with a long key":     {roleARN, []string{"Tags.member.1.Key", strings.Repeat("é", 129)}, "Tags: must have keys"},
		"a tag with a long value":   {roleARN, []string{"Tags.member.1.Key", "a", "Tags.member.1.Value", strings.Repeat("é", 257)}, "Tags: must have keys"},
		"a tag with a control":      {roleARN, []string{"Tags.member.1.Key", "a", "Tags.member.1.Value", "a\x00"}, "Tags: must have keys"},
		"transitive without a tag":  {roleARN, []string{"TransitiveTagKeys.member.1", "a"}, "TransitiveTagKeys: must be keys of Tags"},
		"a source identity":         {roleARN, []string{"SourceIdentity", "a"}, "SourceIdentity: is not supported"},
		"a parameter twice":         {roleARN, []string{"RoleSessionName", "other"}, "InvalidParameterCombination"},
	} {
		wantAnswer(t, name, w.assume(t, caller, c.role, c.parameters...), 400, c.want)
	}
}

func TestSessionToken(t *testing.T) {
	w := newWorld(t)
	caller := w.user(t, hub, "crm", allowAll)
	session := credentials(t, w.ask(t, caller, "GetSessionToken", "DurationSeconds", "900"))
	wantAnswer(t, "who", w.ask(t, session, "GetCallerIdentity"), 200, `<Arn>arn:aws:iam::111122223333:user/crm</Arn><UserId>AIDA`)
	wantAnswer(t, "too long", w.ask(t, caller, "GetSessionToken", "DurationSeconds", "129601"), 400, "900 to 129600")
	wantAnswer(t, "with a device", w.ask(t, caller, "GetSessionToken", "TokenCode", "123456"), 400, "not supported")
	root := credentials(t, w.ask(t, aws.Credentials{AccessKeyID: hub, SecretAccessKey: "test"}, "GetSessionToken"))
	wantAnswer(t, "root", w.ask(t, root, "GetCallerIdentity"), 200, `<Arn>arn:aws:iam::111122223333:root</Arn><UserId>111122223333</UserId>`)
	w.now = w.now.Add(900 * time.Second)
	wantAnswer(t, "expired", w.ask(t, session, "GetCallerIdentity"), 403, "ExpiredToken")
	w.now = w.now.Add(time.Hour)
	wantAnswer(t, "root, after an hour", w.ask(t, root, "GetCallerIdentity"), 403, "ExpiredToken")
}

func TestAccessKeyInfo(t *testing.T) {
	w := newWorld(t)
	caller := w.user(t, hub, "crm", allowAll)
	wantAnswer(t, "a key", w.ask(t, caller, "GetAccessKeyInfo", "AccessKeyId", caller.AccessKeyID), 200, "<Account>111122223333</Account>")
	wantAnswer(t, "no key", w.ask(t, caller, "GetAccessKeyInfo", "AccessKeyId", "test"), 400, "AccessKeyId: must be")
	wantAnswer(t, "not allowed", w.ask(t, w.user(t, hub, "nobody"), "GetAccessKeyInfo", "AccessKeyId", caller.AccessKeyID), 403, "sts:GetAccessKeyInfo")
}
