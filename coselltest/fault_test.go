package coselltest_test

import (
	"strings"
	"testing"
	"time"

	"cosell/coselltest"
)

// A record is not there, not listed and not found until the lag has passed; a change is
// not seen; what is written uses the present state.
func TestFaultLetsReadsLag(t *testing.T) {
	s := coselltest.Start(t, coselltest.WithFrozenClock(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)),
		coselltest.WithFaults(coselltest.Fault{ReadLag: "5s"}))
	var made, changed struct{ Id, LastModifiedDate string } //nolint:revive // the members' names
	call(t, s, "CreateOpportunity", deal(), &made)
	get := map[string]any{"Catalog": "Sandbox", "Identifier": made.Id}
	if err := s.Call(partner, "GetOpportunity", get, nil); err == nil || !strings.Contains(err.Error(), "ResourceNotFoundException") {
		t.Errorf("at once: %v", err)
	}
	count := func() (listed, found int) {
		var list struct{ OpportunitySummaries []any }
		call(t, s, "ListOpportunities", map[string]any{"Catalog": "Sandbox"}, &list)
		listed = len(list.OpportunitySummaries)
		call(t, s, "SearchOpportunities", map[string]any{"Catalog": "Sandbox"}, &list)
		return listed, len(list.OpportunitySummaries)
	}
	if listed, found := count(); listed+found != 0 {
		t.Errorf("at once %d are listed and %d found", listed, found)
	}
	s.Advance(5 * time.Second)
	var read struct {
		LastModifiedDate string
		Project          struct{ Title string }
	}
	call(t, s, "GetOpportunity", get, &read)
	if listed, found := count(); listed != 1 || found != 1 {
		t.Errorf("later %d are listed and %d found", listed, found)
	}
	change := deal()
	delete(change, "ClientToken")
	delete(change, "Origin")
	change["Marketing"] = map[string]any{"Source": "None"}
	change["Identifier"], change["LastModifiedDate"] = made.Id, read.LastModifiedDate
	change["Project"].(map[string]any)["Title"] = "Another title"
	call(t, s, "UpdateOpportunity", change, &changed)
	call(t, s, "GetOpportunity", get, &read)
	if read.Project.Title == "Another title" || read.LastModifiedDate == changed.LastModifiedDate {
		t.Errorf("the change is seen at once: %+v", read)
	}
	change["LastModifiedDate"] = read.LastModifiedDate
	if err := s.Call(partner, "UpdateOpportunity", change, nil); err == nil || !strings.Contains(err.Error(), "ConflictException") {
		t.Errorf("an update of what was read: %v", err)
	}
	s.SetFaults()
	call(t, s, "GetOpportunity", get, &read)
	if read.Project.Title != "Another title" {
		t.Errorf("without the fault: %+v", read)
	}
}

// A server whose clock is ahead refuses signatures as expired, and one whose clock is
// behind as not yet current.
func TestFaultSkewsTheClock(t *testing.T) {
	s := coselltest.Start(t)
	list := map[string]any{"Catalog": "Sandbox"}
	for skew, want := range map[string]string{"10m": "Signature expired: ", "-10m": "Signature not yet current: "} {
		s.SetFaults(coselltest.Fault{ClockSkew: skew, Account: partner})
		if err := s.Call(partner, "ListOpportunities", list, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", skew, err)
		}
		if err := s.Call("444455556666", "ListOpportunities", list, nil); err != nil {
			t.Errorf("%s for another account: %v", skew, err)
		}
	}
	s.SetFaults(coselltest.Fault{ClockSkew: "4m"}) // is within what AWS accepts
	if err := s.Call(partner, "ListOpportunities", list, nil); err != nil {
		t.Error(err)
	}
}
