package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"cosell/internal/api"
	"cosell/internal/operator"
	"cosell/internal/servertest"
)

const (
	// leastStrict is the part of the throughput of development mode that strict
	// authentication with a policy must reach.
	leastStrict = 0.90

	operatorToken = "bench-administrator-0123456789abcdef"
)

// tenStatements is a policy whose last statement allows the read, so that all of them
// are evaluated.
func tenStatements() map[string]any {
	statement := func(effect, action, resource string) map[string]any {
		return map[string]any{
			"Effect": effect, "Action": []string{action}, "Resource": resource,
			"Condition": map[string]any{"StringEquals": map[string]any{"partnercentral:Catalog": []string{"AWS", "Sandbox"}}},
		}
	}
	const own = "arn:aws:partnercentral:*:*:catalog/*/"
	all := []map[string]any{
		statement("Deny", "partnercentral:Delete*", "*"),
		statement("Deny", "partnercentral:Get*", own+"opportunity/O1"),
		statement("Allow", "partnercentral:CreateOpportunity", own+"opportunity/*"),
		statement("Allow", "partnercentral:*Engagement*", own+"engagement/*"),
		statement("Allow", "partnercentral:*Invitation*", own+"engagement-invitation/*"),
		statement("Allow", "partnercentral:*ResourceSnapshot*", "*"),
		statement("Allow", "partnercentral:List*", "*"),
		statement("Allow", "partnercentral:UpdateOpportunity", own+"opportunity/*"),
		statement("Allow", "partnercentral:*Tag*", own+"opportunity/*"),
		statement("Allow", "partnercentral:GetOpportunity", own+"opportunity/*"),
	}
	return map[string]any{"Version": "2012-10-17", "Statement": all}
}

// register makes a user with a policy of ten statements and returns its access key.
func register(ctx context.Context, url string) (aws.Credentials, error) {
	const user = "/accounts/111122223333/users/bench"
	var key struct {
		AccessKeyID     string `json:"AccessKeyId"`
		SecretAccessKey string
	}
	for _, step := range []struct {
		method, path string
		in           any
		out          any
	}{
		{http.MethodPut, user, nil, nil},
		{http.MethodPut, user + "/policies/ten", tenStatements(), nil},
		{http.MethodPost, user + "/keys", nil, &key},
	} {
		if err := operate(ctx, url, step.method, step.path, step.in, step.out); err != nil {
			return aws.Credentials{}, err
		}
	}
	return aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey}, nil
}

func operate(ctx context.Context, url, method, path string, in, out any) error {
	var body io.Reader = http.NoBody
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, url+operator.Prefix+path, body)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+operatorToken)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s answered %s: %s", method, path, answer.Status, text)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}

// measureStrict compares reads that a policy of ten statements allows with those of
// development mode, which has no policies.
func (b *bench) measureStrict(ctx context.Context) error {
	sides := [2]*load{}
	for side, flags := range [][]string{{"--auth", "strict", "--operator-token", operatorToken}, nil} {
		server, err := servertest.Start(ctx, b.binary, filepath.Join(b.dir, "strict"+strconv.Itoa(side)), flags...)
		if err != nil {
			return err
		}
		defer func() { _ = server.Kill() }() //nolint:revive // both sides live until the end
		keys := developmentKey
		if flags != nil {
			if keys, err = register(ctx, server.URL); err != nil {
				return err
			}
		}
		l := &load{address: strings.TrimPrefix(server.URL, "http://"), pid: server.PID(), again: true, conns: 64}
		for i := range readAnew {
			text, err := exchangeAs(ctx, server.URL, keys, "CreateOpportunity", draft(strconv.Itoa(i)))
			if err != nil {
				return err
			}
			created := new(api.CreateOpportunityResponse)
			if err := api.Unmarshal(text, created); err != nil {
				return err
			}
			request, err := renderedAs(ctx, server.URL, keys, "GetOpportunity", &api.GetOpportunityRequest{Catalog: new(catalog), Identifier: created.Id})
			if err != nil {
				return err
			}
			l.requests = append(l.requests, request)
		}
		sides[side] = l
	}
	p, err := b.alternate(ctx, sides[0], sides[1])
	if err != nil {
		return err
	}
	b.show(
		atLeast("Signed GetOpportunity, clients: 64, strict with a policy of ten statements, of development mode", p.ratio(), leastStrict,
			fmt.Sprintf("%s of %s; p99 %s, development %s", perSecond(p.rate(0)), perSecond(p.rate(1)), short(p.p99(0)), short(p.p99(1)))),
		shown("… the server's CPU time per request", short(p.perRequest(0)), "development "+short(p.perRequest(1))),
	)
	return nil
}
