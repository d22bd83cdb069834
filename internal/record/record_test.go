package record_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"cosell/internal/api"
	"cosell/internal/record"
	"cosell/internal/servertest"
)

var binary string

func TestMain(m *testing.M) { os.Exit(servertest.Run(&binary, m.Run)) }

// call sends an operation and returns its answer.
func call(t *testing.T, url, account, operation, body string) map[string]any {
	t.Helper()
	r, err := servertest.Request(t.Context(), url, account, operation, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&out); err != nil && !errors.Is(err, io.EOF) {
		t.Fatalf("%s: %v", operation, err)
	}
	return out
}

const deal = `{"Catalog":"Sandbox","ClientToken":"%s","Secret":"unknown-member-value",
 "Customer":{"Account":{"CompanyName":"Confidential Corp","WebsiteUrl":"https://www.confidential.example",
  "Address":{"CountryCode":"US","StateOrRegion":"New York","PostalCode":"10001","City":"Albany"}},
  "Contacts":[{"Email":"jane.secret@confidential.example","FirstName":"Jane","LastName":"Secret","Phone":"+12125551234"}]},
 "Project":{"Title":"Moving the vault"}}`

// play is a session of two partners; it reaches most of what a replay has to translate.
func play(t *testing.T, url string) {
	t.Helper()
	const alice, bob = "111122223333", "444455556666"
	var ids []string
	for i := range 3 {
		ids = append(ids, call(t, url, alice, "CreateOpportunity", fmt.Sprintf(deal, fmt.Sprint("token", i)))["Id"].(string))
	}
	read := call(t, url, alice, "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"`+ids[0]+`"}`)
	call(t, url, alice, "ListTagsForResource", `{"ResourceArn":"`+read["Arn"].(string)+`"}`)
	page := call(t, url, alice, "ListOpportunities", `{"Catalog":"Sandbox","MaxResults":2}`)
	call(t, url, alice, "ListOpportunities", `{"Catalog":"Sandbox","MaxResults":2,"NextToken":"`+page["NextToken"].(string)+`"}`)
	call(t, url, alice, "AssociateOpportunity", `{"Catalog":"Sandbox","OpportunityIdentifier":"`+ids[1]+`","RelatedEntityType":"AwsProducts","RelatedEntityIdentifier":"AWSLambda"}`)
	call(t, url, alice, "SubmitOpportunity", `{"Catalog":"Sandbox","Identifier":"`+ids[2]+`","InvolvementType":"Co-Sell","Visibility":"Full"}`)
	engagement := call(t, url, alice, "CreateEngagement", `{"Catalog":"Sandbox","ClientToken":"e","Title":"Vaults","Description":"d"}`)["Id"].(string)
	invitation := call(t, url, alice, "CreateEngagementInvitation", `{"Catalog":"Sandbox","ClientToken":"i","EngagementIdentifier":"`+engagement+`",
	 "Invitation":{"Message":"Join us","Receiver":{"Account":{"AwsAccountId":"`+bob+`"}},
	 "Payload":{"LeadInvitation":{"Customer":{"CompanyName":"Confidential Corp"},"Interaction":{"ContactBusinessTitle":"CTO"}}}}}`)["Id"].(string)
	call(t, url, bob, "AcceptEngagementInvitation", `{"Catalog":"Sandbox","Identifier":"`+invitation+`"}`)
	call(t, url, bob, "GetOpportunity", `{"Catalog":"Sandbox","Identifier":"`+ids[0]+`"}`) // not found
}

const exchanges = 13

func recordPlay(t *testing.T, mode record.Sensitive) string {
	t.Helper()
	var kept bytes.Buffer
	proxy, err := record.NewProxy(servertest.Serve(t, binary), nil, mode, &kept, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(proxy)
	defer front.Close()
	play(t, front.URL)
	// What is no operation is passed on and not kept.
	answer, err := http.Get(front.URL + "/readyz")
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("readyz through the proxy: %v", err)
	}
	answer.Body.Close()
	return kept.String()
}

func replay(t *testing.T, recording, endpoint string) (int, []record.Difference) {
	t.Helper()
	reader, err := record.NewReader(strings.NewReader(recording))
	if err != nil {
		t.Fatal(err)
	}
	var found []record.Difference
	replayer := record.Replayer{Endpoint: endpoint, Client: http.DefaultClient, Signer: &record.Signer{
		Region: "us-east-1", Credentials: func(key string) aws.Credentials {
			return aws.Credentials{AccessKeyID: key, SecretAccessKey: "test"}
		},
	}}
	sent, err := replayer.Replay(t.Context(), reader, func(d record.Difference) { found = append(found, d) })
	if err != nil {
		t.Fatal(err)
	}
	return sent, found
}

var secrets = []string{"Confidential", "confidential", "jane.secret", "Secret", "2125551234", "unknown-member-value", "AWS4-HMAC", "Signature"}

func TestReplayOfTheSameServerHasNoDifference(t *testing.T) {
	for _, mode := range []record.Sensitive{record.Replace, record.Keep} {
		t.Run(string(mode), func(t *testing.T) {
			recording := recordPlay(t, mode)
			fresh := servertest.Serve(t, binary)
			for range 2 { // a second replay does not meet the client tokens of the first
				sent, found := replay(t, recording, fresh)
				if sent != exchanges {
					t.Errorf("%d requests were sent", sent)
				}
				for _, d := range found {
					// The second time lists are longer.
					if !strings.HasPrefix(d.Exchange.Operation, "List") {
						t.Errorf("%d %s: %v", d.Exchange.Number, d.Exchange.Operation, d.Lines)
					}
				}
			}
		})
	}
}

func TestNothingSensitiveIsKept(t *testing.T) {
	for _, mode := range []record.Sensitive{record.Replace, record.Mask} {
		recording := recordPlay(t, mode)
		for _, secret := range secrets {
			if strings.Contains(recording, secret) {
				t.Errorf("%s: the recording has %q", mode, secret)
			}
		}
		if mode == record.Replace && strings.Contains(recording, "111122223333") {
			t.Error("the recording names the account")
		}
		if n := strings.Count(recording, "\n"); n != exchanges+1 {
			t.Errorf("%d lines", n)
		}
	}
}

func TestReplacementIsConsistent(t *testing.T) {
	reader, err := record.NewReader(strings.NewReader(recordPlay(t, record.Replace)))
	if err != nil {
		t.Fatal(err)
	}
	names := map[any]bool{}
	for {
		e, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, side := range []map[string]any{e.Request, e.Answer} {
			customer, _ := side["Customer"].(map[string]any)
			account, _ := customer["Account"].(map[string]any)
			if account["CompanyName"] != nil {
				names[account["CompanyName"]] = true
			}
		}
	}
	if len(names) != 1 {
		t.Errorf("one company has the names %v", names)
	}
}

func TestDifferencesAreShown(t *testing.T) {
	recording := recordPlay(t, record.Keep)
	changed := strings.Replace(recording, `"Title":"Moving the vault"`, `"Title":"Staying here"`, 1)
	changed = strings.Replace(changed, `"status":400,"error":"ResourceNotFoundException"`, `"status":400,"error":"AccessDeniedException"`, 1)
	if changed == recording {
		t.Fatal("the recording was not changed")
	}
	_, found := replay(t, recording, servertest.Serve(t, binary))
	if len(found) != 0 {
		t.Errorf("unchanged: %v", found)
	}
	_, found = replay(t, changed, servertest.Serve(t, binary))
	text := fmt.Sprint(found)
	for _, want := range []string{"recorded 400 AccessDeniedException, now 400 ResourceNotFoundException"} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in %s", want, text)
		}
	}
}

func TestOtherRecordingsAreRefused(t *testing.T) {
	header := func(format int, model string) string {
		return fmt.Sprintf("{\"cosellRecording\":%d,\"model\":%q}\n", format, model)
	}
	for name, c := range map[string]struct{ text, want string }{
		"empty":         {"", "no header of a recording"},
		"no JSON":       {"hello\n", "no header of a recording"},
		"other JSON":    {"{}\n", "no header of a recording"},
		"another form":  {header(2, api.ModelDate), "has form 2; this version of Cosell reads form 1"},
		"another model": {header(1, "2020-01-01"), "AWS's model of 2020-01-01; this version of Cosell has that of " + api.ModelDate},
	} {
		_, err := record.NewReader(strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want %q, got %v", name, c.want, err)
		}
	}
	for _, rest := range []string{"{\"number\":1,\"oper", "{}\n", "[]\n"} {
		reader, err := record.NewReader(strings.NewReader(header(1, api.ModelDate) + rest))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := reader.Next(); err == nil || errors.Is(err, io.EOF) || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%q: %v", rest, err)
		}
	}
}

func TestUpstreamThatIsAway(t *testing.T) {
	var kept bytes.Buffer
	proxy, err := record.NewProxy("http://127.0.0.1:1", nil, record.Replace, &kept, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(proxy)
	defer front.Close()
	r, err := servertest.Request(t.Context(), front.URL, "test", "GetOpportunity", []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusBadGateway || strings.Count(kept.String(), "\n") != 1 {
		t.Errorf("%s; kept %s", answer.Status, &kept)
	}
	for _, wrong := range []string{"", "127.0.0.1:1", "ftp://x", "http://"} {
		if _, err := record.NewProxy(wrong, nil, record.Replace, io.Discard, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("upstream %q was accepted", wrong)
		}
	}
}
