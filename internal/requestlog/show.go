package requestlog

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"cosell/internal/api"
	"cosell/internal/events/eventsapi"
	"cosell/internal/proposal"
	"cosell/internal/sensitive"
	"cosell/model"
	"cosell/model/smithy"
)

// models returns the contracts by the prefix of the target. Reading them takes time
// and memory that most servers need not spend.
var models = sync.OnceValues(func() (map[string]*smithy.Model, error) {
	selling, err := model.Load()
	if err != nil {
		return nil, err
	}
	events, err := model.LoadEvents()
	return map[string]*smithy.Model{api.TargetPrefix: selling, eventsapi.TargetPrefix: events}, err
})

// Mask replaces what AWS's model marks as sensitive in the bodies of a request. What
// cannot be understood is dropped.
func (e *Entry) Mask() error {
	all, err := models()
	if err != nil {
		return err
	}
	if e.Service == proposal.TargetPrefix {
		e.Answer = nil // it repeats values of the record
		proposed := all[api.TargetPrefix].Shapes[strings.TrimPrefix(e.Operation, proposal.Prefix)]
		if proposed == nil || proposed.Kind != smithy.KindOperation {
			e.Request = nil
			return nil
		}
		e.Request, err = mask(all[api.TargetPrefix], proposed.Input, e.Request)
		return err
	}
	m := all[e.Service]
	var operation *smithy.Shape
	if m != nil {
		operation = m.Shapes[e.Operation]
	}
	if operation == nil || operation.Kind != smithy.KindOperation {
		e.Request, e.Answer = nil, nil
		return nil
	}
	if e.Request, err = mask(m, operation.Input, e.Request); err != nil {
		return err
	}
	output := operation.Output
	if e.Err != nil {
		output = e.Err.Type
	}
	e.Answer, err = mask(m, output, e.Answer)
	return err
}

func mask(m *smithy.Model, shape string, body []byte) ([]byte, error) {
	if m.Shapes[shape] == nil || !json.Valid(body) {
		return nil, nil
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return nil, err
	}
	return json.Marshal(sensitive.Replace(m, m.Shapes[shape], value, sensitive.Mask))
}

// JSON returns the bodies as they can be shown: as they are where they are JSON, as a
// text where they are not, and nil where there is none.
func (e *Entry) JSON() (request, answer any) {
	return shown(e.Request), shown(e.Answer)
}

func shown(body []byte) any {
	if len(body) == 0 {
		return nil
	}
	if json.Valid(body) {
		return json.RawMessage(body)
	}
	return strings.ToValidUTF8(string(body), "\uFFFD")
}

// commands are the services of the AWS CLI by the prefix of the target.
var commands = map[string]string{api.TargetPrefix: "partnercentral-selling", eventsapi.TargetPrefix: "events"}

var wordBegin = regexp.MustCompile(`([a-z0-9])([A-Z])`)

// AWSCLI returns the command of the AWS CLI that sends the request again, "" where it
// named no operation or was not kept whole. With a secret it begins with the
// variables of a development key.
func (e *Entry) AWSCLI(secret string) string {
	command := commands[e.Service]
	if command == "" || e.Operation == "" || !json.Valid(e.Request) {
		return ""
	}
	operation := strings.ToLower(wordBegin.ReplaceAllString(e.Operation, "$1-$2"))
	text := fmt.Sprintf("aws %s %s --endpoint-url %s --cli-input-json %s", command, operation, quoted(e.Endpoint), quoted(string(e.Request)))
	if secret != "" && e.Account != "" {
		text = fmt.Sprintf("AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s AWS_REGION=us-east-1 ", quoted(e.Account), quoted(secret)) + text
	}
	return text
}

var safe = regexp.MustCompile(`^[A-Za-z0-9_./:=-]+$`)

// quoted returns a text as one word of a POSIX shell.
func quoted(text string) string {
	if safe.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
