package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"cosell/internal/s3"
	"cosell/internal/store/enginetest"
	"cosell/internal/store/pgtest"
)

// serveStrict starts a strict server whose audit keeps everything, on the engine under test.
func serveStrict(t *testing.T, change func(*serve)) (address string) {
	t.Helper()
	c := &serve{Listen: "127.0.0.1:0", Data: t.TempDir(), Auth: "strict"}
	c.OperatorToken, c.Audit = testToken, "all"
	if enginetest.OnPostgres {
		c.Data, c.DatabaseURL = "", pgtest.MigratedURL(t)
	}
	if change != nil {
		change(c)
	}
	s, err := c.open(context.WithoutCancel(t.Context()), quiet)
	if err != nil {
		t.Fatal(err)
	}
	end := running(t, s)
	t.Cleanup(func() {
		if err := end(); err != nil {
			t.Error(err)
		}
	})
	return s.URL()
}

// sendSigned sends a request that is signed for a service, and returns the answer.
//
//nolint:revive // what a request has
func sendSigned(t *testing.T, as aws.Credentials, service, method, address, body string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	sum := sha256.Sum256([]byte(body))
	hash := hex.EncodeToString(sum[:])
	r.Header.Set("X-Amz-Content-Sha256", hash)
	if err := v4.NewSigner().SignHTTP(t.Context(), as, r, hash, service, "us-east-1", time.Now()); err != nil {
		t.Fatal(err)
	}
	return answerOf(t, http.DefaultClient, r)
}

func answerOf(t *testing.T, client *http.Client, r *http.Request) (int, string) {
	t.Helper()
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// askSTS sends a request of STS.
func askSTS(t *testing.T, as aws.Credentials, address string, form url.Values) (int, string) {
	t.Helper()
	form.Set("Version", "2011-06-15")
	return sendSigned(t, as, "sts", http.MethodPost, address+"/", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

// records returns what the audit has, oldest first, by the queries' parameters.
func records(t *testing.T, address, query string) []map[string]any {
	t.Helper()
	var list struct{ Records []map[string]any }
	operate(t, address, http.MethodGet, "/audit?limit=200&"+query, "", &list)
	for i, j := 0, len(list.Records)-1; i < j; i, j = i+1, j-1 {
		list.Records[i], list.Records[j] = list.Records[j], list.Records[i]
	}
	return list.Records
}

// wantRecord compares members of a record, by their paths.
func wantRecord(t *testing.T, record map[string]any, want map[string]any) {
	t.Helper()
	for path, value := range want {
		var at any = record
		for name := range strings.SplitSeq(path, ".") {
			object, _ := at.(map[string]any)
			at = object[name]
		}
		if at != value {
			t.Errorf("%v: %s is %v, want %v", record["eventName"], path, at, value)
		}
	}
}

// TestSTSIsAudited sees that who gets credentials is in the audit of both accounts before
// they have them, without secrets, and why they are refused.
func TestSTSIsAudited(t *testing.T) {
	for _, mode := range []string{"writes", "all"} {
		address := serveStrict(t, func(c *serve) { c.Audit = mode })
		const hub, partner = "111122223333", "444455556666"
		user := registered(t, address, hub)
		operate(t, address, http.MethodPut, "/accounts/"+partner+"/roles/sync",
			`{"trustPolicy":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"`+hub+`"},"Action":"sts:AssumeRole"}]}}`, nil)
		assume := url.Values{
			"Action": {"AssumeRole"}, "RoleArn": {"arn:aws:iam::" + partner + ":role/sync"}, "RoleSessionName": {"nightly"}, "DurationSeconds": {"900"},
		}
		status, text := askSTS(t, user, address, assume)
		var answer struct {
			Key    string `xml:"AssumeRoleResult>Credentials>AccessKeyId"`
			Secret string `xml:"AssumeRoleResult>Credentials>SecretAccessKey"`
			Token  string `xml:"AssumeRoleResult>Credentials>SessionToken"`
		}
		if err := xml.Unmarshal([]byte(text), &answer); status != http.StatusOK || err != nil {
			t.Fatal(status, text, err)
		}
		session := aws.Credentials{AccessKeyID: answer.Key, SecretAccessKey: answer.Secret, SessionToken: answer.Token}
		assume.Set("RoleArn", "arn:aws:iam::"+partner+":role/other")
		if status, text := askSTS(t, user, address, assume); status != http.StatusForbidden {
			t.Fatal(status, text)
		}
		if status, text := askSTS(t, session, address, url.Values{"Action": {"GetCallerIdentity"}}); status != http.StatusOK {
			t.Fatal(status, text)
		}
		if status, text := askSTS(t, user, address, url.Values{"Action": {"GetSessionToken"}}); status != http.StatusOK {
			t.Fatal(status, text)
		}
		got := map[string][]map[string]any{}
		for _, r := range records(t, address, "") {
			if r["eventSource"] == "sts.amazonaws.com" {
				name := r["eventName"].(string) + "/" + r["recipientAccountId"].(string)
				got[name] = append(got[name], r)
			}
		}
		made := map[string]any{
			"eventType": "AwsApiCall", "readOnly": true, "userIdentity.type": "IAMUser", "userIdentity.accountId": hub, "userIdentity.userName": "all",
			"userIdentity.accessKeyId": user.AccessKeyID, "requestParameters.roleArn": "arn:aws:iam::" + partner + ":role/sync",
			"requestParameters.roleSessionName": "nightly", "requestParameters.durationSeconds": 900.0,
			"responseElements.credentials.accessKeyId": session.AccessKeyID, "responseElements.credentials.sessionToken": "HIDDEN_DUE_TO_SECURITY_REASONS",
			"responseElements.assumedRoleUser.arn": "arn:aws:sts::" + partner + ":assumed-role/sync/nightly", "errorCode": nil,
		}
		if len(got["AssumeRole/"+hub]) != 2 || len(got["AssumeRole/"+partner]) != 1 || len(got["GetSessionToken/"+hub]) != 1 {
			t.Fatalf("%s: %v", mode, got)
		}
		wantRecord(t, got["AssumeRole/"+hub][0], made)
		// The account of the role is not told the name and the key of another account's user.
		wantRecord(t, got["AssumeRole/"+partner][0], map[string]any{
			"userIdentity.type": "AWSAccount", "userIdentity.accountId": hub, "userIdentity.userName": nil, "userIdentity.accessKeyId": nil, "userIdentity.arn": nil,
			"responseElements.credentials.accessKeyId": session.AccessKeyID, "requestParameters.roleSessionName": "nightly",
		})
		wantRecord(t, got["AssumeRole/"+hub][1], map[string]any{"errorCode": "AccessDenied", "responseElements": nil})
		if reads := got["GetCallerIdentity/"+partner]; len(reads) != map[string]int{"writes": 0, "all": 1}[mode] {
			t.Errorf("%s: reads %v", mode, reads)
		} else if len(reads) == 1 {
			wantRecord(t, reads[0], map[string]any{"userIdentity.type": "AssumedRole", "userIdentity.sessionContext.sessionIssuer.userName": "sync"})
		}
		if all := string(mustMarshal(t, records(t, address, ""))); strings.Contains(all, session.SecretAccessKey) || strings.Contains(all, session.SessionToken) {
			t.Error("a secret is in the audit")
		}
	}
}

// TestSignInsAreAudited sees that sign-ins of operators, wrong ones too, and sign-outs are in
// the audit, and no token is.
func TestSignInsAreAudited(t *testing.T) {
	address := serveStrict(t, func(c *serve) { c.Audit = "writes" })
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	send := func(path, token string, want int) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/console/"+path, strings.NewReader(url.Values{"token": {token}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		if status, text := answerOf(t, client, r); status != want {
			t.Fatal(path, status, text)
		}
	}
	const wrong = "wrong-token-of-somebody-0123456789abcdef"
	send("sign-in", wrong, http.StatusUnauthorized)
	send("sign-in", testToken, http.StatusSeeOther)
	send("sign-out", "", http.StatusSeeOther)
	send("sign-out", "", http.StatusSeeOther) // nobody's any more
	got := records(t, address, "")
	if len(got) != 3 {
		t.Fatalf("%v", got)
	}
	common := map[string]any{"eventSource": "signin.amazonaws.com", "eventType": "AwsConsoleSignIn", "sourceIPAddress": "127.0.0.1", "userIdentity.type": "CosellOperator"}
	for i, want := range []map[string]any{
		{"eventName": "ConsoleLogin", "responseElements.ConsoleLogin": "Failure", "errorMessage": "Failed authentication", "userIdentity.userName": "HIDDEN_DUE_TO_SECURITY_REASONS"},
		{"eventName": "ConsoleLogin", "responseElements.ConsoleLogin": "Success", "errorMessage": nil, "userIdentity.userName": "first-administrator"},
		{"eventName": "ConsoleLogout", "responseElements.ConsoleLogout": "Success", "userIdentity.userName": "first-administrator"},
	} {
		wantRecord(t, got[i], common)
		wantRecord(t, got[i], want)
	}
	if all := string(mustMarshal(t, got)); strings.Contains(all, wrong) || strings.Contains(all, testToken) {
		t.Error("a token is in the audit")
	}
	if failed := records(t, address, "failed=true"); len(failed) != 1 {
		t.Errorf("failed: %v", failed)
	}
}

// TestUploadsAreAudited sees that uploads are in the audit as S3's data events, once each and
// with their version, and refused ones with why.
func TestUploadsAreAudited(t *testing.T) {
	address := serveStrict(t, func(c *serve) { c.Audit, c.AuditEvents = "writes", true })
	const account = "111122223333"
	user := registered(t, address, account)
	bucket := address + "/" + s3.Bucket + "/"
	content := strings.Repeat("a,b\n", 200_000) // more than one chunk of the store
	if status, text := sendSigned(t, user, "s3", http.MethodPut, bucket+account+"/file.csv", content); status != http.StatusOK {
		t.Fatal(status, text)
	}
	if status, text := sendSigned(t, user, "s3", http.MethodPut, bucket+"444455556666/file.csv", content); status != http.StatusForbidden {
		t.Fatal(status, text)
	}
	status, text := sendSigned(t, user, "s3", http.MethodPost, bucket+account+"/large.csv?uploads", "")
	var upload struct {
		ID string `xml:"UploadId"`
	}
	if err := xml.Unmarshal([]byte(text), &upload); status != http.StatusOK || err != nil {
		t.Fatal(status, text, err)
	}
	part := bucket + account + "/large.csv?uploadId=" + upload.ID
	if status, text := sendSigned(t, user, "s3", http.MethodPut, part+"&partNumber=1", content); status != http.StatusOK {
		t.Fatal(status, text)
	}
	if status, text := sendSigned(t, user, "s3", http.MethodDelete, part, ""); status != http.StatusNoContent {
		t.Fatal(status, text)
	}
	var got []map[string]any
	for _, r := range records(t, address, "account="+account) {
		if r["eventSource"] == "s3.amazonaws.com" {
			got = append(got, r)
		}
	}
	if len(got) != 5 {
		t.Fatalf("%d: %v", len(got), got)
	}
	byName := map[string]map[string]any{}
	for _, r := range got {
		wantRecord(t, r, map[string]any{"eventCategory": "Data", "managementEvent": false, "readOnly": false, "userIdentity.userName": "all", "requestParameters.bucketName": s3.Bucket})
		name := r["eventName"].(string)
		if r["errorCode"] != nil {
			name += "!"
		}
		byName[name] = r
	}
	size := float64(len(content))
	wantRecord(t, byName["PutObject"], map[string]any{"requestParameters.key": account + "/file.csv", "additionalEventData.bytesTransferredIn": size})
	wantRecord(t, byName["PutObject!"], map[string]any{"errorCode": "AccessDenied", "requestParameters.key": "444455556666/file.csv"})
	wantRecord(t, byName["CreateMultipartUpload"], map[string]any{"responseElements.uploadId": upload.ID})
	wantRecord(t, byName["UploadPart"], map[string]any{"requestParameters.partNumber": "1", "additionalEventData.bytesTransferredIn": size})
	wantRecord(t, byName["AbortMultipartUpload"], map[string]any{"requestParameters.uploadId": upload.ID})
	if version, _ := byName["PutObject"]["responseElements"].(map[string]any); version["x-amz-version-id"] == nil {
		t.Error("no version")
	}
	var events struct {
		Events []struct{ Event json.RawMessage }
	}
	operate(t, address, http.MethodGet, "/events?account="+account+"&after=0", "", &events)
	if !strings.Contains(string(mustMarshal(t, events)), "AWS API Call via CloudTrail") {
		t.Errorf("no events of CloudTrail: %s", mustMarshal(t, events))
	}
}

func mustMarshal(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestDecisionsAreCommittedWithTheirRecords sees that operators' decisions leave one record
// each, also where they are about the server itself.
func TestDecisionsAreCommittedWithTheirRecords(t *testing.T) {
	address := serveStrict(t, func(c *serve) { c.Audit = "writes" })
	for _, c := range []struct{ method, path, body, name string }{
		{http.MethodPut, "/accounts/111122223333/users/alice", "", "PutAccountsByAccountUsersByName"},
		{http.MethodPost, "/clock", `{"advance":"1h"}`, "PostClock"},
		{http.MethodPost, "/tokens", `{"name":"sales","role":"reviewer"}`, "PostTokens"},
		{http.MethodPut, "/faults", `[]`, "PutFaults"},
		{http.MethodPost, "/reset", "", "PostReset"},
		{http.MethodGet, "/export", "", "GetExport"},
	} {
		if c.path == "/export" {
			r, err := http.NewRequestWithContext(t.Context(), c.method, address+"/operator/v1"+c.path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+testToken)
			if status, text := answerOf(t, http.DefaultClient, r); status != http.StatusOK {
				t.Fatal(text)
			}
		} else {
			operate(t, address, c.method, c.path, c.body, nil)
		}
		if got := records(t, address, "eventName="+c.name); len(got) != 1 || got[0]["errorCode"] != nil {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// bulkReport runs a bulk job of opportunities to its end. It returns the job and the URL of
// its report.
func bulkReport(t *testing.T, address string, user aws.Credentials, account, mark string) (job, report string) {
	t.Helper()
	content := "Row Id,Project.Title,OpportunityType\na," + mark + " farm,Bogus\n"
	if status, text := sendSigned(t, user, "s3", http.MethodPut, address+"/"+s3.Bucket+"/"+account+"/deals.csv", content); status != http.StatusOK {
		t.Fatal(status, text)
	}
	answer, err := callAs(address, user, "StartOpportunityBulkJob",
		`{"Catalog":"Sandbox","ClientToken":"bulk","FileFormat":"CSV","FileURI":"s3://`+s3.Bucket+`/`+account+`/deals.csv"}`)
	var started struct {
		ID string `json:"JobId"`
	}
	if err != nil || json.Unmarshal(answer, &started) != nil {
		t.Fatal(err, string(answer))
	}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		answer, err = callAs(address, user, "GetOpportunityBulkJobReportUrl", `{"Catalog":"Sandbox","ReportFormat":"CSV","JobId":"`+started.ID+`"}`)
		var got struct {
			URL string `json:"Url"`
		}
		if err == nil && json.Unmarshal(answer, &got) == nil && got.URL != "" {
			return started.ID, got.URL
		}
	}
	t.Fatal(err, string(answer))
	return "", ""
}

// TestDownloadsOfReportsAreAudited sees that who downloads a report leaves a record with its
// account.
func TestDownloadsOfReportsAreAudited(t *testing.T) {
	address := serveStrict(t, nil)
	const account = "111122223333"
	user := registered(t, address, account)
	job, report := bulkReport(t, address, user, account, "Own")
	for path, want := range map[string]int{report: http.StatusOK, strings.Replace(report, job, "bulkjob-0", 1): http.StatusForbidden} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if status, text := answerOf(t, http.DefaultClient, r); status != want {
			t.Fatal(status, text)
		}
	}
	got := records(t, address, "eventName=GetObject")
	if len(got) != 1 { // nobody knows who sent the other one
		t.Fatalf("%v", got)
	}
	_, key, _ := strings.Cut(report, "/reports/")
	key, _, _ = strings.Cut("reports/"+key, "?")
	wantRecord(t, got[0], map[string]any{
		"eventSource": "s3.amazonaws.com", "recipientAccountId": account, "userIdentity.accountId": account, "readOnly": true,
		"requestParameters.key": key, "additionalEventData.AuthenticationMethod": "QueryString", "eventCategory": "Data",
	})
	if all := string(mustMarshal(t, got)); strings.Contains(all, "Signature") {
		t.Errorf("a signature is in the audit: %s", all)
	}
}
