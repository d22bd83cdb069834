package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"cosell/internal/api"
	"cosell/internal/servertest"
)

const (
	accessKey = "123456789012" // of the account with this number
	catalog   = "AWS"
)

// draft is an opportunity as a partner's CRM sends it: every section is there,
// and reading it back takes about two kilobytes.
func draft(token string) *api.CreateOpportunityRequest {
	return &api.CreateOpportunityRequest{
		Catalog:             new(catalog),
		ClientToken:         &token,
		Origin:              new(api.OpportunityOriginPartnerReferral),
		OpportunityType:     new(api.OpportunityTypeNetNewBusiness),
		NationalSecurity:    new(api.NationalSecurityNo),
		PrimaryNeedsFromAws: []api.PrimaryNeedFromAws{api.PrimaryNeedFromAwsCoSellArchitecturalValidation},
		Customer: &api.Customer{
			Account: &api.Account{
				CompanyName: new("Harbour Freight Analytics"), Industry: new(api.IndustrySoftwareAndInternet),
				WebsiteUrl: new("https://www.example.com"), Duns: new("123456789"),
				Address: &api.Address{
					StreetAddress: new("410 Terry Avenue North"), City: new("Seattle"), StateOrRegion: new("Washington"),
					PostalCode: new("98109"), CountryCode: new(api.CountryCodeUS),
				},
			},
			Contacts: []api.Contact{{
				FirstName: new("Ada"), LastName: new("Lane"), Email: new("ada.lane@example.com"),
				Phone: new("+12065550100"), BusinessTitle: new("Head of Platform"),
			}},
		},
		Project: &api.Project{
			Title: new("Warehouse forecasting on AWS"),
			CustomerBusinessProblem: new("Forecasts are made by hand once a week from exports of three systems. " +
				"The customer wants them hourly, from one lake, with the models retrained as the season changes."),
			CustomerUseCase: new("AI Machine Learning and Analytics"),
			DeliveryModels:  []api.DeliveryModel{api.DeliveryModelSaasOrPaas},
			SalesActivities: []api.SalesActivity{api.SalesActivityInitializedDiscussionsWithCustomer},
			ExpectedCustomerSpend: []api.ExpectedCustomerSpend{{
				Amount: new("12500.00"), CurrencyCode: new(api.CurrencyCodeUSD), Frequency: new(api.PaymentFrequencyMonthly), TargetCompany: new("AWS"),
			}},
			AdditionalComments: new("Second project with this customer; the first went live in spring."),
		},
		Marketing: &api.Marketing{Source: new(api.MarketingSourceNone)},
		LifeCycle: &api.LifeCycle{
			Stage: new(api.StageProspect), TargetCloseDate: new(time.Now().UTC().AddDate(0, 6, 0).Format(time.DateOnly)),
			NextSteps: new("Workshop on the data model with both teams."),
		},
	}
}

// rendered is a signed request as bytes on the wire.
func rendered(ctx context.Context, url, operation string, in any) ([]byte, error) {
	return renderedAs(ctx, url, developmentKey, operation, in)
}

// developmentKey signs what no registered key does.
var developmentKey = aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: "test"}

func renderedAs(ctx context.Context, url string, keys aws.Credentials, operation string, in any) ([]byte, error) {
	body, err := api.Marshal(in)
	if err != nil {
		return nil, err
	}
	r, err := servertest.RequestAs(ctx, url, keys, operation, body)
	if err != nil {
		return nil, err
	}
	var wire bytes.Buffer
	err = r.Write(&wire)
	return wire.Bytes(), err
}

// call sends one request, for what is not measured.
func call[O any](ctx context.Context, url, operation string, in any) (*O, error) {
	answer, err := exchange(ctx, url, operation, in)
	if err != nil {
		return nil, err
	}
	out := new(O)
	return out, api.Unmarshal(answer, out)
}

func exchange(ctx context.Context, url, operation string, in any) ([]byte, error) {
	return exchangeAs(ctx, url, developmentKey, operation, in)
}

func exchangeAs(ctx context.Context, url string, keys aws.Credentials, operation string, in any) ([]byte, error) {
	body, err := api.Marshal(in)
	if err != nil {
		return nil, err
	}
	r, err := servertest.RequestAs(ctx, url, keys, operation, body)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %s: %s", operation, answer.Status, text)
	}
	return text, err
}
