package audit

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Record is an entry in the shape of CloudTrail's records.
type Record struct {
	EventVersion       string          `json:"eventVersion"`
	UserIdentity       UserIdentity    `json:"userIdentity"`
	EventTime          time.Time       `json:"eventTime"`
	EventSource        string          `json:"eventSource"`
	EventName          string          `json:"eventName"`
	AWSRegion          string          `json:"awsRegion"`
	SourceIPAddress    string          `json:"sourceIPAddress"`
	UserAgent          string          `json:"userAgent,omitempty"`
	ErrorCode          string          `json:"errorCode,omitempty"`
	ErrorMessage       string          `json:"errorMessage,omitempty"`
	RequestParameters  json.RawMessage `json:"requestParameters"`
	ResponseElements   json.RawMessage `json:"responseElements"`
	AdditionalData     json.RawMessage `json:"additionalEventData,omitempty"`
	RequestID          string          `json:"requestID"`
	EventID            string          `json:"eventID"`
	ReadOnly           bool            `json:"readOnly"`
	EventType          string          `json:"eventType"`
	ManagementEvent    bool            `json:"managementEvent"`
	RecipientAccountID string          `json:"recipientAccountId"`
	EventCategory      string          `json:"eventCategory"`
}

// UserIdentity is who acted.
type UserIdentity struct {
	Type        string `json:"type"`
	PrincipalID string `json:"principalId,omitempty"`
	ARN         string `json:"arn,omitempty"`
	AccountID   string `json:"accountId,omitempty"`
	AccessKeyID string `json:"accessKeyId,omitempty"`
	UserName    string `json:"userName,omitempty"`
	// InvokedBy is the operator for whom the server acted.
	InvokedBy string `json:"invokedBy,omitempty"`
	// SessionContext is who made a session of a role.
	SessionContext *SessionContext `json:"sessionContext,omitempty"`
}

// SessionContext says which role a session is of.
type SessionContext struct {
	SessionIssuer SessionIssuer `json:"sessionIssuer"`
}

// SessionIssuer is a role.
type SessionIssuer struct {
	Type        string `json:"type"`
	PrincipalID string `json:"principalId,omitempty"`
	ARN         string `json:"arn"`
	AccountID   string `json:"accountId"`
	UserName    string `json:"userName"`
}

// stored is the stored form of an entry.
type stored struct {
	T   int64           `json:"t"`
	S   string          `json:"s"`
	N   string          `json:"n"`
	R   bool            `json:"r"`
	A   string          `json:"a"`
	RA  string          `json:"ra"`
	D   string          `json:"d"`
	K   string          `json:"k"`
	P   string          `json:"p"`
	O   string          `json:"o"`
	L   string          `json:"l"`
	I   string          `json:"i"`
	U   string          `json:"u"`
	Q   string          `json:"q"`
	C   string          `json:"c"`
	M   string          `json:"m"`
	In  json.RawMessage `json:"in"`
	Out json.RawMessage `json:"out"`
	Ad  json.RawMessage `json:"ad"`
	// HI and HO are in place of In and Out where those were redacted (see hidden). In entries
	// of earlier builds In and Out are as records show them.
	HI json.RawMessage `json:"hi"`
	HO json.RawMessage `json:"ho"`
}

// region is the one region of Partner Central.
const region = "us-east-1"

// decode returns the record of a stored entry. The id follows from the entry's place.
func decode(line []byte, sequence int64, writer string, index int) (*Record, error) {
	var s stored
	if err := json.Unmarshal(line, &s); err != nil {
		return nil, fmt.Errorf("audit record %d: %w", sequence, err)
	}
	if s.HI != nil {
		s.In = shown(s.HI)
	}
	if s.HO != nil {
		s.Out = shown(s.HO)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %d", sequence, writer, index))
	id := hex.EncodeToString(sum[:16])
	r := &Record{
		EventVersion: "1.11", EventTime: time.UnixMilli(s.T).UTC(), EventSource: s.S, EventName: s.N, AWSRegion: region,
		SourceIPAddress: s.I, UserAgent: s.U, ErrorCode: s.C, ErrorMessage: s.M, RequestParameters: s.In, ResponseElements: s.Out, AdditionalData: s.Ad,
		RequestID: s.Q, EventID: id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:],
		ReadOnly: s.R, EventType: "AwsApiCall", ManagementEvent: true, RecipientAccountID: cmp.Or(s.RA, s.A), EventCategory: "Management",
		UserIdentity: identityOf(&s),
	}
	if r.EventSource == "" {
		r.EventSource = SourceSelling
	}
	switch r.EventSource {
	case SourceOperator:
		r.EventType = "CosellOperatorAction"
	case SourceSignIn:
		r.EventType = "AwsConsoleSignIn"
	case SourceS3:
		r.ManagementEvent, r.EventCategory = false, "Data"
	}
	return r, nil
}

func identityOf(s *stored) UserIdentity {
	if s.P == "" && (s.S == SourceOperator || s.S == SourceSignIn) { // no user of an account
		return UserIdentity{Type: "CosellOperator", PrincipalID: s.O, UserName: s.O}
	}
	if s.RA != "" && s.RA != s.A { // as CloudTrail tells the account of a resource who of another one used it
		return UserIdentity{Type: "AWSAccount", PrincipalID: cmp.Or(s.D, s.A), AccountID: s.A}
	}
	u := UserIdentity{Type: "Unknown", PrincipalID: cmp.Or(s.D, s.A), ARN: s.P, AccountID: s.A, AccessKeyID: s.K, InvokedBy: s.O}
	_, name, _ := strings.Cut(s.P, "/")
	switch {
	case s.P == "" && strings.HasSuffix(s.O, ".amazonaws.com"):
		u.Type = "AWSService" // a job without a role
	case strings.HasSuffix(s.P, ":root"):
		u.Type = "Root"
	case strings.Contains(s.P, ":user/"):
		u.Type, u.UserName = "IAMUser", name
	case strings.Contains(s.P, ":assumed-role/"):
		role, _, _ := strings.Cut(name, "/")
		id, _, _ := strings.Cut(s.D, ":")
		u.Type = "AssumedRole"
		u.SessionContext = &SessionContext{SessionIssuer{
			Type: "Role", PrincipalID: id, ARN: "arn:aws:iam::" + s.A + ":role/" + role, AccountID: s.A, UserName: role,
		}}
	}
	return u
}
