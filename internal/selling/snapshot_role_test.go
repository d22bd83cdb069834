package selling_test

import (
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/authorization"
	"cosell/internal/identity"
	"cosell/internal/secrets/secretstest"
	"cosell/internal/service"
	"cosell/internal/store"
)

const (
	executionRole = "AWSPartnerCentralSellingResourceSnapshotJobExecutionRolePolicy"
	jobService    = `{"Service":"resource-snapshot-job.partnercentral-selling.amazonaws.com"}`
)

// jobRole is a role and how it is set.
type jobRole struct {
	principal string // whom it trusts, "" for no such role
	condition string // of the trust
	policies  []identity.Source
	boundary  *identity.Source
	setting   string // role in the settings, "" for none
}

// withRole is a harness whose snapshot jobs are authorized, with a role of alice's.
func withRole(t *testing.T, strict bool, role *jobRole) *harness {
	t.Helper()
	return newHarness(t, func(c *service.Config) {
		keeper := secretstest.New(t)
		identities, err := identity.New(t.Context(), identity.Config{Store: c.Store, Secrets: keeper, Random: rand.Reader, Now: time.Now, Log: slog.Default()})
		if err != nil {
			t.Fatal(err)
		}
		c.Selling.Roles = authorization.New(authorization.Config{Identities: identities, Store: c.Store, Now: time.Now, Strict: strict})
		if role.principal == "" {
			return
		}
		key := store.PrincipalKey{Account: alice, Kind: auth.KindRole, Name: "Jobs"}
		trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":` + role.principal + role.condition + `}}`
		if _, err := identities.Put(t.Context(), key, identity.Settings{TrustPolicy: json.RawMessage(trust), Boundary: role.boundary}); err != nil {
			t.Fatal(err)
		}
		for i, p := range role.policies {
			if err := identities.PutPolicy(t.Context(), key, string(rune('a'+i)), p); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// attempt lets a job make a pass as the worker does.
func (h *harness) attempt(t *testing.T) {
	t.Helper()
	for _, w := range h.claim(t) {
		cause := h.store.Update(t.Context(), func(tx *store.Tx) error {
			if err := h.Handle(tx, w); err != nil {
				return err
			}
			return tx.Complete(&w)
		})
		if cause == nil {
			continue
		}
		if err := h.store.Update(t.Context(), func(tx *store.Tx) error { return h.OnFailure(tx, w, cause) }); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSnapshotJobsRunAsTheirRole sees what the role in the settings must be allowed, and that
// a job whose role is not says so and publishes nothing.
func TestSnapshotJobsRunAsTheirRole(t *testing.T) {
	managed := []identity.Source{{Managed: executionRole}}
	document := func(statements string) identity.Source {
		return identity.Source{Document: json.RawMessage(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)}
	}
	const everything = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	const notAuthorized = "User: arn:aws:sts::" + alice + ":assumed-role/Jobs/ResourceSnapshotJob is not authorized to perform: partnercentral:"
	const mayNotAssume = "resource-snapshot-job.partnercentral-selling.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::"
	for name, c := range map[string]struct {
		role    jobRole
		strict  string // last failure with strict auth, "" for none
		anyMode bool   // the same in development mode, where it is none otherwise
	}{
		"the managed policy":      {role: jobRole{principal: jobService, policies: managed, setting: "Jobs"}},
		"its ARN in the settings": {role: jobRole{principal: jobService, policies: managed, setting: "arn:aws:iam::" + alice + ":role/Jobs"}},
		"no role":                 {role: jobRole{}, strict: "The job has no role"},
		"a role that is not there": {
			role: jobRole{setting: "Jobs"}, strict: mayNotAssume + alice + ":role/Jobs",
		},
		"another account's role": {
			role: jobRole{setting: "arn:aws:iam::" + bob + ":role/Jobs"}, strict: mayNotAssume + bob + ":role/Jobs",
		},
		"a role that trusts another service": {
			role:   jobRole{principal: `{"Service":"events.amazonaws.com"}`, policies: managed, setting: "Jobs"},
			strict: mayNotAssume, anyMode: true,
		},
		"a role that trusts its account only": {
			role: jobRole{principal: `{"AWS":"` + alice + `"}`, policies: managed, setting: "Jobs"}, strict: mayNotAssume, anyMode: true,
		},
		"a role that trusts jobs of this account": {role: jobRole{
			principal: jobService, condition: `,"Condition":{"StringEquals":{"aws:SourceAccount":"` + alice + `"},"ArnLike":{"aws:SourceArn":"arn:aws:partnercentral:*:*:catalog/Sandbox/resource-snapshot-job/*"}}`,
			policies: managed, setting: "Jobs",
		}},
		"a role that trusts jobs of another account": {
			role: jobRole{
				principal: jobService, condition: `,"Condition":{"StringEquals":{"aws:SourceAccount":"` + bob + `"}}`, policies: managed, setting: "Jobs",
			}, strict: mayNotAssume, anyMode: true,
		},
		"no policies": {
			role: jobRole{principal: jobService, setting: "Jobs"}, strict: notAuthorized + "GetOpportunity", anyMode: true,
		},
		"no snapshots": {
			role:   jobRole{principal: jobService, policies: []identity.Source{document(`{"Effect":"Allow","Action":"partnercentral:Get*","Resource":"*"}`)}, setting: "Jobs"},
			strict: notAuthorized + "CreateResourceSnapshot", anyMode: true,
		},
		"another catalog": {
			role: jobRole{principal: jobService, policies: []identity.Source{document(`{"Effect":"Allow","Action":"*","Resource":"*",
				"Condition":{"StringEquals":{"partnercentral:Catalog":"AWS"}}}`)}, setting: "Jobs"},
			strict: notAuthorized + "GetOpportunity", anyMode: true,
		},
		"an explicit deny": {
			role:   jobRole{principal: jobService, policies: append(managed, document(`{"Effect":"Deny","Action":"partnercentral:CreateResourceSnapshot","Resource":"*"}`)), setting: "Jobs"},
			strict: "with an explicit deny", anyMode: true,
		},
		"a boundary": {
			role: jobRole{
				principal: jobService, policies: []identity.Source{document(everything)}, boundary: new(document(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)), setting: "Jobs",
			}, strict: "because no permissions boundary allows", anyMode: true,
		},
		"what only requests have": {
			role: jobRole{principal: jobService, policies: []identity.Source{document(`{"Effect":"Allow","Action":"*","Resource":"*",
				"Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}}`)}, setting: "Jobs"},
			strict: notAuthorized + "GetOpportunity", anyMode: true,
		},
	} {
		for _, strict := range []bool{true, false} {
			want := c.strict
			if !strict && !c.anyMode {
				want = ""
			}
			h := withRole(t, strict, &c.role)
			if c.role.setting != "" {
				do[api.PutSellingSystemSettingsResponse](t, h, alice, "PutSellingSystemSettings", `{"Catalog":"Sandbox","ResourceSnapshotJobRoleIdentifier":"`+c.role.setting+`"}`)
			}
			engagement, id := h.shared(t)
			job := h.createJob(t, alice, engagement, id, summaryView)
			h.startJob(t, alice, job)
			h.attempt(t)
			got, revisions := h.job(t, alice, job), latest(t, h, engagement, id, summaryView)
			failure := ""
			if got.LastFailure != nil {
				failure = *got.LastFailure
			}
			if (want == "") != (failure == "") || !strings.Contains(failure, want) || (revisions == 1) != (want == "") || *got.Status != "Running" {
				t.Errorf("%s, strict %v: %q, %d revisions; want %q", name, strict, failure, revisions, want)
			}
		}
	}
}

// TestSnapshotJobIsTriedAgain sees that a job goes on once its role may do what it needs.
func TestSnapshotJobIsTriedAgain(t *testing.T) {
	h := withRole(t, true, &jobRole{principal: jobService, policies: []identity.Source{{Managed: executionRole}}})
	engagement, id := h.shared(t)
	job := h.createJob(t, alice, engagement, id, summaryView)
	h.startJob(t, alice, job)
	h.attempt(t)
	if got := h.job(t, alice, job); got.LastFailure == nil || got.LastSuccessfulExecutionDate != nil {
		t.Fatalf("the job says %s", encoded(t, got))
	}
	do[api.PutSellingSystemSettingsResponse](t, h, alice, "PutSellingSystemSettings", `{"Catalog":"Sandbox","ResourceSnapshotJobRoleIdentifier":"Jobs"}`)
	update(t, h, alice, h.opportunity(t, alice, id), `"PrimaryNeedsFromAws": ["Do Not Need Support from AWS Sales Rep"]`)
	h.clock.Advance(time.Minute)
	h.attempt(t)
	if got := h.job(t, alice, job); got.LastSuccessfulExecutionDate == nil || latest(t, h, engagement, id, summaryView) != 1 {
		t.Errorf("the job says %s", encoded(t, got))
	}
}
