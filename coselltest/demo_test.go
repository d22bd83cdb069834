package coselltest_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cosell/coselltest"
)

// demoFiles are the fixtures of cosell serve --demo.
func demoFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../internal/demo/*.yaml")
	if err != nil || len(files) != 2 {
		t.Fatalf("%v: %v", files, err)
	}
	return files
}

func as(t *testing.T, s *coselltest.Server, account, operation string, in, out any) {
	t.Helper()
	if err := s.Call(account, operation, in, out); err != nil {
		t.Fatal(operation, err)
	}
}

// The world of the demonstration has every stage and every review status, and the rest of
// what co-selling consists of.
func TestTheDemonstrationHasEverything(t *testing.T) {
	s := coselltest.Start(t, coselltest.WithFixtures(demoFiles(t)...))
	stages, statuses := map[string]int{}, map[string]int{}
	total := 0
	for _, account := range []string{"000000000000", "111122223333"} {
		var list struct {
			OpportunitySummaries []struct {
				LifeCycle struct{ Stage, ReviewStatus string }
			}
		}
		as(t, s, account, "ListOpportunities", map[string]any{"Catalog": "Sandbox", "MaxResults": 100}, &list)
		for _, o := range list.OpportunitySummaries {
			stages[o.LifeCycle.Stage]++
			statuses[o.LifeCycle.ReviewStatus]++
			total++
		}
	}
	if total != 59 || len(stages) != 7 || len(statuses) != 6 {
		t.Errorf("%d opportunities, stages %v, review statuses %v", total, stages, statuses)
	}
	waiting := map[string]int{}
	var invitations struct {
		EngagementInvitationSummaries []struct {
			SenderAwsAccountID string `json:"SenderAwsAccountId"`
		}
	}
	for _, account := range []string{"000000000000", "111122223333"} {
		as(t, s, account, "ListEngagementInvitations", map[string]any{
			"Catalog": "Sandbox", "ParticipantType": "RECEIVER", "Status": []string{"PENDING"},
		}, &invitations)
		for _, i := range invitations.EngagementInvitationSummaries {
			waiting[i.SenderAwsAccountID]++
		}
	}
	if waiting["aws"] < 3 || waiting["000000000000"] != 1 {
		t.Errorf("invitations wait by sender: %v", waiting)
	}
	var groups struct{ EngagementGroupSummaries []struct{ Count int } }
	as(t, s, "000000000000", "ListEngagementGroups", map[string]any{"Catalog": "Sandbox"}, &groups)
	if len(groups.EngagementGroupSummaries) != 1 || groups.EngagementGroupSummaries[0].Count != 1 {
		t.Errorf("groups: %+v", groups)
	}
	var customers struct{ TotalCount int }
	as(t, s, "000000000000", "GetCustomerAccountStatistics", map[string]any{"Catalog": "Sandbox"}, &customers)
	if customers.TotalCount != 16 {
		t.Errorf("%d customer accounts", customers.TotalCount)
	}
}

// The same seed and clock make the same world.
func TestTheDemonstrationRepeats(t *testing.T) {
	at := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	var worlds [2]map[string]string
	for i := range worlds {
		s := coselltest.Start(t, coselltest.WithSeed(7), coselltest.WithFrozenClock(at))
		worlds[i] = map[string]string{}
		for _, file := range demoFiles(t) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			maps.Copy(worlds[i], s.Load(file, string(text)))
		}
		var list json.RawMessage
		as(t, s, "000000000000", "ListOpportunities", map[string]any{"Catalog": "Sandbox", "MaxResults": 100}, &list)
		worlds[i]["list"] = string(list)
	}
	if d := cmp.Diff(worlds[0], worlds[1]); d != "" {
		t.Error(d)
	}
}
