package main

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"cosell/internal/api"
	"cosell/internal/api/apitest"
	"cosell/internal/operator"
	"cosell/model"
	"cosell/model/smithy"
)

// private is what sensitive members are sent as. Every length allows it.
const private = "Confidential, between us"

// TestNothingSensitiveIsLogged sends every operation what the model calls
// sensitive, in right requests and in wrong ones, and reads the log.
func TestNothingSensitiveIsLogged(t *testing.T) {
	contract, err := model.Load()
	if err != nil {
		t.Fatal(err)
	}
	log := new(bytes.Buffer)
	s := listening(t, log)
	end := running(t, s)
	source := apitest.Source{Model: contract, Full: true}
	sent := 0
	send := func(operation string, body []byte) {
		if bytes.Contains(body, []byte(private)) {
			sent++
			_ = call(t.Context(), s.URL(), operation, api.Raw(body), new(any)) // whatever it answers
		}
		if operation == "CreateOpportunity" {
			postReferral(t, s.URL(), body)
		}
	}
	right := demoOpportunity()
	right.Customer.Account.CompanyName, right.Project.Title = new(private), new(private)
	body, err := api.Marshal(right)
	if err != nil {
		t.Fatal(err)
	}
	send("CreateOpportunity", body)
	for _, op := range api.Operations {
		input := contract.Shapes[op.Name].Input
		request := source.Valid(input).Example(1)
		for _, all := range []bool{false, true} {
			body, err := api.Marshal(confide(contract, input, request, all))
			if err != nil {
				t.Fatal(err)
			}
			send(op.Name, body)
			send(op.Name, bytes.ReplaceAll(body, []byte(`"`+private+`"`), []byte(`{"`+private+`":0}`)))
		}
	}
	if err := end(); err != nil {
		t.Error(err)
	}
	if got := strings.Count(log.String(), "msg=request "); got != sent || sent < 20 {
		t.Errorf("%d requests were sent, %d logged", sent, got)
	}
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, "Confidential") {
			t.Errorf("logged %s", line)
		}
	}
}

// confide returns a value of a shape with what is sensitive in it replaced: all
// of it, or what may be any text.
func confide(m *smithy.Model, shape string, value any, all bool) any {
	s := m.Shapes[shape]
	switch v := value.(type) {
	case map[string]any:
		changed := map[string]any{}
		for name, member := range v {
			changed[name] = confide(m, s.Member(name).Target, member, all)
		}
		return changed
	case []any:
		changed := make([]any, len(v))
		for i := range v {
			changed[i] = confide(m, s.Element().Target, v[i], all)
		}
		return changed
	}
	if s.Traits.Has("sensitive") && (all || s.Kind == smithy.KindString && !s.Traits.Has("pattern")) {
		return private
	}
	return value
}

// postReferral has AWS refer an opportunity, as the operator does.
func postReferral(t *testing.T, url string, opportunity []byte) {
	t.Helper()
	body := `{"account":"111122223333","catalog":"Sandbox","opportunity":` + string(opportunity) + `}`
	answer, err := http.Post(url+operator.Prefix+"/referrals", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, _ := io.ReadAll(answer.Body); answer.StatusCode >= http.StatusInternalServerError {
		t.Errorf("referring answered %d %s", answer.StatusCode, text)
	}
}
