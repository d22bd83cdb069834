package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"cosell/internal/operator"
	"cosell/internal/proposal"
)

// TestAttackApprovals tries to have approvals do what the proposer or the approver may not.
func TestAttackApprovals(t *testing.T) {
	address := serveStrict(t, nil)
	const account = "111122223333"
	user := "/accounts/" + account + "/users/all"
	key := registered(t, address, account)
	call := func(target, body string) (int, string) {
		contentType := "application/x-amz-json-1.0"
		if strings.HasPrefix(target, proposal.TargetPrefix) {
			contentType = "application/x-amz-json-1.1"
		}
		return sendSigned(t, key, "partnercentral-selling", http.MethodPost, address+"/", body, "Content-Type", contentType, "X-Amz-Target", target)
	}
	propose := func() string {
		t.Helper()
		status, text := call(proposal.TargetPrefix+".ProposeCreateOpportunity", `{"Catalog":"Sandbox","Origin":"Partner Referral","ClientToken":"`+t.Name()+`"}`)
		var made struct{ Token, Status string }
		if err := json.Unmarshal([]byte(text), &made); err != nil || status != http.StatusOK || made.Status != "PENDING" {
			t.Fatal(status, text, err)
		}
		return made.Token
	}
	tokenOf := func(body string) string {
		t.Helper()
		var made struct{ Token string }
		operate(t, address, http.MethodPost, "/tokens", body, &made)
		return made.Token
	}
	approve := func(by, token string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+operator.Prefix+"/proposals/"+token+"/approve", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if by != "" {
			r.Header.Set("Authorization", "Bearer "+by)
		}
		return answerOf(t, http.DefaultClient, r)
	}
	count := func() int {
		t.Helper()
		var list struct{ OpportunitySummaries []json.RawMessage }
		status, text := call("AWSPartnerCentralSelling.ListOpportunities", `{"Catalog":"Sandbox"}`)
		if err := json.Unmarshal([]byte(text), &list); err != nil || status != http.StatusOK {
			t.Fatal(status, text, err)
		}
		return len(list.OpportunitySummaries)
	}
	reviewer := tokenOf(`{"name":"desk","role":"reviewer"}`)
	proposed := propose()

	for name, by := range map[string]string{
		"nobody":                         "",
		"an auditor":                     tokenOf(`{"name":"auditor","role":"auditor"}`),
		"a reviewer of another account":  tokenOf(`{"name":"elsewhere","role":"reviewer","accounts":["444455556666"]}`),
		"the proposer's own secret":      key.SecretAccessKey,
		"the proposal's token as bearer": proposed,
	} {
		if status, text := approve(by, proposed); status != http.StatusUnauthorized && status != http.StatusForbidden && status != http.StatusNotFound {
			t.Errorf("%s approves: %d %s", name, status, text)
		}
	}
	// The proposer is held to its policies and key once more when it is carried out.
	const allow = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	operate(t, address, http.MethodPut, user+"/policies/all", strings.Replace(allow, `"*"`, `"partnercentral:List*"`, 1), nil)
	if status, text := approve(reviewer, proposed); status == http.StatusOK || !strings.Contains(text, "not authorized") {
		t.Errorf("approved what the proposer may no longer do: %d %s", status, text)
	}
	if status, text := call(proposal.TargetPrefix+".ProposeCreateOpportunity", `{"Catalog":"Sandbox","Origin":"Partner Referral","ClientToken":"2"}`); !strings.Contains(text, "AccessDeniedException") {
		t.Errorf("proposed what the caller may not do: %d %s", status, text)
	}
	operate(t, address, http.MethodPut, user+"/policies/all", allow, nil)
	operate(t, address, http.MethodPatch, user+"/keys/"+key.AccessKeyID, `{"status":"Inactive"}`, nil)
	if status, text := approve(reviewer, proposed); status != http.StatusConflict || !strings.Contains(text, "inactive or deleted") {
		t.Errorf("approved for an inactive key: %d %s", status, text)
	}
	operate(t, address, http.MethodPatch, user+"/keys/"+key.AccessKeyID, `{"status":"Active"}`, nil)
	if n := count(); n != 0 {
		t.Fatalf("%d opportunities are there, though nothing was approved", n)
	}

	if status, text := approve(reviewer, proposed); status != http.StatusOK || count() != 1 {
		t.Fatalf("approve: %d %s; there are %d", status, text, count())
	}
	made := slices.DeleteFunc(records(t, address, "account="+account+"&eventName=CreateOpportunity"), func(record map[string]any) bool {
		return record["errorCode"] != nil
	})
	if len(made) != 1 {
		t.Fatalf("the audit has %v", made)
	}
	wantRecord(t, made[0], map[string]any{
		"userIdentity.arn": "arn:aws:iam::" + account + ":user/all", "userIdentity.invokedBy": "desk", "readOnly": false,
	})
}
