package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"cosell/internal/api"
	world "cosell/internal/demo"
	"cosell/internal/fixture"
	"cosell/internal/ids"
	"cosell/internal/server"
)

const demoCatalog = "Sandbox"

// temporary replaces the default data directory by one that lasts as long as the server, if
// the world of a demonstration has no other place. The function removes it.
func (c *serve) temporary(given flagsGiven) (remove func(), err error) {
	_, named := os.LookupEnv("COSELL_DATA")
	if !c.Demo || given["data"] || named || c.DatabaseURL != "" {
		return func() {}, nil
	}
	if c.Data, err = os.MkdirTemp("", "cosell-demo-"); err != nil {
		return nil, fmt.Errorf("make a directory for the demonstration: %w", err)
	}
	return func() { _ = os.RemoveAll(c.Data) }, nil
}

// world returns the fixtures of the demonstration, nil without it.
func (c *serve) world() ([]*fixture.File, error) {
	if !c.Demo {
		return nil, nil
	}
	return world.Files()
}

// demo shows a first signed call and its answer, and says what is there and what to try.
func demo(ctx context.Context, out io.Writer, s *server.Server) error {
	ids, made := s.World()
	url := s.URL()
	if made {
		var created api.CreateOpportunityResponse
		if err := call(ctx, url, "CreateOpportunity", demoOpportunity(), &created); err != nil {
			return err
		}
		fmt.Fprintf(out, "\nCreateOpportunity (signed as account 000000000000, catalog %s) answered:\n  %s\n", demoCatalog, *created.Id)
	}
	var list api.ListOpportunitiesResponse
	if err := call(ctx, url, "ListOpportunities", &api.ListOpportunitiesRequest{
		Catalog: new(demoCatalog), MaxResults: new(int32(5)),
		Sort: &api.OpportunitySort{SortBy: new(api.OpportunitySortNameLastModifiedDate), SortOrder: new(api.SortOrderDescending)},
	}, &list); err != nil {
		return err
	}
	fmt.Fprintln(out, "ListOpportunities, the latest first, answered:")
	for _, o := range list.OpportunitySummaries {
		fmt.Fprintf(out, "  %s  %s  %s  %s\n", *o.Id, *o.LifeCycle.Stage, *o.LifeCycle.ReviewStatus, *o.Customer.Account.CompanyName)
	}
	return explainWorld(out, url, ids)
}

// explainWorld says what the demonstration has and what to do with it.
func explainWorld(out io.Writer, url string, ids map[string]string) error {
	fmt.Fprint(out, `
The demonstration has sixty opportunities in every state, engagements, invitations, a lead and customer accounts:
`)
	for _, p := range world.Partners {
		fmt.Fprintf(out, "  %-23s  account %s, AWS_ACCESS_KEY_ID=%s\n", p.Name, p.Account, p.Key)
	}
	_, err := fmt.Fprintf(out, `  %-23s  you: AWS_ACCESS_KEY_ID=aws, and the commands of cosell

Try next, in a second terminal, with the variables above:
  export COSELL_ENDPOINT=%[2]s
  cosell review list
  cosell review approve %[3]s --account 000000000000 --catalog %[6]s
  aws partnercentral-selling list-engagement-invitations --catalog %[6]s --participant-type RECEIVER
  aws partnercentral-selling start-engagement-by-accepting-invitation-task --catalog %[6]s --identifier %[4]s
  AWS_ACCESS_KEY_ID=111122223333 aws partnercentral-selling accept-engagement-invitation --catalog %[6]s --identifier %[5]s
  cosell clock advance 360h   # the invitations that nobody answered expire
Stop the server with Ctrl-C.
`, "AWS", url, ids["credit-score"], ids["referral-warehouse"], ids["invite-bayou"], demoCatalog)
	return err
}

func demoOpportunity() *api.CreateOpportunityRequest {
	const closesIn = 90 * 24 * time.Hour
	return &api.CreateOpportunityRequest{
		Catalog:     new(demoCatalog),
		ClientToken: new(ids.System().UUID()),
		Origin:      new(api.OpportunityOriginPartnerReferral),
		Customer: &api.Customer{Account: &api.Account{
			CompanyName: new("Example Corp"),
			Industry:    new(api.IndustrySoftwareAndInternet),
			WebsiteUrl:  new("https://www.example.com"),
			Address: &api.Address{
				CountryCode: new(api.CountryCodeUS), PostalCode: new("98109"), StateOrRegion: new("Washington"),
			},
		}},
		LifeCycle: &api.LifeCycle{
			Stage:           new(api.StageProspect),
			TargetCloseDate: new(time.Now().UTC().Add(closesIn).Format(time.DateOnly)),
		},
		Project: &api.Project{
			Title:                   new("Migrate the order system"),
			CustomerBusinessProblem: new("The order system is at the end of what its data center can carry."),
			ExpectedCustomerSpend: []api.ExpectedCustomerSpend{{
				Amount: new("2500.00"), CurrencyCode: new(api.CurrencyCodeUSD),
				Frequency: new(api.PaymentFrequencyMonthly), TargetCompany: new("AWS"),
			}},
		},
	}
}

// sign makes r the request for an operation, signed with the development key.
func sign(r *http.Request, operation string, body []byte) error {
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", api.TargetPrefix+"."+operation)
	sum := sha256.Sum256(body)
	keys := aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}
	if err := v4.NewSigner().SignHTTP(r.Context(), keys, r, hex.EncodeToString(sum[:]), signingName, "us-east-1", time.Now()); err != nil {
		return fmt.Errorf("sign %s: %w", operation, err)
	}
	return nil
}

// call sends one request, signed with the development key.
func call(ctx context.Context, url, operation string, in, out any) error {
	body, err := api.Marshal(in)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if err := sign(r, operation, body); err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if body, err = io.ReadAll(answer.Body); err != nil {
		return fmt.Errorf("read the answer to %s: %w", operation, err)
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s: %s", operation, answer.Status, body)
	}
	return api.Unmarshal(body, out)
}
