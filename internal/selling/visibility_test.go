package selling_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cosell/internal/api"
	"cosell/internal/selling"
)

// The parties of the deal in docs/visibility.md, besides alice, who owns it, and
// bob, its member.
const (
	invitee  = "100000000001"
	rejecter = "100000000002"
	expiree  = "100000000003"
	stranger = "100000000004"
	another  = "100000000005"
	nobody   = "100000000006" // is invited by the test
)

// party is a column of the matrix.
type party struct {
	column, account, catalog string
	invitation               string // that the party received, or that of invitee
	opportunity              string // of the party's own
}

// deal is what the parties ask about.
type deal struct {
	*harness
	engagement, opportunity, job string
	another                      string // an invitation of none of the parties but its sender
	parties                      []party

	// The locks of the opportunity and of the engagement, as last read.
	modified, engagementModified *api.Timestamp
}

func newDeal(t *testing.T) *deal {
	t.Helper()
	d := &deal{harness: newHarness(t)}
	d.opportunity = *d.createOpportunity(t, alice, `"Tags": [{"Key": "color", "Value": "blue"}]`).Id
	if err := associate(t, d.harness, d.opportunity, "AwsProducts", "AWSLambda"); err != nil {
		t.Fatal(err)
	}
	d.engagement = d.sandboxEngagement(t, alice, `"Contexts": [`+customerProject+`]`)
	invite := func(account string) string { return d.invite(t, alice, d.engagement, account) }
	joined, refused, forgotten := invite(bob), invite(rejecter), invite(expiree)
	d.accept(t, bob, joined)
	d.reject(t, rejecter, refused)
	d.clock.Advance(lifetime)
	open := invite(invitee)
	d.another = invite(another)
	d.publish(t, alice, d.engagement, d.opportunity, summaryView)
	d.publish(t, alice, d.engagement, d.opportunity, awsView)
	d.job = d.createJob(t, alice, d.engagement, d.opportunity, summaryView, `"Tags": [{"Key": "color", "Value": "red"}]`)
	do[api.PutSellingSystemSettingsResponse](t, d.harness, alice, "PutSellingSystemSettings",
		`{"Catalog": "Sandbox", "ResourceSnapshotJobRoleIdentifier": "alice-role"}`)
	d.parties = []party{
		{column: "owner", account: alice, catalog: "Sandbox", invitation: open},
		{column: "member", account: bob, catalog: "Sandbox", invitation: joined},
		{column: "invited", account: invitee, catalog: "Sandbox", invitation: open},
		{column: "rejected", account: rejecter, catalog: "Sandbox", invitation: refused},
		{column: "expired", account: expiree, catalog: "Sandbox", invitation: forgotten},
		{column: "stranger", account: stranger, catalog: "Sandbox", invitation: open},
		{column: "other catalog", account: alice, catalog: "AWS", invitation: open},
	}
	for i := range d.parties {
		d.parties[i].opportunity = *d.createOpportunity(t, d.parties[i].account).Id
	}
	return d
}

// arn names something of the owner's in the catalog that a party asks in.
func (d *deal) arn(p party, resource string) string {
	return "arn:aws:partnercentral:us-east-1:" + alice + ":catalog/" + p.catalog + "/" + resource
}

// question is a row of the matrix: an operation, and what it is asked about.
type question struct {
	operation, on string
	// body is the request, without the catalog.
	body func(d *deal, p party) string
	// shows is what a list must show for a yes; else every success is one.
	shows func(d *deal, p party) string
	// own says that the operation is about what is the caller's alone.
	own bool
}

// with makes a request or a mark out of what it is about.
func with(format string, about ...func(*deal, party) string) func(*deal, party) string {
	return func(d *deal, p party) string {
		arguments := make([]any, len(about))
		for i, of := range about {
			arguments[i] = of(d, p)
		}
		return fmt.Sprintf(format, arguments...)
	}
}

func theOpportunity(d *deal, _ party) string      { return d.opportunity }
func theEngagement(d *deal, _ party) string       { return d.engagement }
func theJob(d *deal, _ party) string              { return d.job }
func anothers(d *deal, _ party) string            { return d.another }
func theirs(_ *deal, p party) string              { return p.invitation }
func theirOpportunity(_ *deal, p party) string    { return p.opportunity }
func freshToken(d *deal, _ party) string          { return d.token() }
func theOpportunityARN(d *deal, p party) string   { return d.arn(p, "opportunity/"+d.opportunity) }
func theJobARN(d *deal, p party) string           { return d.arn(p, "resource-snapshot-job/"+d.job) }
func completeOpportunity(d *deal, _ party) string { return opportunityBody(d.token()) }
func friendOf(d *deal, p party) string { return d.invitationBody(d.engagement, "2"+p.account[1:]) }

func mark(text string) func(*deal, party) string { return func(*deal, party) string { return text } }

func subject(template string, of func(*deal, party) string) func(*deal, party) string {
	return func(d *deal, p party) string {
		return snapshotBody(d.engagement, of(d, p), template, d.token())
	}
}

var questions = []question{
	{operation: "CreateOpportunity", body: completeOpportunity, own: true},
	{operation: "GetOpportunity", on: "the opportunity", body: with(`{"Identifier": %q}`, theOpportunity)},
	{operation: "UpdateOpportunity", on: "the opportunity", body: func(d *deal, _ party) string {
		return merge(opportunityBody("unused"), fmt.Sprintf(`"Identifier": %q, "LastModifiedDate": %q`, d.opportunity, d.modified))
	}},
	{operation: "AssignOpportunity", on: "the opportunity", body: with(`{"Identifier": %q, "Assignee":
		{"Email": "kim@example.com", "FirstName": "Kim", "LastName": "Ray", "BusinessTitle": "OpportunityOwner"}}`, theOpportunity)},
	{operation: "AssociateOpportunity", on: "the opportunity", body: with(`{"OpportunityIdentifier": %q,
		"RelatedEntityType": "Solutions", "RelatedEntityIdentifier": "S-1234567"}`, theOpportunity)},
	{operation: "DisassociateOpportunity", on: "the opportunity", body: with(`{"OpportunityIdentifier": %q,
		"RelatedEntityType": "AwsProducts", "RelatedEntityIdentifier": "AWSLambda"}`, theOpportunity)},
	{operation: "ListOpportunities", on: "the opportunity", body: with(`{}`), shows: theOpportunity},
	{operation: "ListSolutions", body: with(`{}`), own: true},

	{operation: "CreateEngagement", body: with(`{"ClientToken": "c", "Title": "T", "Description": "D"}`), own: true},
	{operation: "GetEngagement", on: "the engagement", body: with(`{"Identifier": %q}`, theEngagement)},
	{operation: "ListEngagements", on: "the engagement", body: with(`{}`), shows: theEngagement},
	{operation: "ListEngagementMembers", on: "the engagement", body: with(`{"Identifier": %q}`, theEngagement)},
	{operation: "CreateEngagementContext", on: "the engagement", body: func(d *deal, _ party) string {
		return merge(customerProject, d.token(), fmt.Sprintf(`"EngagementIdentifier": %q`, d.engagement))
	}},
	{operation: "UpdateEngagementContext", on: "the engagement", body: func(d *deal, _ party) string {
		return merge(customerProject, fmt.Sprintf(`"EngagementIdentifier": %q, "ContextIdentifier": "1", "EngagementLastModifiedAt": %q`,
			d.engagement, d.engagementModified))
	}},

	{operation: "CreateEngagementInvitation", on: "the engagement", body: friendOf},
	{operation: "GetEngagementInvitation", on: "the party's", body: with(`{"Identifier": %q}`, theirs)},
	{operation: "GetEngagementInvitation", on: "another's", body: with(`{"Identifier": %q}`, anothers)},
	{operation: "AcceptEngagementInvitation", on: "the party's", body: with(`{"Identifier": %q}`, theirs)},
	{operation: "AcceptEngagementInvitation", on: "another's", body: with(`{"Identifier": %q}`, anothers)},
	{operation: "RejectEngagementInvitation", on: "the party's", body: with(`{"Identifier": %q}`, theirs)},
	{operation: "RejectEngagementInvitation", on: "another's", body: with(`{"Identifier": %q}`, anothers)},
	{operation: "ListEngagementInvitations", on: "the party's, received", body: with(`{"ParticipantType": "RECEIVER"}`), shows: theirs},
	{operation: "ListEngagementInvitations", on: "the party's, sent", body: with(`{"ParticipantType": "SENDER"}`), shows: theirs},
	{operation: "ListEngagementInvitations", on: "another's, received", body: with(`{"ParticipantType": "RECEIVER"}`), shows: anothers},

	{operation: "CreateResourceSnapshot", on: "the opportunity", body: subject(summaryView, theOpportunity)},
	{operation: "CreateResourceSnapshot", on: "an opportunity of the party's", body: subject(summaryView, theirOpportunity)},
	{operation: "GetResourceSnapshot", on: "the partner's view", body: subject(summaryView, theOpportunity)},
	{operation: "GetResourceSnapshot", on: "the view of AWS's side", body: subject(awsView, theOpportunity)},
	{operation: "ListResourceSnapshots", on: "the partner's view", body: with(`{"EngagementIdentifier": %q}`, theEngagement), shows: mark(summaryView)},
	{operation: "ListResourceSnapshots", on: "the view of AWS's side", body: with(`{"EngagementIdentifier": %q}`, theEngagement), shows: mark(awsView)},
	{operation: "ListEngagementResourceAssociations", on: "the opportunity", body: with(`{"EngagementIdentifier": %q}`, theEngagement), shows: theOpportunity},
	{operation: "CreateResourceSnapshotJob", on: "the opportunity", body: subject(awsView, theOpportunity)},
	{operation: "CreateResourceSnapshotJob", on: "an opportunity of the party's", body: subject(summaryView, theirOpportunity)},
	{operation: "GetResourceSnapshotJob", on: "the job", body: with(`{"ResourceSnapshotJobIdentifier": %q}`, theJob)},
	{operation: "ListResourceSnapshotJobs", on: "the job", body: with(`{}`), shows: theJob},
	{operation: "StartResourceSnapshotJob", on: "the job", body: with(`{"ResourceSnapshotJobIdentifier": %q}`, theJob)},
	{operation: "StopResourceSnapshotJob", on: "the job", body: with(`{"ResourceSnapshotJobIdentifier": %q}`, theJob)},
	{operation: "DeleteResourceSnapshotJob", on: "the job", body: with(`{"ResourceSnapshotJobIdentifier": %q}`, theJob)},

	{operation: "GetSellingSystemSettings", on: "the owner's role", body: with(`{}`), shows: mark("alice-role")},
	{operation: "PutSellingSystemSettings", body: with(`{"ResourceSnapshotJobRoleIdentifier": "other-role"}`), own: true},
	{operation: "TagResource", on: "the opportunity", body: with(`{"ResourceArn": %q, "Tags": [{"Key": "a", "Value": "b"}]}`, theOpportunityARN)},
	{operation: "TagResource", on: "the job", body: with(`{"ResourceArn": %q, "Tags": [{"Key": "a", "Value": "b"}]}`, theJobARN)},
	{operation: "UntagResource", on: "the opportunity", body: with(`{"ResourceArn": %q, "TagKeys": ["color"]}`, theOpportunityARN)},
	{operation: "UntagResource", on: "the job", body: with(`{"ResourceArn": %q, "TagKeys": ["color"]}`, theJobARN)},
	{operation: "ListTagsForResource", on: "the opportunity", body: with(`{"ResourceArn": %q}`, theOpportunityARN)},
	{operation: "ListTagsForResource", on: "the job", body: with(`{"ResourceArn": %q}`, theJobARN)},
}

// TestVisibility asks every question as every party and compares the answers
// with docs/visibility.md.
func TestVisibility(t *testing.T) {
	wanted := visibilityMatrix(t)
	untouched := newDeal(t) // for the questions that change nothing
	for i := range questions {
		q := &questions[i]
		name := strings.TrimSpace(q.operation + " " + q.on)
		t.Run(name, func(t *testing.T) {
			want, ok := wanted[name]
			if !ok {
				t.Errorf("docs/visibility.md has no row for it")
			}
			d := untouched
			if op, _ := api.Lookup(q.operation); !op.ReadOnly {
				d = newDeal(t)
			}
			// The least entitled first: what they are refused leaves the deal as it is.
			got := make([]string, len(d.parties))
			for i, p := range slices.Backward(d.parties) {
				got[i] = d.ask(t, q, p)
			}
			if !slices.Equal(got, want) {
				t.Errorf("got  | %s |\nwant | %s |", strings.Join(got, " | "), strings.Join(want, " | "))
			}
		})
		delete(wanted, name)
	}
	for name := range wanted {
		t.Errorf("docs/visibility.md has a row %q that nobody asks about", name)
	}
}

// TestVisibilityIsWhole says that the matrix has every operation that works.
func TestVisibilityIsWhole(t *testing.T) {
	asked := map[string]bool{}
	for _, q := range questions {
		asked[q.operation] = true
	}
	for _, op := range api.Operations {
		if works := selling.Works(op.Name); works != asked[op.Name] {
			t.Errorf("%s: works %t, is asked %t", op.Name, works, asked[op.Name])
		}
	}
}

// ask answers a question for a party in a word of docs/visibility.md.
func (d *deal) ask(t *testing.T, q *question, p party) string {
	t.Helper()
	before := d.ownersDeal(t)
	body := merge(q.body(d, p), fmt.Sprintf(`"Catalog": %q`, p.catalog))
	out, err := try[api.Raw](t, d.harness, p.account, q.operation, body)
	word := d.word(t, q, p, out, err)
	if p.column != "owner" && word != "yes" {
		if after := d.ownersDeal(t); after != before {
			t.Errorf("%s changed the deal:\n%s\n%s", p.column, before, after)
		}
	}
	return word
}

func (d *deal) word(t *testing.T, q *question, p party, out *api.Raw, err error) string {
	t.Helper()
	if err != nil {
		e, ok := err.(*api.Error)
		words := map[string]string{
			api.TypeResourceNotFound: "no", api.TypeAccessDenied: "denied", api.TypeConflict: "conflict",
		}
		if !ok || words[e.Type] == "" {
			t.Errorf("%s: %v", p.column, err)
		}
		return words[e.Type]
	}
	switch {
	case q.own:
		return "own"
	case q.shows != nil && !strings.Contains(string(*out), q.shows(d, p)):
		return "none"
	case q.operation == "GetEngagementInvitation" && !strings.Contains(string(*out), "They count their sheep"):
		for _, hidden := range []string{"Join us", "Sheep and more", "Partner 111122223333\",\"WebsiteUrl"} {
			if strings.Contains(string(*out), hidden) {
				t.Errorf("%s is shown %q", p.column, hidden)
			}
		}
		return "part"
	default:
		return "yes"
	}
}

// ownersDeal is what the owner reads of the deal.
func (d *deal) ownersDeal(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	read := func(operation, body string) {
		out, err := try[api.Raw](t, d.harness, alice, operation, body)
		fmt.Fprintln(&all, operation, cmp.Or(fmt.Sprint(err), "read"))
		if err == nil {
			all.Write(*out)
		}
	}
	o := d.harness.opportunity(t, alice, d.opportunity)
	e := do[api.GetEngagementResponse](t, d.harness, alice, "GetEngagement", named(d.engagement))
	d.modified, d.engagementModified = o.LastModifiedDate, e.ModifiedAt
	read("GetOpportunity", named(d.opportunity))
	read("GetEngagement", named(d.engagement))
	read("ListEngagementInvitations", `{"Catalog": "Sandbox", "ParticipantType": "SENDER"}`)
	read("ListResourceSnapshots", fmt.Sprintf(`{"Catalog": "Sandbox", "EngagementIdentifier": %q}`, d.engagement))
	read("ListResourceSnapshotJobs", `{"Catalog": "Sandbox"}`)
	read("GetSellingSystemSettings", `{"Catalog": "Sandbox"}`)
	for _, resource := range []string{"opportunity/" + d.opportunity, "resource-snapshot-job/" + d.job} {
		read("ListTagsForResource", fmt.Sprintf(`{"ResourceArn": %q}`, d.arn(d.parties[0], resource)))
	}
	return all.String()
}

// visibilityMatrix reads the tables of docs/visibility.md: the words of each
// operation and what it is on.
func visibilityMatrix(t *testing.T) map[string][]string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "visibility.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if len(cells) < 3 || strings.HasPrefix(cells[0], "-") || cells[0] == "Operation" {
			continue
		}
		name := strings.TrimSpace(cells[0] + " " + cells[1])
		if rows[name] != nil {
			t.Errorf("docs/visibility.md has two rows %q", name)
		}
		rows[name] = cells[2:]
	}
	return rows
}
