package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/smithy-go"

	"cosell/internal/outbound"
)

// Bus is an EventBridge elsewhere on which events may be put.
type Bus struct {
	Region, Endpoint string // Endpoint is empty for AWS's
	// Source is that of the events there: EventBridge refuses the one of AWS's own.
	Source                                     string
	AccessKeyID, SecretAccessKey, SessionToken string
}

// busName is the name or the ARN of an event bus.
var busName = regexp.MustCompile(`^(arn:aws[\w-]*:events:[a-z0-9-]+:\d{12}:event-bus/)?[/.\-_A-Za-z0-9]{1,256}$`)

// bounded makes requests for the SDK, and reads only the beginning of answers.
type bounded struct{ client *http.Client }

// Do implements [eventbridge.HTTPClient].
func (b bounded) Do(r *http.Request) (*http.Response, error) {
	answer, err := b.client.Do(r) //nolint:gosec // the client checks addresses
	if err != nil {
		return nil, err
	}
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(answer.Body, outbound.MaxAnswer), answer.Body}
	return answer, nil
}

// busTarget puts messages on a bus.
type busTarget struct {
	client  *eventbridge.Client
	name    string
	source  string
	timeout time.Duration
}

// bus returns the target of a bus with a name.
func (e *Engine) bus(name string) (Target, error) {
	b := e.Sinks.Bus
	switch {
	case b == nil:
		return nil, errors.New("url: the server puts events on no bus; start it with --event-bus-region REGION")
	case !busName.MatchString(name):
		return nil, errors.New("url: must be eventbridge: and the name or ARN of an event bus")
	}
	options := eventbridge.Options{
		Region: b.Region, HTTPClient: bounded{e.Outbound.HTTP()},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: b.AccessKeyID, SecretAccessKey: b.SecretAccessKey, SessionToken: b.SessionToken}, nil
		}),
		Retryer: aws.NopRetryer{}, // the engine tries again
	}
	if b.Endpoint != "" {
		options.BaseEndpoint = &b.Endpoint
	}
	return &busTarget{eventbridge.New(options), name, b.Source, e.webhookTimeout}, nil
}

// Send implements [Target]. The event gets an id of that bus.
func (t *busTarget) Send(ctx context.Context, m Message) Outcome {
	var event struct {
		DetailType string          `json:"detail-type"`
		Time       time.Time       `json:"time"`
		Resources  []string        `json:"resources"`
		Detail     json.RawMessage `json:"detail"`
	}
	if err := json.Unmarshal(m.Body, &event); err != nil {
		return Outcome{Code: codeJSON, Message: err.Error(), Final: true}
	}
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	out, err := t.client.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{{
		EventBusName: &t.name, Source: &t.source, DetailType: &event.DetailType, Detail: aws.String(string(event.Detail)),
		Resources: event.Resources, Time: &event.Time,
	}}})
	switch {
	case err != nil:
		return refusedByBus(err)
	case len(out.Entries) != 1:
		return Outcome{Code: codeTarget, Message: fmt.Sprintf("the bus answered with %d entries, not one", len(out.Entries))}
	case out.Entries[0].ErrorCode != nil:
		return byCode(*out.Entries[0].ErrorCode, aws.ToString(out.Entries[0].ErrorMessage))
	}
	return Outcome{Status: http.StatusOK, Answer: aws.ToString(out.Entries[0].EventId)}
}

// refusedByBus returns the outcome of a request that EventBridge did not take.
func refusedByBus(err error) Outcome {
	if refusal, ok := errors.AsType[smithy.APIError](err); ok {
		return byCode(refusal.ErrorCode(), refusal.ErrorMessage())
	}
	o := failed(err)
	if o.Code == codeConnection {
		// The SDK's text has the whole operation around the cause.
		for cause := errors.Unwrap(err); cause != nil; cause = errors.Unwrap(cause) {
			o.Message = cause.Error()
		}
	}
	return o
}

// byCode returns the outcome of an error code of EventBridge. What the credentials may
// not do is tried again, since credentials are renewed.
func byCode(code, message string) Outcome {
	o := Outcome{Code: codeTarget, Message: code + ": " + message}
	switch code {
	case "ThrottlingException", "TooManyRequestsException":
		o.Code = codeThrottling
	case "AccessDeniedException", "ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException", "NotAuthorizedForSourceException":
		o.Code = codeAccess
	case "ResourceNotFoundException":
		o.Code, o.Final = codeResource, true
	case "ValidationException", "MalformedDetail", "InvalidArgument":
		o.Final = true
	}
	return o
}
