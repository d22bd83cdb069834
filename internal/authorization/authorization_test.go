package authorization_test

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cosell/internal/access"
	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/authorization"
	"cosell/internal/events/eventsapi"
	"cosell/internal/identity"
	"cosell/internal/policy"
	"cosell/internal/secrets/secretstest"
	"cosell/internal/store"
	"cosell/internal/store/enginetest"
)

const account = "111122223333"

var now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// world is an authorizer with a user, a role and the root user of an account.
type world struct {
	*authorization.Authorizer

	identities *identity.Service
	store      store.Store
}

func newWorld(t testing.TB) *world {
	t.Helper()
	s := enginetest.Open(t)
	keeper := secretstest.New(t)
	clock := func() time.Time { return now }
	identities, err := identity.New(t.Context(), identity.Config{
		Store: s, Secrets: keeper, Random: rand.Reader, Now: clock, Log: slog.New(slog.DiscardHandler), Development: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &world{authorization.New(authorization.Config{Identities: identities, Store: s, Now: clock}), identities, s}
}

// statements is a policy with statements.
func statements(all ...string) identity.Source {
	return identity.Source{Document: json.RawMessage(`{"Version":"2012-10-17","Statement":[` + strings.Join(all, ",") + `]}`)}
}

func (w *world) user(t testing.TB, name string, boundary *identity.Source, policies ...identity.Source) auth.Principal {
	t.Helper()
	return w.principal(t, auth.KindUser, name, identity.Settings{Boundary: boundary}, policies...)
}

func (w *world) principal(t testing.TB, kind, name string, in identity.Settings, policies ...identity.Source) auth.Principal {
	t.Helper()
	key := store.PrincipalKey{Account: account, Kind: kind, Name: name}
	p, err := w.identities.Put(t.Context(), key, in)
	if err != nil {
		t.Fatal(err)
	}
	for i, source := range policies {
		if err := w.identities.PutPolicy(t.Context(), key, fmt.Sprint("policy", i), source); err != nil {
			t.Fatal(err)
		}
	}
	return auth.Principal{Account: account, ARN: p.ARN(), Identity: &auth.Identity{Kind: kind, Name: name, ID: p.ID}}
}

func request() *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", http.NoBody)
	r.RemoteAddr = "203.0.113.7:4711"
	r.Header.Set("User-Agent", "agent/1")
	return r
}

func (w *world) check(t testing.TB, caller auth.Principal, operations []api.Operation, name, body string) error {
	t.Helper()
	op, ok := api.LookupIn(operations, name)
	if !ok {
		t.Fatalf("no operation %s", name)
	}
	in := op.NewInput()
	if err := api.Unmarshal([]byte(body), in); err != nil {
		t.Fatal(err)
	}
	return w.Check(t.Context(), request(), caller, op, in)
}

func wantDenied(t *testing.T, name string, err error, want string) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		return
	}
	e, _ := errors.AsType[*api.Error](err)
	if e == nil || e.Type != api.TypeAccessDenied || !strings.Contains(e.Message, want) {
		t.Errorf("%s: got %v, want %s", name, err, want)
	}
}

const full = `{"Effect":"Allow","Action":"*","Resource":"*"}`

// TestResources sees that policies find the resources that a request is about, in every
// form in which it may name them.
func TestResources(t *testing.T) {
	const own, other = "arn:aws:partnercentral:us-east-1:111122223333:catalog/Sandbox/", "arn:aws:partnercentral:us-east-1::catalog/Sandbox/"
	allow := func(action, resource string) string {
		return `{"Effect":"Allow","Action":"` + action + `","Resource":"` + resource + `"}`
	}
	for _, c := range []struct {
		name       string
		statements []string
		operation  string
		body       string
		denied     string // "" is allowed
	}{
		{"the opportunity", []string{allow("partnercentral:GetOpportunity", own+"opportunity/O1")}, "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`, ""},
		{
			"another opportunity",
			[]string{allow("partnercentral:GetOpportunity", own+"opportunity/O1")},
			"GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O2"}`,
			"User: arn:aws:iam::111122223333:user/alice is not authorized to perform: partnercentral:GetOpportunity on resource: " + own +
				"opportunity/O2 because no identity-based policy allows the partnercentral:GetOpportunity action",
		},
		{"another catalog", []string{allow("partnercentral:GetOpportunity", own+"opportunity/O1")}, "GetOpportunity", `{"Catalog":"AWS","Identifier":"O1"}`, "catalog/AWS/"},
		{"a created one is any", []string{allow("partnercentral:CreateOpportunity", own+"opportunity/*")}, "CreateOpportunity", `{"Catalog":"Sandbox"}`, ""},
		{"a created one is no certain one", []string{allow("partnercentral:CreateOpportunity", own+"opportunity/O1")}, "CreateOpportunity", `{"Catalog":"Sandbox"}`, "opportunity/*"},
		{"an engagement has no account", []string{allow("partnercentral:GetEngagement", other+"engagement/eng-1")}, "GetEngagement", `{"Catalog":"Sandbox","Identifier":"eng-1"}`, ""},
		{
			"an ARN counts as its identifier",
			[]string{allow("partnercentral:GetEngagement", other+"engagement/eng-1")},
			"GetEngagement",
			`{"Catalog":"Sandbox","Identifier":"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/eng-1"}`, "",
		},
		{"an ARN of another region, account or catalog counts as the request's", []string{
			full,
			`{"Sid":"No","Effect":"Deny","Action":"partnercentral:GetEngagement","Resource":"` + other + `engagement/eng-1"}`,
		}, "GetEngagement", `{"Catalog":"Sandbox","Identifier":"arn:aws:partnercentral:eu-west-1:999999999999:catalog/Sandbox/engagement/eng-1"}`, "explicit deny"},
		{"any one of several that is denied refuses all", []string{
			full,
			`{"Effect":"Deny","Action":"partnercentral:*","Resource":"` + other + `engagement/eng-2"}`,
		}, "StartProspectingFromEngagementTask", `{"Catalog":"Sandbox","Identifiers":["eng-1","eng-2"],"TaskName":"t"}`, "engagement/eng-2 with an explicit deny in an identity-based policy"},
		{"a list has no resource", []string{allow("partnercentral:ListOpportunities", own+"opportunity/*")}, "ListOpportunities", `{"Catalog":"Sandbox"}`, "on resource: *"},
		{
			"a snapshot",
			[]string{allow("partnercentral:GetResourceSnapshot", other+"engagement/eng-1/resource/Opportunity/O1/template/T/snapshot/*")},
			"GetResourceSnapshot", `{"Catalog":"Sandbox","EngagementIdentifier":"eng-1","ResourceType":"Opportunity","ResourceIdentifier":"O1","ResourceSnapshotTemplateIdentifier":"T","Revision":2}`, "",
		},
		{
			"a context also needs its engagement",
			[]string{allow("partnercentral:CreateEngagementContext", "*")},
			"CreateEngagementContext",
			`{"Catalog":"Sandbox","EngagementIdentifier":"eng-1"}`, "partnercentral:GetEngagement on resource: " + other + "engagement/eng-1",
		},
		{
			"a task needs all of its steps",
			[]string{allow("partnercentral:StartEngagementFromOpportunityTask", "*"), allow("partnercentral:Get*", "*"), allow("partnercentral:Create*", "*")},
			"StartEngagementFromOpportunityTask", `{"Catalog":"Sandbox","Identifier":"O1"}`, "partnercentral:SubmitOpportunity on resource: " + own + "opportunity/O1",
		},
		{
			"a role must be passed",
			[]string{allow("partnercentral:*", "*")},
			"PutSellingSystemSettings", `{"Catalog":"Sandbox","ResourceSnapshotJobRoleIdentifier":"jobs"}`,
			"iam:PassRole on resource: arn:aws:iam::111122223333:role/jobs",
		},
		{"a role that is passed to the service", []string{
			allow("partnercentral:*", "*"),
			`{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::*:role/a/*","Condition":{"StringEquals":{"iam:PassedToService":"resource-snapshot-job.partnercentral-selling.amazonaws.com"}}}`,
		}, "PutSellingSystemSettings", `{"Catalog":"Sandbox","ResourceSnapshotJobRoleIdentifier":"arn:aws:iam::111122223333:role/a/jobs"}`, ""},
		{"no role is passed", []string{allow("partnercentral:*", "*")}, "PutSellingSystemSettings", `{"Catalog":"Sandbox"}`, ""},
		{"tags need their action", []string{allow("partnercentral:CreateOpportunity", "*")}, "CreateOpportunity", `{"Catalog":"Sandbox","Tags":[{"Key":"a","Value":"b"}]}`, "partnercentral:TagResource"},
		{"without tags they do not", []string{allow("partnercentral:CreateOpportunity", "*")}, "CreateOpportunity", `{"Catalog":"Sandbox","Tags":[]}`, ""},
		{"the resource that is tagged", []string{allow("partnercentral:TagResource", own+"opportunity/*")}, "TagResource", `{"ResourceArn":"` + own + `opportunity/O1","Tags":[{"Key":"a","Value":"b"}]}`, ""},
		{"another one", []string{allow("partnercentral:TagResource", own+"opportunity/*")}, "TagResource", `{"ResourceArn":"` + own + `resource-snapshot-job/job-1","Tags":[{"Key":"a","Value":"b"}]}`, "resource-snapshot-job/job-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			alice := w.user(t, "alice", nil, statements(c.statements...))
			wantDenied(t, c.name, w.check(t, alice, api.Operations, c.operation, c.body), c.denied)
		})
	}
}

// TestConditionKeys sees that a request has each condition key, and that it is compared.
func TestConditionKeys(t *testing.T) {
	const own = "arn:aws:partnercentral:us-east-1:111122223333:catalog/Sandbox/opportunity/O1"
	for _, c := range []struct {
		name, operator, key, value string
		operation, body            string
		allowed                    bool
	}{
		{"catalog", "StringEquals", "partnercentral:Catalog", "Sandbox", "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`, true},
		{"another catalog", "StringEquals", "partnercentral:Catalog", "AWS", "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`, false},
		{"key in lower case", "StringEquals", "partnercentral:catalog", "Sandbox", "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`, true},
		{"catalog of tags", "StringEquals", "partnercentral:Catalog", "Sandbox", "ListTagsForResource", `{"ResourceArn":"` + own + `"}`, true},
		{"catalog of no resource", "StringEqualsIfExists", "partnercentral:Catalog", "AWS", "ListTagsForResource", `{"ResourceArn":"arn:x"}`, true},
		{"related entity", "StringEquals", "partnercentral:RelatedEntityType", "Solutions", "AssociateOpportunity", `{"Catalog":"Sandbox","OpportunityIdentifier":"O1","RelatedEntityType":"Solutions","RelatedEntityIdentifier":"S-1"}`, true},
		{"another related entity", "StringEquals", "partnercentral:RelatedEntityType", "Solutions", "AssociateOpportunity", `{"Catalog":"Sandbox","OpportunityIdentifier":"O1","RelatedEntityType":"AwsProducts","RelatedEntityIdentifier":"x"}`, false},
		{"related entity elsewhere", "Null", "partnercentral:RelatedEntityType", "true", "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`, true},
		{"tag of the request", "StringEquals", "aws:RequestTag/Team", "sellers", "CreateOpportunity", `{"Catalog":"Sandbox","Tags":[{"Key":"Team","Value":"sellers"}]}`, true},
		{"another value", "StringEquals", "aws:RequestTag/Team", "sellers", "CreateOpportunity", `{"Catalog":"Sandbox","Tags":[{"Key":"Team","Value":"others"}]}`, false},
		{"the tag twice", "StringEquals", "aws:RequestTag/Team", "sellers", "CreateOpportunity", `{"Catalog":"Sandbox","Tags":[{"Key":"team","Value":"sellers"},{"Key":"Team","Value":"others"}]}`, false},
		{"no tag", "StringEquals", "aws:RequestTag/Team", "sellers", "CreateOpportunity", `{"Catalog":"Sandbox"}`, false},
		{"keys of tags", "ForAllValues:StringEquals", "aws:TagKeys", "Team", "CreateOpportunity", `{"Catalog":"Sandbox","Tags":[{"Key":"Team","Value":"x"},{"Key":"Cost","Value":"x"}]}`, false},
		{"keys that are removed", "ForAnyValue:StringEquals", "aws:TagKeys", "Team", "UntagResource", `{"ResourceArn":"` + own + `","TagKeys":["Cost","Team"]}`, true},
		{"tag of the resource", "StringEquals", "aws:ResourceTag/Owner", "alice", "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`, true},
		{"tag of another resource", "StringEquals", "aws:ResourceTag/Owner", "alice", "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O2"}`, false},
		{"tag of a resource in another catalog", "StringEquals", "aws:ResourceTag/Owner", "alice", "GetOpportunity", `{"Catalog":"AWS","Identifier":"O1"}`, false},
		{"principal", "ArnEquals", "aws:PrincipalArn", "arn:aws:iam::111122223333:user/alice", "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`, true},
		{"account", "StringEquals", "aws:PrincipalAccount", account, "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`, true},
		{"user name", "StringEquals", "aws:username", "alice", "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`, true},
		{"type", "StringEquals", "aws:PrincipalType", "User", "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`, true},
		{"address", "IpAddress", "aws:SourceIp", "203.0.113.0/24", "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`, true},
		{"another address", "IpAddress", "aws:SourceIp", "198.51.100.0/24", "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`, false},
		{"TLS", "Bool", "aws:SecureTransport", "true", "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`, false},
		{"time", "DateLessThan", "aws:CurrentTime", "2026-11-28T12:00:01Z", "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`, true},
		{"a past time", "DateLessThan", "aws:CurrentTime", "2026-11-28T12:00:00Z", "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`, false},
		{"seconds", "NumericGreaterThan", "aws:EpochTime", "1", "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`, true},
		{"agent", "StringLike", "aws:UserAgent", "agent/*", "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`, true},
		{"region", "StringEquals", "aws:RequestedRegion", "us-east-1", "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`, true},
		{"no session", "Null", "aws:TokenIssueTime", "true", "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`, true},
		{"a key that is unknown", "StringEquals", "aws:PrincipalOrgID", "o-1", "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			if err := w.store.Update(t.Context(), func(tx *store.Tx) error {
				return tx.PutTags(account, own, 1, []store.Tag{{Key: "Owner", Value: "alice"}})
			}); err != nil {
				t.Fatal(err)
			}
			alice := w.user(t, "alice", nil, statements(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"`+c.operator+`":{"`+c.key+`":"`+c.value+`"}}}`))
			want := ""
			if !c.allowed {
				want = "no identity-based policy allows"
			}
			wantDenied(t, c.name, w.check(t, alice, api.Operations, c.operation, c.body), want)
		})
	}
}

// TestWhoIsHeld sees which policies a caller is held to.
func TestWhoIsHeld(t *testing.T) {
	const sandbox = `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"partnercentral:Catalog":"Sandbox"}}}`
	w := newWorld(t)
	get := func(caller auth.Principal, catalog string) error {
		return w.check(t, caller, api.Operations, "GetOpportunity", `{"Catalog":"`+catalog+`","Identifier":"O1"}`)
	}
	limits, err := policy.Parse(statements(sandbox).Document, policy.Session)
	if err != nil {
		t.Fatal(err)
	}
	session := func(p auth.Principal) auth.Principal {
		who := *p.Identity
		who.Session = &auth.Session{Name: "s", Policies: []policy.Named{{Name: "session policy", Document: limits}}}
		p.Identity = &who
		return p
	}
	root := auth.Principal{Account: account, ARN: "arn:aws:iam::111122223333:root"}
	rootSession := session(auth.Principal{Account: account, ARN: root.ARN, Identity: &auth.Identity{Kind: auth.KindRoot, Name: auth.KindRoot}})
	wantDenied(t, "a root user without policies", get(root, "AWS"), "")
	wantDenied(t, "its session", get(rootSession, "AWS"), "no session policy allows")
	wantDenied(t, "its session, allowed", get(rootSession, "Sandbox"), "")
	wantDenied(t, "a user without policies", get(w.user(t, "none", nil), "Sandbox"), "no identity-based policy allows")
	bounded := w.user(t, "bounded", new(statements(sandbox)), statements(full))
	wantDenied(t, "a boundary", get(bounded, "AWS"), "no permissions boundary allows")
	wantDenied(t, "within the boundary", get(bounded, "Sandbox"), "")
	free := w.user(t, "free", nil, statements(full))
	wantDenied(t, "a session policy", get(session(free), "AWS"), "no session policy allows")
	wantDenied(t, "within the session policy", get(session(free), "Sandbox"), "")
	wantDenied(t, "a session policy gives nothing", get(session(w.user(t, "nothing", nil)), "Sandbox"), "no identity-based policy allows")
	wantDenied(t, "the user itself", get(free, "AWS"), "")
	if err := w.identities.Delete(t.Context(), store.PrincipalKey{Account: account, Kind: auth.KindUser, Name: "free"}); err != nil {
		t.Fatal(err)
	}
	wantDenied(t, "a deleted user", get(free, "Sandbox"), "no identity-based policy allows")
	again := w.user(t, "free", nil, statements(full))
	wantDenied(t, "credentials of a deleted user whose name is taken again", get(free, "Sandbox"), "no identity-based policy allows")
	wantDenied(t, "the new one", get(again, "Sandbox"), "")
	if err := w.identities.PutPolicy(t.Context(), store.PrincipalKey{Account: account, Kind: auth.KindRoot, Name: auth.KindRoot}, "p", statements(sandbox)); err != nil {
		t.Fatal(err)
	}
	wantDenied(t, "a root user with policies", get(root, "AWS"), "no identity-based policy allows")
	wantDenied(t, "a root user with policies, allowed", get(root, "Sandbox"), "")
	other := auth.Principal{Account: "444455556666", ARN: "arn:aws:iam::444455556666:root"}
	wantDenied(t, "another account's root user", get(other, "AWS"), "")
}

// TestEvents sees that EventBridge's actions are held to policies, too.
func TestEvents(t *testing.T) {
	w := newWorld(t)
	alice := w.user(t, "alice", nil, statements(
		`{"Effect":"Allow","Action":"events:Put*","Resource":"arn:aws:events:us-east-1:111122223333:rule/crm-*"}`,
		`{"Effect":"Allow","Action":"events:List*","Resource":"*"}`,
		`{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/crm","Condition":{"StringEquals":{"iam:PassedToService":"events.amazonaws.com"}}}`,
	))
	for _, c := range []struct{ operation, body, denied string }{
		{"PutRule", `{"Name":"crm-1","EventPattern":"{}"}`, ""},
		{"PutRule", `{"Name":"erp-1","EventPattern":"{}"}`, "events:PutRule on resource: arn:aws:events:us-east-1:111122223333:rule/erp-1"},
		{"PutRule", `{"Name":"crm-1","EventPattern":"{}","RoleArn":"arn:aws:iam::111122223333:role/x"}`, "iam:PassRole"},
		{"PutTargets", `{"Rule":"crm-1","Targets":[]}`, ""},
		{"PutTargets", `{"Rule":"crm-1","Targets":[{"Id":"1","Arn":"arn:aws:sqs:us-east-1:111122223333:q"}]}`, ""},
		{"PutTargets", `{"Rule":"crm-1","Targets":[{"Id":"1","Arn":"a","RoleArn":"arn:aws:iam::111122223333:role/x"}]}`, "iam:PassRole on resource: arn:aws:iam::111122223333:role/x"},
		{"PutTargets", `{"Rule":"crm-1","Targets":[{"Id":"1","Arn":"a","RoleArn":"arn:aws:iam::111122223333:role/crm"},{"Id":"2","Arn":"a","RoleArn":"arn:aws:iam::111122223333:role/x"}]}`, "role/x"},
		{"PutTargets", `{"Rule":"crm-1","Targets":[{"Id":"1","Arn":"a","RoleArn":"arn:aws:iam::111122223333:role/crm"}]}`, ""},
		{"ListRules", `{}`, ""},
		{"DeleteRule", `{"Name":"crm-1"}`, "events:DeleteRule"},
	} {
		wantDenied(t, c.operation, w.check(t, alice, eventsapi.Operations, c.operation, c.body), c.denied)
	}
}

// TestEveryOperationIsAuthorized sees that a caller without policies may take no
// operation, and one with all actions every operation.
func TestEveryOperationIsAuthorized(t *testing.T) {
	w := newWorld(t)
	nobody, everybody := w.user(t, "nobody", nil), w.user(t, "everybody", nil, statements(full))
	for prefix, operations := range map[string][]api.Operation{"partnercentral:": api.Operations, "events:": eventsapi.Operations} {
		for i := range operations {
			op := &operations[i]
			if len(op.Access.Needed) == 0 || op.Access.Needed[0].Action != prefix+op.Name {
				t.Errorf("%s: needs %+v", op.Name, op.Access.Needed)
				continue
			}
			in := op.NewInput()
			if op.Access.Needed[0].Resources != nil && len(op.Access.Needed[0].Resources(account, in)) == 0 {
				continue // a list of resources, which the contract has not be empty
			}
			wantDenied(t, op.Name, w.Check(t.Context(), request(), nobody, op, in), prefix+op.Name)
			wantDenied(t, op.Name, w.Check(t.Context(), request(), everybody, op, in), "")
		}
	}
}

// TestTagsThatCannotBeRead sees that a policy which asks for them refuses the request.
func TestTagsThatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	alice := w.user(t, "alice", nil, statements(full, `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/Secret":"yes"}}}`))
	get := func() error {
		return w.check(t, alice, api.Operations, "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1"}`)
	}
	wantDenied(t, "no tags", get(), "")
	_ = w.store.Close()
	if err := get(); err == nil {
		t.Error("allowed without having read the tags")
	}
}

// TestSecureTransport sees that a request counts as sent by HTTPS that reached a trusted
// proxy so.
func TestSecureTransport(t *testing.T) {
	w := newWorld(t)
	alice := w.user(t, "alice", nil, statements(full[:len(full)-1]+`,"Condition":{"Bool":{"aws:SecureTransport":"true"}}}`))
	op, _ := api.Lookup("ListOpportunities")
	in := op.NewInput()
	plain := request()
	wantDenied(t, "plain", w.Check(t.Context(), plain, alice, op, in), "no identity-based policy allows")
	wantDenied(t, "by HTTPS to a proxy", w.Check(t.Context(), plain.WithContext(access.WithSecure(t.Context())), alice, op, in), "")
}
