package crash

import (
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"cosell/bench/target"
	"cosell/internal/api"
)

// partner is one client of the server. It sends one request at a time, about
// opportunities that nobody else writes, so it knows what must be there: all
// that it had an answer to, and perhaps the one request that it had none to.
type partner struct {
	name     string
	account  string
	random   *rand.Rand
	deals    []*deal
	changes  []change // in their order
	told     []change // what the account's events say of its opportunities
	pending  *attempt // sent and not answered before the server died
	serial   int
	happened int // attempts without an answer that had happened
	undone   int // and that had not
}

// deal is an opportunity as its partner knows it.
type deal struct {
	id, arn  string
	create   *api.CreateOpportunityRequest
	answer   api.CreateOpportunityResponse // to its creation
	content  content
	tags     map[string]string
	modified api.Timestamp // no later than the stored one
	touched  bool          // since it was last compared
}

// content is what a partner changes of an opportunity.
type content struct {
	title, problem, nextSteps string
	products                  []string
}

func (c content) equal(other content) bool {
	return c.title == other.title && c.problem == other.problem && c.nextSteps == other.nextSteps &&
		slices.Equal(c.products, other.products)
}

// change is an event that the account must get.
type change struct{ kind, id string }

const (
	created = "Opportunity Created"
	updated = "Opportunity Updated"
)

// attempt is one request that writes, and what is true when it has happened.
type attempt struct {
	operation string
	in        any
	deal      *deal
	content   content
	tags      map[string]string
	events    []change
	answered  func(answer []byte) error // takes from an answer what only it says
}

// apply makes true what an attempt is about.
func (p *partner) apply(a *attempt) {
	a.deal.content, a.deal.tags, a.deal.touched = a.content, a.tags, true
	p.changes = append(p.changes, a.events...)
}

var catalog = new("AWS")

// write sends request after request until the server is gone.
func (p *partner) write(t *testing.T, url string, b *budget) {
	for !t.Failed() {
		a := p.next(t, url)
		if a == nil {
			return // gone while reading
		}
		b.take()
		if !p.try(t, url, a) {
			return
		}
	}
}

// try sends an attempt. Without an answer nobody knows what became of it.
func (p *partner) try(t *testing.T, url string, a *attempt) bool {
	answer, ok := p.send(t, url, a.operation, a.in)
	if !ok {
		p.pending = a
		return false
	}
	if a.answered != nil {
		if err := a.answered(answer); err != nil {
			t.Errorf("%s: %s: %v", p.name, a.operation, err)
		}
	}
	p.apply(a)
	return true
}

// next draws what to do. It is nil when the server is gone.
func (p *partner) next(t *testing.T, url string) *attempt {
	if len(p.deals) == 0 {
		return p.creation()
	}
	d := p.deals[p.random.IntN(len(p.deals))]
	switch dice := p.random.IntN(10); {
	case dice < 3:
		return p.creation()
	case dice < 7:
		return p.update(t, url, d)
	case dice < 9:
		return p.association(d)
	default:
		return p.tagging(d)
	}
}

// words is a text that no other attempt has, of any length.
func (p *partner) words(most int) string {
	p.serial++
	text := fmt.Sprintf("%s - attempt %d - with words to fill its row: ", p.name, p.serial)
	return text + strings.Repeat("x", p.random.IntN(most-len(text)))
}

func (p *partner) creation() *attempt {
	d := &deal{content: content{title: p.words(255), problem: p.words(2000), nextSteps: p.words(255)}}
	d.create = &api.CreateOpportunityRequest{
		Catalog: catalog, ClientToken: new(fmt.Sprintf("%s/%d", p.name, p.serial)),
		Customer: &api.Customer{Account: &api.Account{CompanyName: &p.name}},
		// Copies: the content changes, the creation may be sent again.
		Project:   &api.Project{Title: new(d.content.title), CustomerBusinessProblem: new(d.content.problem)},
		LifeCycle: &api.LifeCycle{Stage: new(api.StageProspect), NextSteps: new(d.content.nextSteps)},
		Tags:      []api.Tag{{Key: new("made-by"), Value: &p.name}},
	}
	a := &attempt{
		operation: "CreateOpportunity", in: d.create, deal: d,
		content: d.content, tags: map[string]string{"made-by": p.name},
	}
	a.answered = func(answer []byte) error {
		if err := api.Unmarshal(answer, &d.answer); err != nil {
			return err
		}
		d.id, d.modified = *d.answer.Id, *d.answer.LastModifiedDate
		d.arn = "arn:aws:partnercentral:us-east-1:" + p.account + ":catalog/" + *catalog + "/opportunity/" + d.id
		a.events = []change{{created, d.id}}
		p.deals = append(p.deals, d)
		return nil
	}
	return a
}

// update reads an opportunity and writes it back, changed.
func (p *partner) update(t *testing.T, url string, d *deal) *attempt {
	stored := p.get(t, url, d)
	if stored == nil {
		return nil
	}
	after := d.content
	after.title, after.nextSteps = p.words(255), p.words(255)
	a := &attempt{operation: "UpdateOpportunity", deal: d, content: after, tags: d.tags, events: []change{{updated, d.id}}}
	a.in = &api.UpdateOpportunityRequest{
		Catalog: catalog, Identifier: &d.id, LastModifiedDate: stored.LastModifiedDate,
		Customer: stored.Customer, OpportunityType: stored.OpportunityType, NationalSecurity: stored.NationalSecurity,
		Marketing: stored.Marketing, PrimaryNeedsFromAws: stored.PrimaryNeedsFromAws,
		Project:   &api.Project{Title: &a.content.title, CustomerBusinessProblem: &a.content.problem},
		LifeCycle: &api.LifeCycle{Stage: stored.LifeCycle.Stage, NextSteps: &a.content.nextSteps},
	}
	a.answered = func(answer []byte) error {
		var out api.UpdateOpportunityResponse
		if err := api.Unmarshal(answer, &out); err != nil {
			return err
		}
		if *out.LastModifiedDate <= d.modified {
			return fmt.Errorf("modified at %v, before at %v", *out.LastModifiedDate, d.modified)
		}
		d.modified = *out.LastModifiedDate
		return nil
	}
	return a
}

var products = []string{"AWSLambda", "AmazonEC2", "AmazonS3", "AmazonRDS"}

// association links a product, or unlinks it.
func (p *partner) association(d *deal) *attempt {
	product := products[p.random.IntN(len(products))]
	after := d.content
	a := &attempt{deal: d, tags: d.tags, events: []change{{updated, d.id}}}
	if i := slices.Index(after.products, product); i >= 0 {
		after.products = slices.Delete(slices.Clone(after.products), i, i+1)
		a.operation, a.in = "DisassociateOpportunity", &api.DisassociateOpportunityRequest{
			Catalog: catalog, OpportunityIdentifier: &d.id,
			RelatedEntityType: new(api.RelatedEntityTypeAwsProducts), RelatedEntityIdentifier: &product,
		}
	} else {
		after.products = append(slices.Clone(after.products), product)
		a.operation, a.in = "AssociateOpportunity", &api.AssociateOpportunityRequest{
			Catalog: catalog, OpportunityIdentifier: &d.id,
			RelatedEntityType: new(api.RelatedEntityTypeAwsProducts), RelatedEntityIdentifier: &product,
		}
	}
	a.content = after
	return a
}

func (p *partner) tagging(d *deal) *attempt {
	a := &attempt{operation: "TagResource", deal: d, content: d.content, tags: maps.Clone(d.tags)}
	key, value := fmt.Sprintf("key-%d", p.random.IntN(3)), p.words(200)
	a.tags[key] = value
	a.in = &api.TagResourceRequest{ResourceArn: &d.arn, Tags: []api.Tag{{Key: &key, Value: &value}}}
	return a
}

// create makes one opportunity, for tests in which nothing dies.
func (p *partner) create(t *testing.T, url string) {
	t.Helper()
	if !p.try(t, url, p.creation()) {
		t.Fatal("no answer from a server that runs")
	}
}

// get reads an opportunity, nil when the server is gone.
func (p *partner) get(t *testing.T, url string, d *deal) *api.GetOpportunityResponse {
	answer, ok := p.send(t, url, "GetOpportunity", &api.GetOpportunityRequest{Catalog: catalog, Identifier: &d.id})
	if !ok {
		return nil
	}
	out := new(api.GetOpportunityResponse)
	if err := api.Unmarshal(answer, out); err != nil {
		t.Errorf("%s: GetOpportunity: %v", p.name, err)
		return nil
	}
	return out
}

// send returns the answer to a request, or false when none came. An answer that
// is no success fails the test.
func (p *partner) send(t *testing.T, url, operation string, in any) (answer []byte, answered bool) {
	body, err := api.Marshal(in)
	if err != nil {
		t.Errorf("%s: %v", p.name, err)
		return nil, false
	}
	r, err := target.Request(t.Context(), url, p.account, operation, body)
	if err != nil {
		t.Errorf("%s: %v", p.name, err)
		return nil, false
	}
	response, err := client.Do(r)
	if err != nil {
		return nil, false
	}
	defer response.Body.Close()
	if answer, err = io.ReadAll(response.Body); err != nil {
		return nil, false
	}
	if response.StatusCode != http.StatusOK {
		t.Errorf("%s: %s answered %s: %s", p.name, operation, response.Status, answer)
		return nil, false
	}
	return answer, true
}

// client keeps a connection for each partner.
var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
