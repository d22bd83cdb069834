package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"cosell/internal/api"
	"cosell/internal/api/apitest"
	"cosell/internal/events/eventsapi"
	"cosell/internal/s3"
	"cosell/model"
	"cosell/model/smithy"
)

// tenant is an account with a record of every kind.
type tenant struct {
	address, account string
	keys             aws.Credentials
	records          map[string]string // an identifier, name or ARN by the kind of the record
	tokens           int
}

const (
	sellingX = api.TargetPrefix
	eventsX  = eventsapi.TargetPrefix
)

// send sends an operation and returns the status and the answer.
func (x *tenant) send(t *testing.T, prefix, operation, body string) (int, string) {
	t.Helper()
	service, content := signingName, "application/x-amz-json-1.0"
	if prefix == eventsX {
		service, content = "events", "application/x-amz-json-1.1"
	}
	return sendSigned(t, x.keys, service, http.MethodPost, x.address+"/", body, "X-Amz-Target", prefix+"."+operation, "Content-Type", content)
}

// make makes a record and returns a member of the answer.
func (x *tenant) make(t *testing.T, prefix, operation, member, body string) string {
	t.Helper()
	x.tokens++
	body = strings.ReplaceAll(body, `"TOKEN"`, fmt.Sprintf(`"token-%d"`, x.tokens))
	status, answer := x.send(t, prefix, operation, body)
	var read map[string]any
	if status != http.StatusOK || json.Unmarshal([]byte(answer), &read) != nil && answer != "" {
		t.Fatalf("%s: %d %s", operation, status, answer)
	}
	text, _ := read[member].(string)
	if text == "" && member != "" {
		t.Fatalf("%s has no %s: %s", operation, member, answer)
	}
	return text
}

// marker is in every text of the owner's records, and in none of the other tenant's.
const marker = "Marked"

// newTenant makes an account with a record of every kind. Each text of them has mark.
func newTenant(t *testing.T, address, account, mark string) *tenant {
	t.Helper()
	x := &tenant{address: address, account: account, keys: registered(t, address, account), records: map[string]string{}}
	whole, err := os.ReadFile("../../examples/opportunity.json")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(whole), "Example Corp", mark+" Corp")
	text = strings.Replace(strings.ReplaceAll(text, "Data lake", mark+" lake"), "{", `{"ClientToken":"TOKEN",`, 1)
	put := func(kind, prefix, operation, member, body string) {
		x.records[kind] = x.make(t, prefix, operation, member, body)
	}
	put("opportunity", sellingX, "CreateOpportunity", "Id", text)
	put("another opportunity", sellingX, "CreateOpportunity", "Id", text)
	put("engagement", sellingX, "CreateEngagement", "Id", `{"Catalog":"Sandbox","ClientToken":"TOKEN","Title":"`+mark+`","Description":"`+mark+`"}`)
	put("invitation", sellingX, "CreateEngagementInvitation", "Id", `{"Catalog":"Sandbox","ClientToken":"TOKEN","EngagementIdentifier":"`+x.records["engagement"]+`",
		"Invitation":{"Message":"`+mark+`","Receiver":{"Account":{"AwsAccountId":"999900001111"}},"Payload":{"OpportunityInvitation":{"ReceiverResponsibilities":["Distributor"],
		"Customer":{"Industry":"Agriculture","CompanyName":"`+mark+`","WebsiteUrl":"https://farms.example.com","CountryCode":"US"},
		"Project":{"Title":"`+mark+`","BusinessProblem":"They count their sheep by hand.","TargetCompletionDate":"2035-10-04",
		"ExpectedCustomerSpend":[{"Amount":"10000.00","CurrencyCode":"USD","Frequency":"Monthly","TargetCompany":"AWS"}]}}}}}`)
	of := `"Catalog":"Sandbox","ClientToken":"TOKEN","EngagementIdentifier":"` + x.records["engagement"] + `","ResourceType":"Opportunity",
		"ResourceIdentifier":"` + x.records["opportunity"] + `","ResourceSnapshotTemplateIdentifier":"OpportunitySummaryView"`
	put("snapshot", sellingX, "CreateResourceSnapshot", "Arn", `{`+of+`}`)
	put("snapshot job", sellingX, "CreateResourceSnapshotJob", "Id", `{`+of+`,"Tags":[{"Key":"`+mark+`","Value":"`+mark+`"}]}`)
	put("task", sellingX, "StartEngagementFromOpportunityTask", "TaskId", `{"Catalog":"Sandbox","ClientToken":"TOKEN","Identifier":"`+x.records["another opportunity"]+`",
		"AwsSubmission":{"InvolvementType":"Co-Sell"}}`)
	put("prospecting task", sellingX, "StartProspectingFromEngagementTask", "TaskId",
		`{"Catalog":"Sandbox","ClientToken":"TOKEN","TaskName":"`+mark+`","Identifiers":["`+x.records["engagement"]+`"]}`)
	put("customer account", sellingX, "CreateCustomerAccount", "Id",
		`{"Catalog":"Sandbox","ClientToken":"TOKEN","Account":{"CompanyName":"`+mark+`","Address":{"CountryCode":"US"}}}`)
	put("page token", sellingX, "ListOpportunities", "NextToken", `{"Catalog":"Sandbox","MaxResults":1}`)
	operate(t, address, http.MethodPut, "/accounts/"+account+"/catalogs/Sandbox/solutions/S-"+account[:7],
		`{"name":"`+mark+`","category":"Software Product","status":"Active"}`, nil)
	x.records["solution"] = "S-" + account[:7]
	x.records["bulk job"], x.records["report"] = bulkReport(t, address, x.keys, account, mark)
	x.records["file"] = "s3://" + s3.Bucket + "/" + account + "/deals.csv"

	name := strings.ToLower(mark) + "-" + account[:4]
	put("rule", eventsX, "PutRule", "RuleArn", `{"Name":"`+name+`-rule","EventPattern":"{\"source\":[\"`+mark+`\"]}"}`)
	put("connection", eventsX, "CreateConnection", "ConnectionArn", `{"Name":"`+name+`-connection","Description":"`+mark+`","AuthorizationType":"API_KEY",
		"AuthParameters":{"ApiKeyAuthParameters":{"ApiKeyName":"k","ApiKeyValue":"`+mark+`"}}}`)
	put("API destination", eventsX, "CreateApiDestination", "ApiDestinationArn", `{"Name":"`+name+`-destination","ConnectionArn":"`+x.records["connection"]+`",
		"InvocationEndpoint":"https://127.0.0.1:1/`+mark+`","HttpMethod":"POST"}`)
	put("archive", eventsX, "CreateArchive", "ArchiveArn", `{"ArchiveName":"`+name+`-archive","EventSourceArn":"arn:aws:events:us-east-1:`+account+`:event-bus/default"}`)
	for _, kind := range []string{"rule", "connection", "API destination", "archive"} {
		x.records["name of "+kind] = strings.Split(x.records[kind], "/")[1]
	}
	x.records["name of archive"] = name + "-archive"
	for kind, segment := range map[string]string{
		"opportunity": "opportunity/", "engagement": "engagement/", "invitation": "engagement-invitation/", "snapshot job": "resource-snapshot-job/",
		"customer account": "customer-account/", "solution": "solution/",
	} {
		x.records["ARN of "+kind] = "arn:aws:partnercentral:us-east-1:" + account + ":catalog/Sandbox/" + segment + x.records[kind]
	}
	return x
}

// kindOf returns the kind of the record that a member of a request names.
func kindOf(operation, member string) string {
	kinds := map[string]string{
		"OpportunityIdentifier": "opportunity", "RelatedOpportunityIdentifier": "opportunity", "EngagementIdentifier": "engagement", "ResourceIdentifier": "opportunity",
		"ResourceSnapshotJobIdentifier": "snapshot job", "ResourceArn": "ARN of opportunity", "ResourceARN": "rule", "Rule": "name of rule", "ConnectionArn": "connection",
		"ApiDestinationArn": "API destination", "ArchiveName": "name of archive", "JobId": "bulk job", "FileURI": "file", "EventSourceArn": "archive", "TargetArn": "API destination",
		"RelatedEntityIdentifier": "solution",
	}
	if kind := kinds[member]; kind != "" {
		return kind
	}
	if member == "Name" {
		for part, kind := range map[string]string{"Rule": "rule", "Connection": "connection", "ApiDestination": "API destination", "Archive": "archive"} {
			if strings.HasSuffix(operation, part) {
				return "name of " + kind
			}
		}
	}
	if member != "Identifier" && member != "Identifiers" {
		return ""
	}
	switch {
	case strings.Contains(operation, "BulkJob"):
		return "bulk job"
	case strings.Contains(operation, "CustomerAccount"):
		return "customer account"
	case strings.Contains(operation, "Invitation"):
		return "invitation"
	case strings.Contains(operation, "Engagement") && !strings.Contains(operation, "FromOpportunity"):
		return "engagement"
	}
	return "opportunity"
}

// naming are the members that may name a record.
var naming = regexp.MustCompile(`(?i)(identifiers?|arns?|ids?|names?|nextToken|uri|rule|prefix)$`)

// place is a member of a request that may name a record.
type place struct {
	path []string
	list bool
}

// places returns the members of a shape that may name a record.
func places(contract *smithy.Model, shape *smithy.Shape, path []string) (all []place) {
	const deepest = 3
	for _, m := range shape.Members {
		target, list := contract.Shapes[m.Target], false
		if target.Kind == smithy.KindList {
			target, list = contract.Shapes[target.Element().Target], true
		}
		here := append(slices.Clone(path), m.Name)
		switch {
		case target.Kind == smithy.KindString && naming.MatchString(m.Name):
			all = append(all, place{here, list})
		case target.Kind == smithy.KindStructure && !list && len(here) < deepest:
			all = append(all, places(contract, target, here)...)
		}
	}
	return all
}

// set puts a value into a request.
func (p place) set(request map[string]any, value string) {
	for _, name := range p.path[:len(p.path)-1] {
		inner, ok := request[name].(map[string]any)
		if !ok {
			inner = map[string]any{}
		}
		inner = maps.Clone(inner)
		request[name] = inner
		request = inner
	}
	last := p.path[len(p.path)-1]
	if p.list {
		request[last] = []any{value}
		return
	}
	request[last] = value
}

// missing returns a value of the form of another one which names nothing.
func missing(value string) string {
	const most = 3
	b := []byte(value)
	if i := strings.LastIndex(value, ".csv"); i > 0 {
		return value[:i] + "x.csv"
	}
	for i, changed := len(b)-1, 0; i >= 0 && changed < most; i-- {
		switch c := b[i]; {
		case c >= '0' && c <= '8', c >= 'a' && c <= 'y':
			b[i]++
			changed++
		case c == '9':
			b[i] = '0'
			changed++
		case c == 'z':
			b[i] = 'a'
			changed++
		}
	}
	return string(b)
}

var changing = regexp.MustCompile(`[0-9A-Za-z_-]{16,}|[0-9]{4,}[0-9.]*|O[0-9]{5,}|\b(eng|engi|job|task|cust-acc|bulkjob|ctx)-[a-z0-9-]+`)

// shown returns an answer without what differs from request to request.
func shown(status int, answer, value string) string {
	answer = strings.ReplaceAll(answer, value, "VALUE")
	if id := value[strings.LastIndexByte(value, '/')+1:]; len(id) > len("1000") { // not the revision of a snapshot
		answer = strings.ReplaceAll(answer, id, "VALUE")
	}
	answer = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z`).ReplaceAllString(answer, "TIME")
	return fmt.Sprint(status, " ", changing.ReplaceAllString(answer, "N"))
}

// TestAttackForeignTenants sends every operation with every record of another account in each
// member that may name one, whatever policies the caller has. The answer tells nothing of the
// record and is that to one which does not exist, and no record of the other account changes.
func TestAttackForeignTenants(t *testing.T) {
	address := serveStrict(t, func(c *serve) { c.Audit = "off" })
	operate(t, address, http.MethodPut, "/catalogs/Sandbox/matching", `{"mode":"manual"}`, nil) // nothing but callers changes records
	owner, other := newTenant(t, address, "111122223333", marker), newTenant(t, address, "444455556666", "Own")
	before := owner.state(t)
	count, tried := 0, map[string]int{}
	for prefix, load := range map[string]func() (*smithy.Model, error){sellingX: model.Load, eventsX: model.LoadEvents} {
		contract, err := load()
		if err != nil {
			t.Fatal(err)
		}
		operations := map[string][]api.Operation{sellingX: api.Operations, eventsX: eventsapi.Operations}[prefix]
		for i := range operations {
			op := &operations[i]
			input := contract.Shapes[contract.Shapes[op.Name].Input]
			base, ok := apitest.Source{Model: contract}.Valid(input.Name).Example(1).(map[string]any)
			if !ok {
				t.Fatalf("%s: no request", op.Name)
			}
			all := places(contract, input, nil)
			if input.Member("Catalog") != nil {
				base["Catalog"] = "Sandbox"
			}
			for _, p := range all {
				if kind := kindOf(op.Name, p.path[len(p.path)-1]); len(p.path) == 1 && kind != "" && base[p.path[0]] != nil {
					p.set(base, other.records[kind])
				}
			}
			for _, p := range all {
				for kind, foreign := range owner.records {
					if !other.sameAnswer(t, prefix, op, base, p, kind, foreign) {
						continue
					}
					tried[kind]++
					count++
				}
			}
		}
	}
	for kind := range owner.records {
		if tried[kind] == 0 && kind != "report" {
			t.Errorf("no operation takes the form of a %s", kind)
		}
	}
	other.seesNothing(t)
	if own, none := owner.shownTo(t, owner.records["opportunity"]), owner.shownTo(t, missing(owner.records["opportunity"])); own == none {
		t.Errorf("the owner gets the same answer as well: %s", own)
	}
	if after := owner.state(t); after != before {
		t.Errorf("the records were\n%s\nand are\n%s", before, after)
	}
	t.Logf("%d requests with records of another account: %v", count, tried)
}

// sameAnswer sends an operation with a foreign record and with one that does not exist, and
// reports whether the contract takes a value of that form.
//
//nolint:revive // what is tried
func (x *tenant) sameAnswer(t *testing.T, prefix string, op *api.Operation, base map[string]any, p place, kind, foreign string) bool {
	t.Helper()
	var answers [2]string
	for i, value := range []string{missing(foreign), foreign} {
		request := maps.Clone(base)
		p.set(request, value)
		if _, ok := request["ClientToken"]; ok {
			x.tokens++
			request["ClientToken"] = fmt.Sprint("foreign-", x.tokens)
		}
		body, err := api.Marshal(request)
		if err != nil {
			t.Fatal(err)
		}
		in := op.NewInput()
		if api.Unmarshal(body, in) != nil || len(in.Check()) > 0 {
			return false
		}
		status, answer := x.send(t, prefix, op.Name, string(body))
		if strings.Contains(strings.ReplaceAll(answer, value, ""), marker) {
			t.Errorf("%s shows a %s in %v: %s", op.Name, kind, p.path, answer)
		}
		if strings.Contains(answer, "UnrecognizedClient") || strings.Contains(answer, "is not authorized to perform") {
			t.Errorf("%s was not tried: %s", op.Name, answer)
		}
		answers[i] = shown(status, answer, value)
	}
	if answers[0] != answers[1] {
		t.Errorf("%s with a foreign %s in %v:\n  exists  %.600s\n  missing %.600s", op.Name, kind, p.path, answers[1], answers[0])
	}
	return true
}

func (x *tenant) shownTo(t *testing.T, opportunity string) string {
	t.Helper()
	status, answer := x.send(t, sellingX, "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"`+opportunity+`"}`)
	return shown(status, answer, opportunity)
}

// seesNothing checks that no list of a tenant, nor what its jobs and tasks left behind, shows
// marked records.
func (x *tenant) seesNothing(t *testing.T) {
	t.Helper()
	lists := 0
	for prefix, operations := range map[string][]api.Operation{sellingX: api.Operations, eventsX: eventsapi.Operations} {
		for i := range operations {
			op := &operations[i]
			body := `{"Catalog":"Sandbox"}`
			in := op.NewInput()
			if !op.ReadOnly || api.Unmarshal([]byte(body), in) != nil || len(in.Check()) > 0 {
				continue
			}
			status, answer := x.send(t, prefix, op.Name, body)
			if strings.Contains(answer, marker) {
				t.Errorf("%s tells %d %.500s", op.Name, status, answer)
			}
			if status == http.StatusOK {
				lists++
			}
		}
	}
	if lists < 20 { //nolint:mnd // of the operations that need no more
		t.Errorf("%d lists", lists)
	}
	var events struct{ Events []json.RawMessage }
	operate(t, x.address, http.MethodGet, "/events?account="+x.account+"&after=0", "", &events)
	if strings.Contains(string(mustMarshal(t, events)), marker) {
		t.Error("its events tell of the other account")
	}
}

// TestAttackReportURLIsChanged sees that the URL of a report opens that report alone, for its
// time.
func TestAttackReportURLIsChanged(t *testing.T) {
	address := serveStrict(t, func(c *serve) { c.Audit = "off" })
	alice, bob := registered(t, address, "111122223333"), registered(t, address, "444455556666")
	aliceJob, aliceReport := bulkReport(t, address, alice, "111122223333", marker)
	bobJob, bobReport := bulkReport(t, address, bob, "444455556666", "Own")
	for name, report := range map[string]string{
		"another account":      strings.Replace(bobReport, "account=444455556666", "account=111122223333", 1),
		"another job":          strings.Replace(bobReport, bobJob, aliceJob, 1),
		"both":                 strings.Replace(strings.Replace(bobReport, bobJob, aliceJob, 1), "444455556666", "111122223333", 1),
		"another catalog":      strings.Replace(aliceReport, "catalog=Sandbox", "catalog=AWS", 1),
		"another kind":         strings.Replace(aliceReport, ".csv", "x.csv", 1),
		"a second account":     aliceReport + "&account=444455556666",
		"a longer time":        regexp.MustCompile(`X-Amz-Expires=\d+`).ReplaceAllString(aliceReport, "X-Amz-Expires=604800"),
		"no signature":         regexp.MustCompile(`&X-Amz-Signature=\w+`).ReplaceAllString(aliceReport, ""),
		"a signature too many": aliceReport + "&X-Amz-Signature=" + strings.Repeat("0", 64),
		"a path with dots":     strings.Replace(aliceReport, "/reports/", "/reports/../reports/", 1),
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, report, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		if status, text := answerOf(t, client, r); status == http.StatusOK || strings.Contains(text, marker) {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, aliceReport, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if status, text := answerOf(t, http.DefaultClient, r); status != http.StatusOK || !strings.Contains(text, marker) {
		t.Errorf("unchanged: %d %s", status, text)
	}
	operate(t, address, http.MethodPost, "/clock", `{"advance":"48h"}`, nil)
	if status, text := answerOf(t, http.DefaultClient, r.Clone(t.Context())); status != http.StatusForbidden {
		t.Errorf("two days later: %d %s", status, text)
	}
}

// state returns everything that a tenant can read of its own records.
func (x *tenant) state(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	read := func(prefix, operation, body string) {
		status, answer := x.send(t, prefix, operation, body)
		if status != http.StatusOK {
			t.Fatalf("%s: %d %s", operation, status, answer)
		}
		all.WriteString(operation + " " + answer + "\n")
	}
	for operation, kind := range map[string]string{
		"GetOpportunity": "opportunity", "GetEngagement": "engagement", "GetCustomerAccount": "customer account",
	} {
		read(sellingX, operation, `{"Catalog":"Sandbox","Identifier":"`+x.records[kind]+`"}`)
	}
	read(sellingX, "GetResourceSnapshotJob", `{"Catalog":"Sandbox","ResourceSnapshotJobIdentifier":"`+x.records["snapshot job"]+`"}`)
	read(sellingX, "ListTagsForResource", `{"ResourceArn":"`+x.records["ARN of snapshot job"]+`"}`)
	read(sellingX, "ListEngagementMembers", `{"Catalog":"Sandbox","Identifier":"`+x.records["engagement"]+`"}`)
	read(eventsX, "DescribeRule", `{"Name":"`+x.records["name of rule"]+`"}`)
	read(eventsX, "DescribeConnection", `{"Name":"`+x.records["name of connection"]+`"}`)
	read(eventsX, "DescribeApiDestination", `{"Name":"`+x.records["name of API destination"]+`"}`)
	read(eventsX, "DescribeArchive", `{"ArchiveName":"`+x.records["name of archive"]+`"}`)
	lines := strings.Split(all.String(), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
