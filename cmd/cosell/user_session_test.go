package main

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"cosell/internal/api"
)

// browser is a browser with its cookies.
type browser struct {
	client  *http.Client
	address string
}

func newBrowser(t *testing.T, address string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{&http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, address}
}

// send sends a request of the console's own page.
func (b *browser) send(t *testing.T, method, path, body string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, b.address+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return answerOf(t, b.client, r)
}

func (b *browser) signIn(t *testing.T, account, user, password string) int {
	t.Helper()
	form := url.Values{"account": {account}, "user": {user}, "password": {password}}.Encode()
	status, _ := b.send(t, http.MethodPost, "/console/sign-in", form, "Content-Type", "application/x-www-form-urlencoded")
	return status
}

func (b *browser) call(t *testing.T, account, operation, body string) (int, string) {
	t.Helper()
	return b.send(t, http.MethodPost, "/console/call/"+account, body, "Content-Type", "application/x-amz-json-1.0", "X-Amz-Target", api.TargetPrefix+"."+operation)
}

// TestAttackUserSessionExceedsPolicies signs in to the console as a user and tries more than
// its policies and its account allow. What it did is in the audit with its name, without
// its password.
func TestAttackUserSessionExceedsPolicies(t *testing.T) {
	address := serveStrict(t, nil)
	const own, other, password = "111122223333", "444455556666", "correct horse battery"
	registered(t, address, other)
	user := "/accounts/" + own + "/users/alice"
	operate(t, address, http.MethodPut, user, "", nil)
	operate(t, address, http.MethodPut, user+"/policies/sandbox", `{"managed":"AWSPartnerCentralSandboxFullAccess"}`, nil)
	operate(t, address, http.MethodPut, user+"/policies/no", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["partnercentral:GetOpportunity","s3:*"],"Resource":"*"}]}`, nil)
	operate(t, address, http.MethodPut, user+"/password", `{"password":"`+password+`"}`, nil)

	b := newBrowser(t, address)
	for _, wrong := range [][3]string{{own, "alice", "wrong"}, {own, "mallory", password}, {other, "alice", password}} {
		if status := b.signIn(t, wrong[0], wrong[1], wrong[2]); status != http.StatusUnauthorized {
			t.Fatalf("%v: %d", wrong, status)
		}
	}
	if status := b.signIn(t, own, "alice", password); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	create := `{"ClientToken":"one","Catalog":"Sandbox","LifeCycle":{"TargetCloseDate":"2050-06-30"}}`
	if status, answer := b.call(t, own, "CreateOpportunity", create); status != http.StatusOK {
		t.Fatal(status, answer)
	}
	const denied = "User: arn:aws:iam::" + own + ":user/alice is not authorized to perform: "
	for name, c := range map[string]struct {
		method, path, body, target, want string
		status                           int
	}{
		"an explicit deny":             {"POST", "/console/call/" + own, `{"Catalog":"Sandbox","Identifier":"O1"}`, "GetOpportunity", denied + "partnercentral:GetOpportunity", 400},
		"the other catalog":            {"POST", "/console/call/" + own, `{"Catalog":"AWS"}`, "ListOpportunities", denied + "partnercentral:ListOpportunities", 400},
		"another account":              {"POST", "/console/call/" + other, `{"Catalog":"Sandbox"}`, "ListOpportunities", "none of the operator's", 403},
		"an upload":                    {"PUT", "/console/upload/" + own + "/a.csv", "a,b\n", "", "AccessDenied", 403},
		"an upload to another account": {"PUT", "/console/upload/" + other + "/a.csv", "a,b\n", "", "none of the operator's", 403},
		"its pipeline":                 {"GET", "/operator/v1/pipeline?account=" + own + "&catalog=Sandbox", "", "", `"opportunities":1`, 200},
		"and also another's":           {"GET", "/operator/v1/pipeline?account=" + own + "&account=" + other + "&catalog=Sandbox", "", "", `"opportunities":1`, 200},
		"the other catalog's pipeline": {"GET", "/operator/v1/pipeline?account=" + own + "&catalog=AWS", "", "", denied, 403},
		"another's pipeline":           {"GET", "/operator/v1/pipeline?account=" + other + "&catalog=Sandbox", "", "", "is not that of the user", 403},
		"a submission":                 {"GET", "/operator/v1/opportunities/O1/submission?account=" + own + "&catalog=Sandbox", "", "", denied + "partnercentral:GetOpportunity", 403},
		"all accounts":                 {"GET", "/operator/v1/accounts", "", "", `{"accounts":[{"account":"` + own + `","companyName":"Partner ` + own + `"}]}`, 200},
		"who asks":                     {"GET", "/operator/v1/session", "", "", `"role":"user"`, 200},
		"its own policies":             {"PUT", "/operator/v1" + user + "/policies/more", `{"managed":"AWSPartnerCentralFullAccess"}`, "", "for operators", 403},
		"its own password":             {"PUT", "/operator/v1" + user + "/password", `{"password":"another one altogether"}`, "", "for operators", 403},
		"a token":                      {"POST", "/operator/v1/tokens", `{"name":"x","role":"administrator"}`, "", "for operators", 403},
		"the export":                   {"GET", "/operator/v1/export", "", "", "for operators", 403},
		"the audit":                    {"GET", "/operator/v1/audit?account=" + own, "", "", "for operators", 403},
		"events of what it may read":   {"GET", "/operator/v1/events?account=" + own + "&after=0", "", "", `{"events":[],"next":"`, 200},
		"events of another account":    {"GET", "/operator/v1/events?account=" + other + "&after=0", "", "", "is not that of the user", 403},
		"events of all accounts":       {"GET", "/operator/v1/events/stream?account=*", "", "", "is not that of the user", 403},
		"the last requests":            {"GET", "/operator/v1/requests?account=" + own, "", "", "for operators", 403},
		"the tools for agents":         {"POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, "", "must be that of an operator", 403},
		"the metrics":                  {"GET", "/metrics", "", "", "must be that of an operator", 403},
	} {
		header := []string{"Content-Type", "application/json"}
		if c.target != "" {
			header = []string{"Content-Type", "application/x-amz-json-1.0", "X-Amz-Target", api.TargetPrefix + "." + c.target}
		}
		if status, answer := b.send(t, c.method, c.path, c.body, header...); status != c.status || !strings.Contains(answer, c.want) {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}

	all := records(t, address, "")
	if text := string(mustMarshal(t, all)); strings.Contains(text, password) || strings.Contains(text, "mallory") {
		t.Error("the audit has a password, or the name of nobody")
	}
	var logins, calls, reads []map[string]any
	for _, r := range all {
		switch {
		case r["eventSource"] == "signin.amazonaws.com":
			logins = append(logins, r)
		case r["eventName"] == "CreateOpportunity":
			calls = append(calls, r)
		case r["eventName"] == "GetPipeline" && r["errorCode"] == nil:
			reads = append(reads, r)
		}
	}
	if len(logins) != 4 || len(calls) != 1 || len(reads) != 2 {
		t.Fatalf("%d sign-ins, %d calls, %d reads", len(logins), len(calls), len(reads))
	}
	alice := map[string]any{"userIdentity.type": "IAMUser", "userIdentity.userName": "alice", "userIdentity.accountId": own, "userIdentity.invokedBy": nil, "recipientAccountId": own}
	for i, outcome := range map[int]string{0: "Failure", 3: "Success"} {
		wantRecord(t, logins[i], alice)
		wantRecord(t, logins[i], map[string]any{"eventName": "ConsoleLogin", "responseElements.ConsoleLogin": outcome})
	}
	wantRecord(t, logins[1], map[string]any{"userIdentity.userName": "HIDDEN_DUE_TO_SECURITY_REASONS", "errorMessage": "Failed authentication"})
	wantRecord(t, calls[0], alice)
	wantRecord(t, reads[0], alice)

	for _, secrets := range []string{"", "?secrets=false"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/operator/v1/export"+secrets, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+testToken)
		_, text := answerOf(t, http.DefaultClient, r)
		if has := strings.Contains(text, "$argon2id$"); has != (secrets == "") || strings.Contains(text, password) || !strings.Contains(text, "alice") {
			t.Errorf("export%s: has the hash: %t", secrets, has)
		}
	}

	operate(t, address, http.MethodDelete, user, "", nil)
	if status, _ := b.send(t, http.MethodGet, "/operator/v1/session", ""); status != http.StatusUnauthorized {
		t.Errorf("after the user was deleted: %d", status)
	}
}
