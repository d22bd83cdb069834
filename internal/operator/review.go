package operator

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/api"
	"cosell/internal/selling"
	"cosell/internal/store"
)

// ReviewDesk has the operations of AWS's review, which the operator takes part in.
type ReviewDesk interface {
	Reviews(ctx context.Context, catalog, account string, limit int) ([]selling.Reviewed, error)
	Review(ctx context.Context, key store.OpportunityKey, decision selling.ReviewDecision, comments, reason *string) (selling.Reviewed, error)
	CheckSubmission(ctx context.Context, key store.OpportunityKey, involvement api.SalesInvolvementType, visibility api.Visibility) error
	AwsSummary(ctx context.Context, key store.OpportunityKey) (*api.GetAwsOpportunitySummaryResponse, error)
	ChangeAwsSummary(ctx context.Context, key store.OpportunityKey, patch []byte) (*api.GetAwsOpportunitySummaryResponse, error)
	ReviewPolicy(ctx context.Context, catalog string) (selling.ReviewPolicy, error)
	PutReviewPolicy(ctx context.Context, catalog string, p selling.ReviewPolicy) error
}

// OpportunityPath is the part of a request that names an opportunity. It is exported
// because huma ignores embedded structures that are not.
type OpportunityPath struct {
	ID      string `path:"id" pattern:"^O[0-9]{1,19}$" patternDescription:"O and up to 19 digits" example:"O7305843009213693952"`
	Account string `query:"account" required:"true" pattern:"^([0-9]{12}|aws)$" patternDescription:"an account of twelve digits, or aws" doc:"The owner of the opportunity"`
	Catalog string `query:"catalog" required:"true" enum:"AWS,Sandbox"`
}

func (p OpportunityPath) key() store.OpportunityKey {
	return store.OpportunityKey{Account: p.Account, Catalog: p.Catalog, ID: p.ID}
}

// money is an amount with its currency.
type money struct {
	Amount    string `json:"amount,omitempty"`
	Currency  string `json:"currency,omitempty"`
	Frequency string `json:"frequency,omitempty"`
	Target    string `json:"target,omitempty" doc:"Who earns it: AWS, or Self for the partner"`
}

type reviewed struct {
	Account         string     `json:"account"`
	Catalog         string     `json:"catalog"`
	ID              string     `json:"id"`
	SubmittedAt     *time.Time `json:"submittedAt,omitempty" doc:"When it was submitted for review"`
	ReviewStatus    string     `json:"reviewStatus"`
	Comments        string     `json:"comments,omitempty"`
	Reason          string     `json:"reason,omitempty"`
	CompanyName     string     `json:"companyName,omitempty"`
	Title           string     `json:"title,omitempty"`
	Stage           string     `json:"stage"`
	TargetCloseDate string     `json:"targetCloseDate,omitempty"`
	InvolvementType string     `json:"involvementType,omitempty"`
	ExpectedSpend   []money    `json:"expectedSpend" nullable:"false"`
	LastModified    time.Time  `json:"lastModifiedDate"`
}

type reviewList struct {
	Reviews []reviewed `json:"reviews" nullable:"false" doc:"Longest waiting first"`
}

type reviewQuery struct {
	Catalog string `query:"catalog" enum:"AWS,Sandbox" doc:"Only this catalog"`
	Account string `query:"account" pattern:"^([0-9]{12}|aws)$" patternDescription:"an account of twelve digits, or aws" doc:"Only this account"`
	Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type reviewDecision struct {
	Decision string  `json:"decision" enum:"StartReview,Approve,Reject,RequestAction"`
	Comments *string `json:"comments,omitempty" maxLength:"2000" doc:"The ReviewComments that the partner reads"`
	Reason   *string `json:"reason,omitempty" maxLength:"255" doc:"The ReviewStatusReason that the partner reads"`
}

type postReview struct {
	OpportunityPath

	Body reviewDecision
}

func (c Config) reviewRoutes(rest huma.API) {
	huma.Get(rest, "/reviews", func(ctx context.Context, in *reviewQuery) (*body[reviewList], error) {
		waiting, err := c.Service.Reviews(ctx, in.Catalog, in.Account, in.Limit)
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		list := reviewList{Reviews: make([]reviewed, len(waiting))}
		for i := range waiting {
			list.Reviews[i] = reviewedOf(&waiting[i])
		}
		return &body[reviewList]{list}, nil
	}, tagged("Review", "List opportunities that await review"))
	huma.Post(rest, "/opportunities/{id}/review", func(ctx context.Context, in *postReview) (*body[reviewed], error) {
		decided, err := c.Service.Review(ctx, in.key(), selling.ReviewDecision(in.Body.Decision), in.Body.Comments, in.Body.Reason)
		if err != nil {
			return nil, c.refusal(ctx, err, "body")
		}
		return &body[reviewed]{reviewedOf(&decided)}, nil
	}, tagged("Review", "Decide on an opportunity"), func(o *huma.Operation) {
		// Nothing is created.
		o.DefaultStatus = http.StatusOK
		o.Errors = []int{http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity}
	})
}

func reviewedOf(r *selling.Reviewed) reviewed {
	out := reviewed{
		Account: r.Account, Catalog: r.Catalog, ID: r.ID, ReviewStatus: string(r.ReviewStatus),
		Comments: text(r.Comments), Reason: text(r.Reason), CompanyName: text(r.CompanyName), Title: text(r.Title),
		Stage: string(r.Stage), TargetCloseDate: text(r.TargetCloseDate), InvolvementType: text(r.InvolvementType),
		LastModified: r.LastModifiedDate.Time(), ExpectedSpend: make([]money, len(r.Spend)),
	}
	if r.SubmittedAt != 0 {
		out.SubmittedAt = new(r.SubmittedAt.Time())
	}
	for i, s := range r.Spend {
		out.ExpectedSpend[i] = money{
			Amount: text(s.Amount), Currency: text(s.CurrencyCode), Frequency: text(s.Frequency), Target: text(s.TargetCompany),
		}
	}
	return out
}

// text returns the value of a member, "" if it is absent.
func text[T ~string](v *T) string {
	if v == nil {
		return ""
	}
	return string(*v)
}
