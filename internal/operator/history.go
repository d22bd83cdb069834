package operator

import (
	"context"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/customer"
	"cosell/internal/operation"
	"cosell/internal/selling"
	"cosell/internal/store"
)

// Histories are the changes of records.
type Histories interface {
	History(ctx context.Context, key store.HistoryKey, before int64, limit int) (operation.RecordHistory, error)
}

type historyQuery struct {
	ID      string `path:"id" pattern:"^(O[0-9]{1,19}|cust-acc-[a-z0-9]{1,64}|eng-[a-z0-9]{1,64})$" patternDescription:"the identifier of an opportunity, a customer account or an engagement" example:"O7305843009213693952"`
	Account string `query:"account" required:"true" pattern:"^([0-9]{12}|aws)$" patternDescription:"an account of twelve digits, or aws" doc:"The owner of the record, or a member of the engagement"`
	Catalog string `query:"catalog" required:"true" enum:"AWS,Sandbox"`
	After   string `query:"after" maxLength:"20" doc:"The next of the page before"`
	Limit   int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

type historyDifference struct {
	Path   string `json:"path" example:"LifeCycle.Stage" doc:"Of the members that the operation has which gets the record; those of an opportunity's AWS side begin with AwsOpportunitySummary, and a new member of an engagement is Members"`
	Before any    `json:"before,omitempty" doc:"Absent where the member was not set"`
	After  any    `json:"after,omitempty" doc:"Absent where the member is not set any more"`
}

// historyDifferences are kept in the form in which they are told.
type historyDifferences struct{ json.RawMessage }

// Schema implements [huma.SchemaProvider].
func (historyDifferences) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[[]historyDifference](), true, "HistoryDifference")
}

type historyEntry struct {
	Sequence  string             `json:"sequence" doc:"It rises from change to change"`
	Time      time.Time          `json:"time" doc:"By the business clock"`
	Operation string             `json:"operation" example:"UpdateOpportunity" doc:"An operation of the API, a decision of the review desk, UpdateAwsOpportunitySummary or MatchCustomerAccount"`
	Principal string             `json:"principal,omitempty" example:"arn:aws:iam::111122223333:user/jane" doc:"Who sent the request"`
	Operator  string             `json:"operator,omitempty" example:"desk" doc:"The operator who acted, in the name of the principal if there is one"`
	Process   string             `json:"process,omitempty" example:"review policy" doc:"What the server did by itself or behind a request: the review policy, the matching of customers, a bulk job, a task, fixtures, or account and its number for a request of another account"`
	RequestID string             `json:"requestId,omitempty" doc:"Of the record in the audit"`
	Changes   historyDifferences `json:"changes" nullable:"false" doc:"What differs; empty where the record was saved as it was"`
}

type historyPage struct {
	Changes   []historyEntry `json:"changes" nullable:"false" doc:"The newest first"`
	Next      string         `json:"next,omitempty" doc:"Value of after for the next page; absent on the last one"`
	CreatedAt time.Time      `json:"createdAt" doc:"When the record was made, after which the changes begin"`
	CreatedBy string         `json:"createdBy,omitempty" example:"111122223333" doc:"The account that made an engagement"`
	Origin    string         `json:"origin,omitempty" example:"AWS Referral" doc:"Of an opportunity"`
}

func (c Config) historyRoutes(rest huma.API) {
	huma.Get(rest, "/resources/{id}/history", func(ctx context.Context, in *historyQuery) (*body[historyPage], error) {
		var before int64
		if in.After != "" {
			var err error
			if before, err = strconv.ParseInt(in.After, 10, 64); err != nil || before <= 0 {
				return nil, unprocessable("query.after", "must be the next of the page before")
			}
		}
		key := store.HistoryKey{Account: in.Account, Catalog: in.Catalog, Kind: kindOf(in.ID), Record: in.ID}
		h, err := c.Service.History(ctx, key, before, in.Limit)
		if err != nil {
			return nil, c.refusal(ctx, err, "path")
		}
		return &body[historyPage]{historyOf(&h)}, nil
	}, tagged("Overview", "List the changes of an opportunity, a customer account or an engagement"), func(o *huma.Operation) {
		o.Description = "Every change after the creation, with who made it and the members that differ, the newest first. " +
			"Tags are not part of it. Of changes of an engagement by other accounts only those accounts are told, except to aws."
		o.Errors = []int{404}
	})
}

// kindOf returns the kind of record that an identifier is of.
func kindOf(id string) string {
	switch {
	case strings.HasPrefix(id, "cust-acc-"):
		return customer.KindCustomerAccount
	case strings.HasPrefix(id, "eng-"):
		return selling.KindEngagement
	}
	return selling.KindOpportunity
}

func historyOf(h *operation.RecordHistory) historyPage {
	page := historyPage{Changes: make([]historyEntry, len(h.Changes)), CreatedAt: h.CreatedAt.Time(), CreatedBy: h.CreatedBy, Origin: h.Origin}
	for i := range h.Changes {
		change := &h.Changes[i]
		page.Changes[i] = historyEntry{
			Sequence: strconv.FormatInt(change.Sequence, 10), Time: change.ChangedAt.Time(), Operation: change.Operation,
			Principal: change.Principal, Operator: change.Operator, Process: change.Process,
			RequestID: change.RequestID, Changes: historyDifferences{json.RawMessage(change.Changes)},
		}
	}
	if h.Next != 0 {
		page.Next = strconv.FormatInt(h.Next, 10)
	}
	return page
}
