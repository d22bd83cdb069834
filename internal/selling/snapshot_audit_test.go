package selling_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/audit"
	"cosell/internal/auth"
	"cosell/internal/authorization"
	"cosell/internal/identity"
	"cosell/internal/ids"
	"cosell/internal/secrets/secretstest"
	"cosell/internal/service"
	"cosell/internal/store"
)

// recording is a harness whose jobs are authorized, and kept in an audit with a file.
func recording(t *testing.T, withRole bool) (h *harness, recorder *audit.Recorder, file *bytes.Buffer) {
	t.Helper()
	return recordingWith(t, withRole, new(*identity.Service))
}

// recordingWith is recording with the service of its roles.
func recordingWith(t *testing.T, withRole bool, to **identity.Service) (h *harness, recorder *audit.Recorder, file *bytes.Buffer) {
	t.Helper()
	file = new(bytes.Buffer)
	h = newHarness(t, func(c *service.Config) {
		identities, err := identity.New(t.Context(), identity.Config{Store: c.Store, Secrets: secretstest.New(t), Random: rand.Reader, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		*to = identities
		if withRole {
			key := store.PrincipalKey{Account: alice, Kind: auth.KindRole, Name: "Jobs"}
			trust := json.RawMessage(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":` + jobService + `}}`)
			_, err := identities.Put(t.Context(), key, identity.Settings{TrustPolicy: trust})
			if err := errors.Join(err, identities.PutPolicy(t.Context(), key, "a", identity.Source{Managed: executionRole})); err != nil {
				t.Fatal(err)
			}
		}
		recorder, err = audit.New(t.Context(), audit.Config{
			Store: c.Store, IDs: ids.New(time.Now, rand.Reader), Key: bytes.Repeat([]byte("k"), audit.KeySize), Mode: audit.Writes, Now: time.Now, File: file,
		})
		if err != nil {
			t.Fatal(err)
		}
		c.Selling.Roles = authorization.New(authorization.Config{Identities: identities, Store: c.Store, Now: time.Now, Strict: withRole})
		c.Selling.Recorder = recorder
	})
	if withRole {
		do[api.PutSellingSystemSettingsResponse](t, h, alice, "PutSellingSystemSettings", `{"Catalog":"Sandbox","ResourceSnapshotJobRoleIdentifier":"Jobs"}`)
	}
	return h, recorder, file
}

// TestPassesOfSnapshotJobsAreAudited sees that a pass which publishes a revision leaves the
// record of CreateResourceSnapshot by the session of its role, with the revision or not at
// all, and a pass which finds nothing new leaves none.
func TestPassesOfSnapshotJobsAreAudited(t *testing.T) {
	for _, withRole := range []bool{true, false} {
		h, recorder, file := recording(t, withRole)
		records := func() []*audit.Record {
			page, err := recorder.List(t.Context(), audit.Query{Account: alice, Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			return page.Records
		}
		engagement, id := h.shared(t)
		job := h.createJob(t, alice, engagement, id, summaryView)
		h.startJob(t, alice, job)

		// The transaction fails behind the pass.
		failed := errors.New("failed")
		for _, w := range h.claim(t) {
			err := h.store.Update(t.Context(), func(tx *store.Tx) error { return errors.Join(h.Handle(tx, w), failed) })
			if !errors.Is(err, failed) {
				t.Fatal(err)
			}
		}
		if got := records(); len(got) != 0 || latest(t, h, engagement, id, summaryView) != 0 {
			t.Fatalf("%d records of what did not happen", len(got))
		}

		update(t, h, alice, h.opportunity(t, alice, id), `"PrimaryNeedsFromAws": ["Do Not Need Support from AWS Sales Rep"]`)
		h.clock.Advance(time.Hour)
		h.attempt(t)
		got := records()
		if len(got) != 1 || latest(t, h, engagement, id, summaryView) != 1 {
			t.Fatalf("%d records", len(got))
		}
		r := got[0]
		const service = "resource-snapshot-job.partnercentral-selling.amazonaws.com"
		if r.EventName != "CreateResourceSnapshot" || r.EventSource != audit.SourceSelling || r.RecipientAccountID != alice || r.ReadOnly || r.RequestID == "" ||
			r.SourceIPAddress != service || r.UserAgent != service || r.UserIdentity.InvokedBy != service {
			t.Errorf("record %+v", r)
		}
		who := r.UserIdentity
		if withRole && (who.Type != "AssumedRole" || who.ARN != "arn:aws:sts::"+alice+":assumed-role/Jobs/ResourceSnapshotJob" || !strings.HasPrefix(who.PrincipalID, "AROA")) {
			t.Errorf("by %+v", who)
		}
		if !withRole && (who.Type != "AWSService" || who.ARN != "") {
			t.Errorf("by %+v", who)
		}
		if text := string(r.RequestParameters) + string(r.ResponseElements); !strings.Contains(text, id) || !strings.Contains(text, engagement) || !strings.Contains(text, `"Revision":1`) {
			t.Errorf("about %s", text)
		}

		h.stopJob(t, alice, job)
		h.startJob(t, alice, job) // the pass finds nothing new
		h.attempt(t)
		if got := records(); len(got) != 1 {
			t.Errorf("%d records after a pass that published nothing", len(got))
		}
		ending, cancel := context.WithCancel(t.Context())
		cancel()
		recorder.Run(ending)
		if lines := strings.Count(file.String(), "\n"); lines != 1 {
			t.Errorf("%d lines in the file", lines)
		}
	}
}

// TestRefusedPassesAreAudited sees that a pass which its role may not make leaves a record of
// the operation that was refused, or of the role, and none where it failed otherwise.
func TestRefusedPassesAreAudited(t *testing.T) {
	for name, c := range map[string]struct {
		setting, event, source, who string
		readOnly                    bool
		after                       func(t *testing.T, h *harness, identities *identity.Service)
	}{
		"the role has no policy": {
			setting: "Jobs", event: "GetOpportunity", source: audit.SourceSelling, who: "AssumedRole", readOnly: true,
			after: func(t *testing.T, _ *harness, identities *identity.Service) {
				t.Helper()
				if err := identities.DeletePolicy(t.Context(), store.PrincipalKey{Account: alice, Kind: auth.KindRole, Name: "Jobs"}, "a"); err != nil {
					t.Fatal(err)
				}
			},
		},
		"the role may not publish": {
			setting: "Jobs", event: "CreateResourceSnapshot", source: audit.SourceSelling, who: "AssumedRole",
			after: func(t *testing.T, _ *harness, identities *identity.Service) {
				t.Helper()
				deny := identity.Source{Document: json.RawMessage(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"partnercentral:Create*","Resource":"*"}}`)}
				if err := identities.PutPolicy(t.Context(), store.PrincipalKey{Account: alice, Kind: auth.KindRole, Name: "Jobs"}, "b", deny); err != nil {
					t.Fatal(err)
				}
			},
		},
		"there is no such role": {
			setting: "Others", event: "AssumeRole", source: audit.SourceSTS, who: "AWSService", readOnly: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var identities *identity.Service
			h, recorder, _ := recordingWith(t, true, &identities)
			do[api.PutSellingSystemSettingsResponse](t, h, alice, "PutSellingSystemSettings", `{"Catalog":"Sandbox","ResourceSnapshotJobRoleIdentifier":"`+c.setting+`"}`)
			if c.after != nil {
				c.after(t, h, identities)
			}
			engagement, id := h.shared(t)
			job := h.createJob(t, alice, engagement, id, summaryView)
			h.startJob(t, alice, job)
			h.attempt(t)
			page, err := recorder.List(t.Context(), audit.Query{Account: alice, Limit: 10})
			if err != nil || len(page.Records) != 1 {
				t.Fatalf("%d records, %v", len(page.Records), err)
			}
			r := page.Records[0]
			if r.EventName != c.event || r.EventSource != c.source || r.UserIdentity.Type != c.who || r.ReadOnly != c.readOnly ||
				r.ErrorCode != api.TypeAccessDenied || !strings.Contains(r.ErrorMessage, "is not authorized to perform: ") || r.ResponseElements != nil {
				t.Errorf("record %+v", r)
			}
			if want := map[bool]string{true: "role/" + c.setting, false: id}[c.source == audit.SourceSTS]; !strings.Contains(string(r.RequestParameters), want) {
				t.Errorf("request %s", r.RequestParameters)
			}
			if r.SourceIPAddress != "resource-snapshot-job.partnercentral-selling.amazonaws.com" || r.RecipientAccountID != alice {
				t.Errorf("from %s, for %s", r.SourceIPAddress, r.RecipientAccountID)
			}
			if latest(t, h, engagement, id, summaryView) != 0 {
				t.Error("it published a revision")
			}
		})
	}
}
