package sts

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"cosell/internal/access"
	"cosell/internal/audit"
	"cosell/internal/identity"
)

// listed are parameters of one value that records have, under the names that CloudTrail
// gives them, with a beginning in lower case.
var listed = []string{"RoleArn", "RoleSessionName", "ExternalId", "Policy", "AccessKeyId"}

// begin begins the entry of a request in the audit. At AWS all of STS only reads; here the
// requests that make credentials are kept with those that change something.
func (c Config) begin(r *request, action string) {
	always := action == "AssumeRole" || action == "GetSessionToken"
	if !c.Audit.Wants(!always) {
		return
	}
	e := c.Audit.Begin(audit.SourceSTS, action, true)
	e.Caller, e.Always = r.caller, always
	access.Sent(e, r.Request, r.id)
	e.Request = r.parameters()
	r.entry = e
}

// parameters returns what a record has of the request.
func (r *request) parameters() []byte {
	all := map[string]any{}
	for _, name := range listed {
		if value := r.form.Get(name); value != "" {
			all[strings.ToLower(name[:1])+name[1:]] = clip(value)
		}
	}
	if seconds, err := strconv.ParseUint(r.form.Get("DurationSeconds"), 10, 20); err == nil {
		all["durationSeconds"] = seconds
	}
	for name, fields := range map[string][]string{"PolicyArns": {"arn"}, "Tags": {"Key", "Value"}, "TransitiveTagKeys": {""}} {
		values, err := r.list(name, maxSessionTags, fields...)
		if err != nil || len(values) == 0 {
			continue
		}
		all[strings.ToLower(name[:1])+name[1:]] = members(values, fields)
	}
	encoded, err := json.Marshal(all)
	if err != nil || len(all) == 0 {
		return nil
	}
	return encoded
}

// members returns the values of a list as a record has them.
func members(values [][]string, fields []string) []any {
	all := make([]any, len(values))
	for i, value := range values {
		if fields[0] == "" {
			all[i] = clip(value[0])
			continue
		}
		one := map[string]string{}
		for f, field := range fields {
			one[strings.ToLower(field)] = clip(value[f])
		}
		all[i] = one
	}
	return all
}

// clip bounds a text of a request, most of which are refused when they are as long.
func clip(text string) string { return strings.ToValidUTF8(text[:min(len(text), maxInline)], "\uFFFD") }

// granted keeps credentials that were made in the audit, without their secrets and before
// they are told: nobody gets any that it does not know. The account of a role gets a record,
// too, where another one's principal assumed it.
func (c Config) granted(r *request, made identity.Credentials, in *assumption, roleID string) error {
	e := r.entry
	if e == nil {
		return nil
	}
	answer := map[string]any{"credentials": map[string]string{
		"accessKeyId": made.AccessKeyID, "sessionToken": audit.Hidden, "expiration": made.Expires.Format(time.RFC3339),
	}}
	records := []*audit.Entry{e}
	if in != nil {
		answer["assumedRoleUser"] = map[string]string{
			"assumedRoleId": roleID + ":" + in.session, "arn": identity.SessionARN(in.account, in.role, in.session),
		}
	}
	var err error
	if e.Response, err = json.Marshal(answer); err != nil {
		return err
	}
	if in != nil && in.account != r.caller.Account {
		records = append(records, e.For(in.account))
	}
	if err := c.Audit.EndNow(r.Context(), records...); err != nil {
		return fmt.Errorf("keep credentials in the audit: %w", err)
	}
	return nil
}

// refused says in the entry why the request was refused.
func (x *exchange) refused(body *errorBody) {
	if x.entry != nil {
		x.entry.ErrorCode = body.Error.Code
		x.entry.ErrorMessage = clip(body.Error.Message)
	}
}
