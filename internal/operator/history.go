package operator

import (
	"context"
	"encoding/json"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/selling"
)

type historyQuery struct {
	OpportunityPath

	After string `query:"after" maxLength:"20" doc:"The next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

type historyDifference struct {
	Path   string `json:"path" example:"LifeCycle.Stage" doc:"Of GetOpportunity's members; those of AWS's side begin with AwsOpportunitySummary"`
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
	Operation string             `json:"operation" example:"UpdateOpportunity" doc:"An operation of the API, a decision of the review desk, or UpdateAwsOpportunitySummary"`
	Principal string             `json:"principal,omitempty" example:"arn:aws:iam::111122223333:user/jane" doc:"Who sent the request"`
	Operator  string             `json:"operator,omitempty" example:"desk" doc:"The operator who acted, in the name of the principal if there is one"`
	Process   string             `json:"process,omitempty" example:"review policy" doc:"What the server did by itself or behind a request: the review policy, a bulk job, a task, fixtures, or what followed from a request of another account"`
	RequestID string             `json:"requestId,omitempty" doc:"Of the record in the audit"`
	Changes   historyDifferences `json:"changes" nullable:"false" doc:"What differs; empty where the record was saved as it was"`
}

type historyPage struct {
	Changes   []historyEntry `json:"changes" nullable:"false" doc:"The newest first"`
	Next      string         `json:"next,omitempty" doc:"Value of after for the next page; absent on the last one"`
	CreatedAt time.Time      `json:"createdAt" doc:"When the record was made, after which the changes begin"`
	Origin    string         `json:"origin,omitempty" example:"AWS Referral"`
}

func (c Config) historyRoutes(rest huma.API) {
	huma.Get(rest, "/opportunities/{id}/history", func(ctx context.Context, in *historyQuery) (*body[historyPage], error) {
		var before int64
		if in.After != "" {
			var err error
			if before, err = strconv.ParseInt(in.After, 10, 64); err != nil || before <= 0 {
				return nil, unprocessable("query.after", "must be the next of the page before")
			}
		}
		h, err := c.Service.History(ctx, in.key(), before, in.Limit)
		if err != nil {
			return nil, c.refusal(ctx, err, "path")
		}
		return &body[historyPage]{historyOf(&h)}, nil
	}, tagged("Overview", "List the changes of an opportunity"), func(o *huma.Operation) {
		o.Description = "Every change after the creation, with who made it and the members that differ, the newest first. " +
			"Tags are not part of it."
		o.Errors = []int{404}
	})
}

func historyOf(h *selling.OpportunityHistory) historyPage {
	page := historyPage{Changes: make([]historyEntry, len(h.Changes)), CreatedAt: h.CreatedAt.Time(), Origin: string(h.Origin)}
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
