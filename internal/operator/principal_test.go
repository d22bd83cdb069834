package operator_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"cosell/internal/identity"
	"cosell/internal/operator"
	"cosell/internal/secrets/secretstest"
	"cosell/internal/store/enginetest"
)

// newPrincipals returns a function that calls the routes of principals on a new store.
func newPrincipals(t *testing.T) func(method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	s := enginetest.Open(t)
	keeper := secretstest.New(t)
	d := newDesk()
	log := slog.New(slog.NewTextHandler(&d.log, nil))
	identities, err := identity.New(t.Context(), identity.Config{Store: s, Secrets: keeper, Random: rand.Reader, Now: d.clock.Now, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	handler := operator.New(operator.Config{Service: d, Identities: identities, Store: s, Clock: d.clock, Log: log, Version: "0.0.0"})
	return func(method, path, body string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(context.WithoutCancel(t.Context()), method, operator.Prefix+path, strings.NewReader(body))
		handler.ServeHTTP(w, asLocal(r))
		return w
	}
}

func TestPrincipals(t *testing.T) {
	const (
		account = "/accounts/123456789012"
		alice   = account + "/users/alice"
		sync    = account + "/roles/sync"
		trust   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}]}`
		allow   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"partnercentral:*","Resource":"*"}]}`
	)
	type step struct {
		method, path, body string
		status             int
		want               string // is part of the answer
	}
	for name, steps := range map[string][]step{
		"a user is made, listed and deleted": {
			{"GET", alice, "", 404, "account 123456789012 has no user alice"},
			{"PUT", alice, "", 200, `"arn":"arn:aws:iam::123456789012:user/alice","id":"AIDA`},
			{"PUT", alice, `{"permissionsBoundary":{"managed":"AWSPartnerCentralSandboxFullAccess"}}`, 200, `"permissionsBoundary":{"managed":"AWSPartnerCentralSandboxFullAccess"}`},
			{"GET", account + "/users", "", 200, `{"principals":[{"name":"alice"`},
			{"GET", "/accounts/210987654321/users", "", 200, `{"principals":[]}`},
			{"GET", account + "/roles/alice", "", 404, "has no role alice"},
			{"DELETE", alice, "", 204, ""},
			{"DELETE", alice, "", 404, "has no user alice"},
		},
		"names and boundaries in error say where": {
			{"PUT", account + "/users/a:b", "", 422, "path.name"},
			{"PUT", account + "/users/%2e%2e%2fx", "", 422, "path.name"},
			{"PUT", alice, `{"permissionsBoundary":{"managed":"Administrator"}}`, 422, `body.permissionsBoundary.managed`},
			{"PUT", alice, `{"permissionsBoundary":{"Version":"2012-10-17","Statement":[]}}`, 422, `body.permissionsBoundary.Statement`},
			{"GET", alice, "", 404, ""},
		},
		"a role has a trust policy": {
			{"PUT", sync, `{}`, 422, "trustPolicy"},
			{"PUT", sync, `{"trustPolicy":` + allow + `}`, 422, "body.trustPolicy.Statement[0].Resource"},
			{"PUT", sync, `{"trustPolicy":` + trust + `,"maxSessionDuration":60}`, 422, "body.maxSessionDuration"},
			{"PUT", sync, `{"trustPolicy":` + trust + `}`, 200, `"maxSessionDuration":3600`},
			{"PUT", sync, `{"trustPolicy":` + trust + `,"maxSessionDuration":7200}`, 200, `"maxSessionDuration":7200`},
			{"GET", sync, "", 200, `"trustPolicy":{"Version":"2012-10-17"`},
			{"GET", account + "/roles", "", 200, `"name":"sync"`},
		},
		"policies are documents or managed": {
			{"PUT", alice + "/policies/selling", allow, 404, "has no user alice"},
			{"PUT", alice, "", 200, ""},
			{"PUT", alice + "/policies/selling", allow, 200, `"Action":"partnercentral:*"`},
			{"PUT", alice + "/policies/full", `{"managed":"AWSPartnerCentralFullAccess"}`, 200, `{"managed":"AWSPartnerCentralFullAccess"}`},
			{"PUT", alice + "/policies/none", `{"managed":"AdministratorAccess"}`, 422, "AWSPartnerCentralFullAccess"},
			{"PUT", alice + "/policies/wrong", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"GetOpportunity","Resource":"*"}]}`, 422, "body.policy.Statement[0].Action"},
			{"GET", alice + "/policies", "", 200, `{"policies":{"full":{"managed":"AWSPartnerCentralFullAccess"},"selling":{"Version"`},
			{"DELETE", alice + "/policies/full", "", 204, ""},
			{"DELETE", alice + "/policies/full", "", 404, "has no policy full"},
		},
		"a simulation names the statement that decides": {
			{"GET", account + "/simulation?kind=user&name=alice&action=GetOpportunity", "", 404, "has no user alice"},
			{"PUT", alice, "", 200, ""},
			{"GET", account + "/simulation?kind=user&name=alice&action=GetOpportunity", "", 200, `{"allowed":false,"explicit":false,"policyKind":"identity-based policy","message":"User: arn:aws:iam::123456789012:user/alice is not authorized`},
			{"PUT", alice + "/policies/selling", allow, 200, ""},
			{"GET", account + "/simulation?kind=user&name=alice&action=GetOpportunity", "", 200, `{"allowed":true,"explicit":false,"policyKind":"identity-based policy","policy":"selling","statement":"Statement[0]","message":"Allowed by Statement[0] of selling."}`},
			{"PUT", account + "/groups/sellers", "", 200, ""},
			{"PUT", account + "/groups/sellers/members/alice", "", 204, ""},
			{"PUT", account + "/groups/sellers/policies/sandbox", `{"Version":"2012-10-17","Statement":[{"Sid":"SandboxOnly","Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"partnercentral:Catalog":"AWS"}}}]}`, 200, ""},
			{"GET", account + "/simulation?kind=user&name=alice&action=GetOpportunity&value=partnercentral:Catalog%3DAWS", "", 200, `"explicit":true,"policyKind":"identity-based policy","policy":"sellers/sandbox","statement":"SandboxOnly"`},
			{"GET", account + "/simulation?kind=user&name=alice&action=GetOpportunity&value=partnercentral:Catalog%3DSandbox", "", 200, `"allowed":true`},
			{"GET", account + "/simulation?kind=user&name=alice&action=iam:PassRole", "", 200, `"allowed":false`},
			{"GET", account + "/simulation?kind=user&name=alice&action=GetNothing", "", 422, "query.action"},
			{"GET", account + "/simulation?kind=user&name=alice&action=GetOpportunity&value=x", "", 422, "query.value"},
			{"GET", account + "/simulation?kind=user&action=GetOpportunity", "", 422, "query.name"},
			{"GET", account + "/simulation?kind=root&action=GetOpportunity", "", 200, `"allowed":true,"explicit":false,"message":"The development key`},
			{"PUT", account + "/policies/sandbox", `{"managed":"AWSPartnerCentralSandboxFullAccess"}`, 200, ""},
			{"GET", account + "/simulation?kind=root&action=GetOpportunity&value=partnercentral:Catalog%3DAWS", "", 200, `"allowed":false`},
		},
		"managed policies are listed with their documents": {
			{"GET", "/managed-policies", "", 200, `{"name":"AWSPartnerCentralFullAccess","document":{"Version":"2012-10-17"`},
		},
		"the root user always exists": {
			{"GET", account + "/policies", "", 200, `{"policies":{}}`},
			{"PUT", account + "/policies/sandbox", `{"managed":"AWSPartnerCentralSandboxFullAccess"}`, 200, ""},
			{"GET", account + "/policies", "", 200, `"sandbox"`},
			{"GET", "/accounts/210987654321/policies", "", 200, `{"policies":{}}`},
			{"DELETE", account + "/policies/sandbox", "", 204, ""},
			{"GET", account + "/policies", "", 200, `{"policies":{}}`},
		},
		"groups have members": {
			{"PUT", account + "/groups/sellers/members/alice", "", 404, "has no group sellers"},
			{"PUT", account + "/groups/sellers", "", 200, `"id":"AGPA`},
			{"PUT", account + "/groups/sellers/members/alice", "", 404, "has no user alice"},
			{"PUT", alice, "", 200, ""},
			{"PUT", account + "/groups/sellers/members/alice", "", 204, ""},
			{"GET", account + "/groups/sellers", "", 200, `"members":["alice"]`},
			{"GET", alice, "", 200, `"groups":["sellers"]`},
			{"DELETE", account + "/groups/sellers/members/alice", "", 204, ""},
			{"DELETE", account + "/groups/sellers/members/alice", "", 404, "no member of group"},
		},
		"keys need their user": {
			{"POST", alice + "/keys", "", 404, "has no user alice"},
			{"GET", alice + "/keys", "", 404, "has no user alice"},
			{"DELETE", alice + "/keys/AKIAAAAAAAAAAAAAAAAA", "", 404, "has no access key"},
			{"DELETE", alice + "/keys/secret", "", 422, "path.key"},
		},
		"an alias is part of the profile": {
			{"PUT", account, `{"companyName":"Acme","alias":"acme-test"}`, 200, `"alias":"acme-test"`},
			{"GET", account, "", 200, `"alias":"acme-test"`},
			{"PUT", account, `{"companyName":"Acme","alias":"Acme Test"}`, 422, `body.alias`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			call := newPrincipals(t)
			for _, s := range steps {
				if w := call(s.method, s.path, s.body); w.Code != s.status || !strings.Contains(w.Body.String(), s.want) {
					t.Errorf("%s %s: %d %s, want %d %s", s.method, s.path, w.Code, w.Body, s.status, s.want)
				}
			}
		})
	}
}

// A user has two access keys, whose secrets are told once; one of two can be replaced.
func TestAccessKeys(t *testing.T) {
	const alice = "/accounts/123456789012/users/alice"
	call := newPrincipals(t)
	call("PUT", alice, "")
	made := make([]struct{ AccessKeyID, SecretAccessKey string }, 2)
	for i := range made {
		w := call("POST", alice+"/keys", "")
		var answer struct {
			ID     string `json:"AccessKeyId"`
			Secret string `json:"SecretAccessKey"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != 200 {
			t.Fatal(w.Code, w.Body, err)
		}
		if !strings.HasPrefix(answer.ID, "AKIA") || len(answer.Secret) != 40 {
			t.Errorf("made %+v", answer)
		}
		made[i].AccessKeyID, made[i].SecretAccessKey = answer.ID, answer.Secret
	}
	if w := call("POST", alice+"/keys", ""); w.Code != 409 || !strings.Contains(w.Body.String(), "delete one first") {
		t.Errorf("a third key: %d %s", w.Code, w.Body)
	}
	if w := call("PATCH", alice+"/keys/"+made[0].AccessKeyID, `{"status":"Inactive"}`); w.Code != 204 {
		t.Error(w.Code, w.Body)
	}
	list := call("GET", alice+"/keys", "").Body.String()
	for i, status := range []string{"Inactive", "Active"} {
		if !strings.Contains(list, `{"AccessKeyId":"`+made[i].AccessKeyID+`","status":"`+status+`"`) || strings.Contains(list, made[i].SecretAccessKey) {
			t.Errorf("listed %s", list)
		}
	}
	if w := call("PATCH", "/accounts/123456789012/users/bob/keys/"+made[0].AccessKeyID, `{"status":"Active"}`); w.Code != 404 {
		t.Errorf("another user's key: %d %s", w.Code, w.Body)
	}
	if w := call("DELETE", alice+"/keys/"+made[0].AccessKeyID, ""); w.Code != 204 {
		t.Error(w.Code, w.Body)
	}
	if w := call("POST", alice+"/keys", ""); w.Code != 200 {
		t.Errorf("after one was deleted: %d %s", w.Code, w.Body)
	}
}
