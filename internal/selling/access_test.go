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
	customer                     string // a customer account of the owner's
	another                      string // an invitation of none of the parties but its sender
	parties                      []party
	// The owner's tasks, by kind; of a deal that got them.
	prospecting, submission, acceptance, conversion string
	bulkJob, accountJob                             string // of the owner's

	// The locks of the opportunity, the engagement and the customer account, as last read.
	modified, engagementModified, customerModified *api.Timestamp
}

func newDeal(t *testing.T) *deal {
	t.Helper()
	return makeDeal(t, newHarness(t))
}

func makeDeal(t *testing.T, h *harness) *deal {
	t.Helper()
	d := &deal{harness: h}
	d.opportunity = *d.createOpportunity(t, alice, `"Tags": [{"Key": "color", "Value": "blue"}]`).Id
	if err := associate(t, d.harness, d.opportunity, "AwsProducts", "AWSLambda"); err != nil {
		t.Fatal(err)
	}
	d.engagement = d.sandboxEngagement(t, alice, `"Contexts": [`+customerProject+`,`+leadContext+`]`)
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
	d.customer = *do[api.CreateCustomerAccountResponse](t, d.harness, alice, "CreateCustomerAccount",
		`{"Catalog": "Sandbox", "Account": {"CompanyName": "Sheep and more"}, "Tags": [{"Key": "color", "Value": "green"}]}`).Id
	d.work(t)
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

// addTasks has the owner start a task of each kind, about more of its own.
func (d *deal) addTasks(t *testing.T) {
	t.Helper()
	body := fmt.Sprintf(`{"Catalog": "Sandbox", "TaskName": "autumn", "Identifiers": [%q], %s}`, d.engagement, d.token())
	d.prospecting = *do[api.StartProspectingFromEngagementTaskResponse](t, d.harness, alice, "StartProspectingFromEngagementTask", body).TaskId
	d.submission = *d.fromOpportunity(t, alice, *d.createOpportunity(t, alice).Id).TaskId
	fair := d.sandboxEngagement(t, another, `"Contexts": [`+leadContext+`]`)
	d.acceptance = *d.accepting(t, alice, d.invite(t, another, fair, alice)).TaskId
	d.conversion = *d.converting(t, alice, fair).TaskId
	d.bulkJob = *do[api.StartOpportunityBulkJobResponse](t, d.harness, alice, "StartOpportunityBulkJob",
		merge(bulkJobBody(d, party{account: alice}), `"Catalog": "Sandbox"`)).JobId
	d.accountJob = *do[api.StartCustomerAccountBulkJobResponse](t, d.harness, alice, "StartCustomerAccountBulkJob",
		merge(accountJobBody(d, party{account: alice}), `"Catalog": "Sandbox"`)).Id
	d.work(t)
}

// arn names something of the owner's in the catalog that a party asks in.
func (d *deal) arn(p party, resource string) string {
	return "arn:aws:partnercentral:us-east-1:" + alice + ":catalog/" + p.catalog + "/" + resource
}

// TestVisibility asks every question as every party and compares the answers
// with docs/visibility.md.
func TestVisibility(t *testing.T) {
	wanted := visibilityMatrix(t)
	untouched := newDeal(t) // for the questions that change nothing
	untouched.addTasks(t)
	for i := range questions {
		q := &questions[i]
		name := strings.TrimSpace(q.operation + " " + q.on)
		t.Run(name, func(t *testing.T) {
			want, ok := wanted[name]
			if !ok {
				t.Error("docs/visibility.md has no row for it")
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

// TestVisibilityIsWhole checks that the matrix has every operation.
func TestVisibilityIsWhole(t *testing.T) {
	asked := map[string]bool{}
	for _, q := range questions {
		asked[q.operation] = true
	}
	for _, op := range api.Operations {
		if !asked[op.Name] {
			t.Errorf("%s is not asked", op.Name)
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
	case strings.HasSuffix(q.operation, "Task") && strings.HasPrefix(q.operation, "Start"):
		return d.taskWord(t, q, p, *out)
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

// taskWord waits for the end of the task that an operation started.
func (d *deal) taskWord(t *testing.T, q *question, p party, out api.Raw) string {
	t.Helper()
	if q.operation == "StartProspectingFromEngagementTask" {
		var task struct {
			TaskID string `json:"TaskId"`
		}
		if err := api.Unmarshal(out, &task); err != nil {
			t.Fatal(err)
		}
		d.work(t)
		out = *do[api.Raw](t, d.harness, p.account, "GetProspectingFromEngagementTask",
			fmt.Sprintf(`{"Catalog": %q, "TaskIdentifier": %q}`, p.catalog, task.TaskID))
	}
	switch text := string(out); {
	case strings.Contains(text, `Status":"FAILED"`):
		return "fails"
	case strings.Contains(text, `Status":"COMPLETE`):
		return "yes"
	default:
		t.Errorf("%s: the task does not end: %s", p.column, text)
		return ""
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
	read("GetCustomerAccount", named(d.customer))
	if read, err := try[api.GetCustomerAccountResponse](t, d.harness, alice, "GetCustomerAccount", named(d.customer)); err == nil {
		d.customerModified = read.LastModifiedDate
	}
	for _, resource := range []string{"opportunity/" + d.opportunity, "resource-snapshot-job/" + d.job, "customer-account/" + d.customer} {
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

// The slip that everybody makes: the right identifier in the wrong catalog. Only who
// may see the record is told so.
func TestTheOtherCatalog(t *testing.T) {
	h := newHarness(t)
	deal := h.underReview(t, alice)
	for _, c := range []struct{ operation, field, id, want string }{
		{"GetOpportunity", "Identifier", deal.id, "Opportunity " + deal.id + " is in catalog Sandbox, not in AWS"},
		{"GetEngagement", "Identifier", deal.engagement, "Engagement " + deal.engagement + " is in catalog Sandbox, not in AWS"},
		{"GetEngagementInvitation", "Identifier", deal.invitation, "Engagement invitation " + deal.invitation + " is in catalog Sandbox, not in AWS"},
	} {
		for _, account := range []string{alice, bob} {
			_, err := try[struct{}](t, h, account, c.operation, fmt.Sprintf(`{"Catalog": "AWS", %q: %q}`, c.field, c.id))
			fails(t, err, api.TypeResourceNotFound)
			want := c.want
			if account == bob {
				want = "Resource not found"
			}
			if got := err.(*api.Error).Message; got != want {
				t.Errorf("%s by %s: %q", c.operation, account, got)
			}
		}
	}
}
