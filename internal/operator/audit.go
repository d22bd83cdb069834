package operator

import (
	"context"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/audit"
)

type auditQuery struct {
	Account   string    `query:"account" pattern:"^([0-9]{12}|aws)$" patternDescription:"an account of twelve digits, or aws" doc:"Only what concerns this account"`
	EventName string    `query:"eventName" maxLength:"128" doc:"Only this event" example:"CreateOpportunity"`
	User      string    `query:"user" maxLength:"256" doc:"Only this user: ARN, name, access key, or name of an operator"`
	RequestID string    `query:"requestId" maxLength:"64" doc:"Only this request"`
	Failed    bool      `query:"failed" doc:"Only what was refused"`
	From      time.Time `query:"from" doc:"Only since this time" example:"2026-11-28T00:00:00Z"`
	To        time.Time `query:"to" doc:"Only before this time"`
	After     string    `query:"after" maxLength:"20" doc:"The next of the page before"`
	Limit     int       `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

// auditRecord is how the description of the API shows a record.
type auditRecord struct{}

// Schema implements [huma.SchemaProvider].
func (auditRecord) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: "A record in the shape of CloudTrail's; docs/audit.md"}
}

type auditList struct {
	Records []*audit.Record `json:"Records" nullable:"false" doc:"The latest first"`
	Next    string          `json:"next,omitempty" doc:"Value of after for the next page, which there may be after an empty one, too; absent on the last one"`
}

type verificationQuery struct {
	Number int64  `query:"number" minimum:"0" doc:"A link that was the last one at an earlier check"`
	Hash   string `query:"hash" maxLength:"64" doc:"The hash that it had"`
}

type verification struct {
	OK      bool       `json:"ok"`
	Problem string     `json:"problem,omitempty" doc:"The first that was found"`
	Links   int64      `json:"links" doc:"Links of the chain that were checked"`
	Entries int64      `json:"entries" doc:"Entries that they cover"`
	Open    int64      `json:"open" doc:"Entries that are not in the chain yet"`
	Removed int64      `json:"removed" doc:"Links whose entries were removed because of their age"`
	Number  int64      `json:"number" doc:"The last link: keep it elsewhere, with its hash"`
	Hash    string     `json:"hash"`
	Through *time.Time `json:"through,omitempty" doc:"Up to when entries are in the chain"`
}

func (c Config) auditRoutes(rest huma.API) {
	const tag = "Audit"
	rest.OpenAPI().Components.Schemas.RegisterTypeAlias(reflect.TypeFor[audit.Record](), reflect.TypeFor[auditRecord]())
	huma.Get(rest, "/audit", func(ctx context.Context, in *auditQuery) (*body[auditList], error) {
		q := audit.Query{
			Account: in.Account, Name: in.EventName, User: in.User, RequestID: in.RequestID, Failed: in.Failed,
			From: in.From, To: in.To, Limit: in.Limit,
		}
		var err error
		if in.After != "" {
			if q.Before, err = strconv.ParseInt(in.After, 10, 64); err != nil || q.Before <= 0 {
				return nil, unprocessable("query.after", "must be the next of the page before")
			}
		}
		page, err := c.Audit.List(ctx, q)
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		list := auditList{Records: page.Records}
		if page.Next != 0 {
			list.Next = strconv.FormatInt(page.Next, 10)
		}
		return &body[auditList]{list}, nil
	}, tagged(tag, "List what callers and operators did"))
	huma.Get(rest, "/audit/verification", func(ctx context.Context, in *verificationQuery) (*body[verification], error) {
		if (in.Number == 0) != (in.Hash == "") {
			return nil, unprocessable("query.number", "must be given together with hash")
		}
		v, err := c.Audit.Verify(ctx, in.Number, in.Hash)
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		return &body[verification]{verification{
			v.OK, v.Problem, v.Links, v.Entries, v.Open, v.Removed, v.Number, v.Hash, optional(v.Through),
		}}, nil
	}, tagged(tag, "Check that the audit was not changed"))
}
