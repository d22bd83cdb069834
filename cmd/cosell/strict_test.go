package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"cosell/internal/api"
	"cosell/internal/api/apitest"
	"cosell/internal/operator"
	"cosell/model"
)

const testToken = "strict-administrator-0123456789abcdef"

// operate sends a request of the administrator and decodes the answer.
func operate(t *testing.T, url, method, path, body string, out any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url+operator.Prefix+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+testToken)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status, string(text), err)
	}
	if out != nil {
		if err := json.Unmarshal(text, out); err != nil {
			t.Fatal(err)
		}
	}
}

// registered makes a user that may do everything, and returns its key.
func registered(t *testing.T, url, account string) aws.Credentials {
	t.Helper()
	user := "/accounts/" + account + "/users/all"
	operate(t, url, http.MethodPut, user, "", nil)
	operate(t, url, http.MethodPut, user+"/policies/all", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`, nil)
	var key struct {
		AccessKeyID     string `json:"AccessKeyId"`
		SecretAccessKey string
	}
	operate(t, url, http.MethodPost, user+"/keys", "", &key)
	return aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey}
}

// TestForeignTenantsInStrict sends every operation with the identifiers of another
// account's records: nothing of them is told, and nothing changes, whatever the caller's
// policies allow.
func TestForeignTenantsInStrict(t *testing.T) {
	contract, err := model.Load()
	if err != nil {
		t.Fatal(err)
	}
	c := &serve{Listen: "127.0.0.1:0", Data: t.TempDir(), Auth: "strict"}
	c.OperatorToken = testToken
	s, err := c.open(context.WithoutCancel(t.Context()), quiet)
	if err != nil {
		t.Fatal(err)
	}
	end := running(t, s)
	defer func() {
		if err := end(); err != nil {
			t.Error(err)
		}
	}()
	const owner, marker = "111122223333", "Marked Company"
	operate(t, s.URL(), http.MethodPut, "/catalogs/Sandbox/matching", `{"mode":"manual"}`, nil) // nothing but callers changes records
	alice, bob := registered(t, s.URL(), owner), registered(t, s.URL(), "444455556666")
	made := func(operation, body string) string {
		answer, err := callAs(s.URL(), alice, operation, body)
		if err != nil {
			t.Fatal(err)
		}
		var id struct {
			ID string `json:"Id"`
		}
		_ = json.Unmarshal(answer, &id)
		return id.ID
	}
	opportunity := made("CreateOpportunity", `{"Catalog":"Sandbox","ClientToken":"a","Customer":{"Account":{"CompanyName":"`+marker+`"}}}`)
	engagement := made("CreateEngagement", `{"Catalog":"Sandbox","ClientToken":"a","Title":"`+marker+`","Description":"`+marker+`"}`)
	customer := made("CreateCustomerAccount", `{"Catalog":"Sandbox","ClientToken":"a","Account":{"CompanyName":"`+marker+`","Address":{"CountryCode":"US"}}}`)
	_ = made("PutSellingSystemSettings", `{"Catalog":"Sandbox","ResourceSnapshotJobRoleIdentifier":"Marked"}`)
	arn := "arn:aws:partnercentral:us-east-1:" + owner + ":catalog/Sandbox/opportunity/" + opportunity
	records := []struct{ operation, id string }{{"GetOpportunity", opportunity}, {"GetEngagement", engagement}, {"GetCustomerAccount", customer}}
	state := func() (all string) {
		for _, r := range records {
			answer, err := callAs(s.URL(), alice, r.operation, `{"Catalog":"Sandbox","Identifier":"`+r.id+`"}`)
			if err != nil {
				t.Fatal(err)
			}
			all += string(answer) + "\n"
		}
		return all
	}
	before := state()
	foreign := func(operation, member string) (any, bool) {
		of := opportunity
		switch {
		case strings.Contains(operation, "CustomerAccount"):
			of = customer
		case strings.Contains(operation, "Engagement") && !strings.Contains(operation, "FromOpportunity"):
			of = engagement
		}
		id, ok := map[string]any{
			"Catalog": "Sandbox", "Identifier": of, "OpportunityIdentifier": opportunity, "RelatedOpportunityIdentifier": opportunity,
			"EngagementIdentifier": engagement, "ResourceIdentifier": opportunity, "ResourceType": "Opportunity",
			"Identifiers": []string{engagement}, "ResourceArn": arn,
		}[member]
		if list, ok := contract.Shapes[contract.Shapes[operation].Input].Member(member), ok; ok && list != nil && strings.HasPrefix(operation, "List") {
			if text, one := id.(string); one && contract.Shapes[list.Target] != nil && contract.Shapes[list.Target].Element() != nil {
				return []string{text}, true
			}
		}
		return id, ok
	}
	source := apitest.Source{Model: contract}
	told := 0
	for _, op := range api.Operations {
		input := contract.Shapes[op.Name].Input
		request, ok := source.Valid(input).Example(1).(map[string]any)
		if !ok {
			t.Fatalf("%s: no request", op.Name)
		}
		for _, m := range contract.Shapes[input].Members {
			if id, ok := foreign(op.Name, m.Name); ok {
				request[m.Name] = id
			}
		}
		body, err := api.Marshal(request)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := callAs(s.URL(), bob, op.Name, string(body))
		if err != nil {
			answer = append(answer, err.Error()...)
		}
		if bytes.Contains(answer, []byte("Marked")) {
			t.Errorf("%s tells %s", op.Name, answer)
		}
		if strings.Contains(string(answer), "UnrecognizedClient") || strings.Contains(string(answer), "is not authorized to perform") {
			t.Errorf("%s was not tried: %s", op.Name, answer)
		}
		told++
	}
	if after := state(); told != len(api.Operations) || after != before {
		t.Errorf("%d operations; the records were\n%sand are\n%s", told, before, after)
	}
	for _, r := range records {
		if _, err := callAs(s.URL(), bob, r.operation, `{"Catalog":"Sandbox","Identifier":"`+r.id+`"}`); err == nil || !strings.Contains(err.Error(), "ResourceNotFoundException") {
			t.Errorf("%s: %v", r.operation, err)
		}
	}
}
