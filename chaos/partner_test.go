package chaos

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"cosell/internal/api"
)

// partner is a program of a partner. It works on opportunities and engagements
// that no other program touches, so it knows what must be there: all that it was
// told, and nothing else.
type partner struct {
	client

	name    string
	account string
	others  []string // accounts to invite
	random  *rand.Rand
	serial  int

	deals       []*deal
	engagements []*engagement
	tokens      []*tokenUse
	story       story // what the events must say
	snapshots   []snapshot
}

// deal is an opportunity as its partner knows it.
type deal struct {
	account   string
	id, arn   string
	content   content
	tags      map[string]string
	modified  api.Timestamp // 0 where a repetition hid it
	submitted *taskUse      // the task that submits it
	follower  *engagement   // where a snapshot job follows it
}

// content is what a partner changes of an opportunity.
type content struct {
	title, nextSteps string
	products         []string
}

func (c content) equal(other content) bool {
	return c.title == other.title && c.nextSteps == other.nextSteps && slices.Equal(c.products, other.products)
}

// tokenUse is a request that was answered, with its client token.
type tokenUse struct {
	account, operation string
	in                 any
	answer             []byte
}

// token is a client token that nobody has used.
func (p *partner) token() *string {
	p.serial++
	return new(fmt.Sprintf("%s/%d", p.name, p.serial))
}

// words is a text that is nowhere else, of any length.
func (p *partner) words(most int) string {
	p.serial++
	text := fmt.Sprintf("%s - %d - with words to fill its row: ", p.name, p.serial)
	return text + strings.Repeat("x", p.random.IntN(most-len(text)))
}

// once sends a request that has a client token, and keeps both.
func once[O any](ctx context.Context, p *partner, account, operation string, in any) (*O, error) {
	answer, err := p.write(ctx, account, operation, in)
	if err != nil {
		return nil, err
	}
	p.tokens = append(p.tokens, &tokenUse{account, operation, in, answer})
	return told[O](answer, nil)
}

// run does one thing after another until it is stopped.
func (p *partner) run(ctx context.Context, stopped func() bool) error {
	for !stopped() {
		if err := p.step(ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// step draws what to do, and does it.
func (p *partner) step(ctx context.Context) error {
	if len(p.deals) == 0 {
		return p.create(ctx)
	}
	d := p.deals[p.random.IntN(len(p.deals))]
	if d.submitted != nil {
		return p.create(ctx) // AWS has it now
	}
	switch dice := p.random.IntN(100); {
	case dice < 20:
		return p.create(ctx)
	case dice < 50:
		return p.update(ctx, d)
	case dice < 62:
		return p.associate(ctx, d)
	case dice < 70:
		return p.tag(ctx, d)
	case dice < 74:
		return p.submit(ctx, d)
	case dice < 80 || len(p.engagements) == 0:
		return p.engage(ctx, d)
	}
	e := p.engagements[p.random.IntN(len(p.engagements))]
	if p.random.IntN(3) == 0 {
		return p.publish(ctx, e)
	}
	return p.invite(ctx, e)
}

const sandbox = "Sandbox"

var catalog = new(sandbox)

// complete is an opportunity that can be submitted.
const complete = `{"Origin": "Partner Referral", "Catalog": "Sandbox",
	"Customer": {
		"Account": {"CompanyName": "Acme Corp", "Industry": "Financial Services", "WebsiteUrl": "https://acme.example.com",
			"AwsAccountId": "123456789012", "Duns": "987654321",
			"Address": {"City": "New York", "CountryCode": "US", "PostalCode": "10001", "StateOrRegion": "New York", "StreetAddress": "1 Main St"}},
		"Contacts": [{"BusinessTitle": "CFO", "Email": "jane@acme.example.com", "FirstName": "Jane", "LastName": "Doe", "Phone": "+12125551234"}]},
	"LifeCycle": {"Stage": "Prospect"},
	"Marketing": {"Source": "None"},
	"NationalSecurity": "No", "OpportunityType": "Net New Business",
	"OpportunityTeam": [{"BusinessTitle": "PartnerAccountManager", "Email": "pam@partner.example.com", "FirstName": "Pam", "LastName": "Lee", "Phone": "+14155559876"}],
	"PrimaryNeedsFromAws": ["Co-Sell - Architectural Validation"],
	"Project": {"CustomerBusinessProblem": "Their reports take a day too long.", "CustomerUseCase": "Security & Compliance",
		"DeliveryModels": ["SaaS or PaaS"], "SalesActivities": ["Conducted POC / Demo"], "CompetitorName": "On-Prem", "OtherSolutionDescription": "Our lake",
		"ExpectedCustomerSpend": [{"Amount": "12500.10", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}]}}`

func (p *partner) create(ctx context.Context) error {
	in := new(api.CreateOpportunityRequest)
	if err := api.Unmarshal([]byte(complete), in); err != nil {
		return err
	}
	d := &deal{
		account: p.account,
		content: content{title: p.words(255), nextSteps: p.words(255)}, tags: map[string]string{"made-by": p.name},
	}
	in.ClientToken = p.token()
	in.Project.Title, in.LifeCycle.NextSteps = new(d.content.title), new(d.content.nextSteps)
	in.LifeCycle.TargetCloseDate = new(time.Now().AddDate(1, 0, 0).Format(time.DateOnly))
	in.Tags = []api.Tag{{Key: new("made-by"), Value: &p.name}}
	out, err := once[api.CreateOpportunityResponse](ctx, p, p.account, "CreateOpportunity", in)
	if err != nil {
		return err
	}
	d.id, d.modified = *out.Id, *out.LastModifiedDate
	d.arn = "arn:aws:partnercentral:us-east-1:" + p.account + ":catalog/" + sandbox + "/opportunity/" + d.id
	p.deals = append(p.deals, d)
	p.story.add(p.account, d.id, opportunityCreated)
	return nil
}

// read reads an opportunity, which must be as its partner knows it.
func (p *partner) read(ctx context.Context, d *deal) (*api.GetOpportunityResponse, error) {
	stored, err := ask[api.GetOpportunityResponse](ctx, &p.client, d.account, "GetOpportunity",
		&api.GetOpportunityRequest{Catalog: catalog, Identifier: &d.id})
	if err != nil {
		return nil, fmt.Errorf("%s is acknowledged: %w", d.id, err)
	}
	if got := contentOf(stored); !got.equal(d.content) {
		return nil, fmt.Errorf("%s says\n%+v, acknowledged is\n%+v", d.id, got, d.content)
	}
	if *stored.LastModifiedDate < d.modified {
		return nil, fmt.Errorf("%s was modified at %v, %v is acknowledged", d.id, *stored.LastModifiedDate, d.modified)
	}
	return stored, nil
}

func contentOf(o *api.GetOpportunityResponse) content {
	return content{title: *o.Project.Title, nextSteps: *o.LifeCycle.NextSteps, products: o.RelatedEntityIdentifiers.AwsProducts}
}

// update reads an opportunity and writes it back, changed.
func (p *partner) update(ctx context.Context, d *deal) error {
	stored, err := p.read(ctx, d)
	if err != nil {
		return err
	}
	after := d.content
	after.title, after.nextSteps = p.words(255), p.words(255)
	stored.Project.Title, stored.LifeCycle.NextSteps = new(after.title), new(after.nextSteps)
	answer, err := p.write(ctx, p.account, "UpdateOpportunity", updateOf(stored))
	if err != nil {
		return err
	}
	p.changed(d, after)
	if d.modified = 0; answer == nil {
		return nil
	}
	out, err := told[api.UpdateOpportunityResponse](answer, nil)
	if err == nil {
		d.modified = *out.LastModifiedDate
	}
	return err
}

// updateOf writes back what was read.
func updateOf(stored *api.GetOpportunityResponse) *api.UpdateOpportunityRequest {
	return &api.UpdateOpportunityRequest{
		Catalog: catalog, Identifier: stored.Id, LastModifiedDate: stored.LastModifiedDate,
		Customer: stored.Customer, OpportunityType: stored.OpportunityType, NationalSecurity: stored.NationalSecurity,
		Marketing: stored.Marketing, PrimaryNeedsFromAws: stored.PrimaryNeedsFromAws,
		Project: stored.Project, SoftwareRevenue: stored.SoftwareRevenue,
		LifeCycle: &api.LifeCycle{
			Stage: stored.LifeCycle.Stage, NextSteps: stored.LifeCycle.NextSteps, TargetCloseDate: stored.LifeCycle.TargetCloseDate,
		},
	}
}

// changed makes true what an acknowledged change says.
func (p *partner) changed(d *deal, after content) {
	d.content = after
	p.story.add(d.account, d.id, opportunityUpdated)
}

var products = []string{"AWSLambda", "AmazonEC2Linux", "AmazonS3", "AmazonDynamoDB"}

// associate links a product, or unlinks it.
func (p *partner) associate(ctx context.Context, d *deal) error {
	product := products[p.random.IntN(len(products))]
	after := d.content
	var operation string
	var in any
	if i := slices.Index(after.products, product); i >= 0 {
		after.products = slices.Delete(slices.Clone(after.products), i, i+1)
		operation, in = "DisassociateOpportunity", &api.DisassociateOpportunityRequest{
			Catalog: catalog, OpportunityIdentifier: &d.id,
			RelatedEntityType: new(api.RelatedEntityTypeAwsProducts), RelatedEntityIdentifier: &product,
		}
	} else {
		after.products = append(slices.Clone(after.products), product)
		operation, in = "AssociateOpportunity", &api.AssociateOpportunityRequest{
			Catalog: catalog, OpportunityIdentifier: &d.id,
			RelatedEntityType: new(api.RelatedEntityTypeAwsProducts), RelatedEntityIdentifier: &product,
		}
	}
	if _, err := p.write(ctx, p.account, operation, in); err != nil {
		return err
	}
	p.changed(d, after)
	return nil
}

func (p *partner) tag(ctx context.Context, d *deal) error {
	key, value := fmt.Sprintf("key-%d", p.random.IntN(3)), p.words(200)
	_, err := p.write(ctx, p.account, "TagResource",
		&api.TagResourceRequest{ResourceArn: &d.arn, Tags: []api.Tag{{Key: &key, Value: &value}}})
	if err != nil {
		return err
	}
	d.tags = maps.Clone(d.tags)
	d.tags[key] = value
	return nil
}
