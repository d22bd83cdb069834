package operator

import (
	"context"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/requestlog"
)

// Requests are the last requests to the API.
type Requests interface {
	List(f requestlog.Filter) (found []requestlog.Entry, last int64)
	Wait(ctx context.Context, f requestlog.Filter) (found []requestlog.Entry, last int64)
	Clear(account string)
}

type requestError struct {
	Type    string         `json:"type" example:"ValidationException"`
	Message string         `json:"message,omitempty"`
	Reason  string         `json:"reason,omitempty" example:"REQUEST_VALIDATION_FAILED"`
	Fields  []requestField `json:"fields,omitempty" doc:"The members that broke a rule"`
}

type requestField struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

type request struct {
	Sequence  string        `json:"sequence" example:"17" doc:"Position among the requests since the server started"`
	Time      time.Time     `json:"time"`
	Duration  float64       `json:"durationMs" doc:"Milliseconds"`
	RequestID string        `json:"requestId"`
	Account   string        `json:"account,omitempty" doc:"Absent when the request was refused before its sender was known"`
	Operation string        `json:"operation,omitempty" example:"CreateOpportunity" doc:"Absent when the request named none"`
	Status    int           `json:"status" doc:"HTTP status of the answer"`
	Error     *requestError `json:"error,omitempty"`
	Fault     string        `json:"fault,omitempty" doc:"Name of the fault that struck the request"`
	Notices   []string      `json:"notices,omitempty" doc:"What the header X-Cosell-Notice said"`
	Request   any           `json:"request,omitempty" doc:"The body; a text where it is no JSON"`
	Answer    any           `json:"answer,omitempty" doc:"The body; a text where it is no JSON"`
	Cut       bool          `json:"cut,omitempty" doc:"Whether a body was too large to be kept whole"`
	AWSCLI    string        `json:"awsCli,omitempty" doc:"The command of the AWS CLI that sends the request again"`
}

type requestList struct {
	Requests []request `json:"requests" nullable:"false" doc:"Oldest first"`
	Next     string    `json:"next" doc:"Value of after for the next request"`
}

// RequestAccount names whose requests are meant. It is exported because huma ignores
// embedded structures that are not.
type RequestAccount struct {
	Account string `query:"account" default:"*" pattern:"^([0-9]{12}|aws|\\*)$" patternDescription:"an account of twelve digits, aws, or * for all"`
}

type requestQuery struct {
	RequestAccount

	Operation string `query:"operation" maxLength:"100" example:"CreateOpportunity"`
	Failed    bool   `query:"failed" doc:"Only requests that were answered with an error"`
	After     int64  `query:"after" minimum:"0" doc:"Only requests after this sequence"`
	Limit     int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"The last ones of all that match"`

	Waiting
}

func (c Config) requestRoutes(rest huma.API) {
	const tag, path = "Requests", "/requests"
	huma.Get(rest, path, func(ctx context.Context, in *requestQuery) (*body[requestList], error) {
		wait, err := in.wait()
		if err != nil {
			return nil, err
		}
		found, last, err := c.waitForRequests(ctx, in.filter(), wait)
		if err != nil {
			return nil, err
		}
		list := requestList{Requests: make([]request, len(found)), Next: strconv.FormatInt(max(last, in.After), 10)}
		for i := range found {
			if list.Requests[i], err = c.shownRequest(&found[i]); err != nil {
				return nil, c.fault(ctx, err)
			}
		}
		return &body[requestList]{list}, nil
	}, tagged(tag, "List the last requests to the API with their answers"))
	huma.Delete(rest, path, func(_ context.Context, in *RequestAccount) (*struct{}, error) {
		c.Requests.Clear(in.Account)
		return nil, nil
	}, tagged(tag, "Forget the last requests"))
}

func (q *requestQuery) filter() requestlog.Filter {
	return requestlog.Filter{Account: q.Account, Operation: q.Operation, Failed: q.Failed, After: q.After, Limit: q.Limit}
}

// waitForRequests returns requests, or none after it has waited for them in vain.
func (c Config) waitForRequests(ctx context.Context, f requestlog.Filter, wait time.Duration) (found []requestlog.Entry, last int64, err error) {
	if wait == 0 {
		found, last = c.Requests.List(f)
		return found, last, nil
	}
	ctx, release, err := c.whileHeld(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	go func() { // a server that stops does not wait
		select {
		case <-c.Stopping:
			cancel()
		case <-ctx.Done():
		}
	}()
	found, last = c.Requests.Wait(ctx, f)
	return found, last, nil
}

// shownRequest returns a request as it may be seen: with strict auth without what is
// sensitive, with development keys with all that it takes to send it again.
func (c Config) shownRequest(e *requestlog.Entry) (request, error) {
	secret := auth.DevSecret
	if c.Strict {
		secret = ""
		if err := e.Mask(); err != nil {
			return request{}, err
		}
	}
	shown := request{
		Sequence: strconv.FormatInt(e.Sequence, 10), Time: e.Time.UTC(), Duration: float64(e.Duration.Microseconds()) / 1000,
		RequestID: e.RequestID, Account: e.Account, Operation: e.Operation, Status: e.Status, Error: shownError(e.Err),
		Fault: e.Fault, Notices: e.Notices, Cut: e.Cut, AWSCLI: e.AWSCLI(secret),
	}
	shown.Request, shown.Answer = e.JSON()
	return shown, nil
}

func shownError(e *api.Error) *requestError {
	if e == nil {
		return nil
	}
	shown := &requestError{Type: e.Type, Message: e.Message, Reason: string(e.Reason)}
	if e.AccessReason != "" {
		shown.Reason = string(e.AccessReason)
	}
	for _, v := range e.ErrorList {
		shown.Fields = append(shown.Fields, requestField{Field: text(v.FieldName), Code: text(v.Code), Message: text(v.Message)})
	}
	return shown
}
