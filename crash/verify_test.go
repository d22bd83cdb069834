package crash

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"testing"

	"cosell/internal/api"
)

// verify compares what is there with what everybody knows. It looks at what was
// written since it last did, or at everything.
func (w *world) verify(t *testing.T, endpoint string, everything bool) {
	t.Helper()
	var wait sync.WaitGroup
	for _, p := range w.partners {
		wait.Go(func() {
			p.resolve(t, endpoint)
			for _, d := range p.deals {
				if everything || d.touched {
					p.compare(t, endpoint, d)
				}
			}
		})
	}
	wait.Wait()
	for _, account := range w.accounts {
		w.countOpportunities(t, endpoint, account)
		w.readEvents(t, endpoint, account)
	}
	for _, p := range w.partners {
		if !slices.Equal(p.told, p.changes) {
			t.Errorf("%s: its account was told\n%v\nand this happened\n%v", p.name, p.told, p.changes)
		}
	}
}

// resolve finds out what became of the request that was under way when the
// server died.
func (p *partner) resolve(t *testing.T, endpoint string) {
	a := p.pending
	p.pending = nil
	if a == nil {
		return
	}
	if a.operation == "CreateOpportunity" {
		// A client sends it once more, with the same token; that makes one
		// opportunity either way.
		if !p.try(t, endpoint, a) {
			t.Errorf("%s: no answer", p.name)
		}
		return
	}
	happened := false
	if a.operation == "TagResource" {
		happened = maps.Equal(p.tags(t, endpoint, a.deal), a.tags)
	} else if stored := p.get(t, endpoint, a.deal); stored != nil {
		happened = contentOf(stored).equal(a.content)
	}
	a.deal.touched = true // else it must be as it was, which compare sees to
	if happened {
		p.happened++
		p.apply(a)
	} else {
		p.undone++
	}
}

// compare holds one opportunity against what its partner knows, and its client
// token: the creation, sent again, must give the answer it gave.
func (p *partner) compare(t *testing.T, endpoint string, d *deal) {
	stored := p.get(t, endpoint, d)
	if stored == nil {
		t.Errorf("%s: %s is acknowledged and not there", p.name, d.id)
		return
	}
	if got := contentOf(stored); !got.equal(d.content) {
		t.Errorf("%s: %s says\n%+v, acknowledged is\n%+v", p.name, d.id, got, d.content)
	}
	if *stored.LastModifiedDate < d.modified {
		t.Errorf("%s: %s was modified at %v, %v is acknowledged", p.name, d.id, *stored.LastModifiedDate, d.modified)
	}
	d.modified = *stored.LastModifiedDate
	if tags := p.tags(t, endpoint, d); !maps.Equal(tags, d.tags) {
		t.Errorf("%s: %s has the tags %v, acknowledged are %v", p.name, d.id, tags, d.tags)
	}
	var again api.CreateOpportunityResponse
	if answer, ok := p.send(t, endpoint, "CreateOpportunity", d.create); ok {
		if err := api.Unmarshal(answer, &again); err != nil {
			t.Errorf("%s: %v", p.name, err)
		} else if *again.Id != d.id || *again.LastModifiedDate != *d.answer.LastModifiedDate {
			t.Errorf("%s: the creation of %s, sent again, answers %s", p.name, d.id, answer)
		}
	}
	d.touched = false
}

func contentOf(o *api.GetOpportunityResponse) content {
	return content{
		title: *o.Project.Title, problem: *o.Project.CustomerBusinessProblem, nextSteps: *o.LifeCycle.NextSteps,
		products: o.RelatedEntityIdentifiers.AwsProducts,
	}
}

func (p *partner) tags(t *testing.T, endpoint string, d *deal) map[string]string {
	answer, ok := p.send(t, endpoint, "ListTagsForResource", &api.ListTagsForResourceRequest{ResourceArn: &d.arn})
	if !ok {
		t.Errorf("%s: no answer", p.name)
		return nil
	}
	var out api.ListTagsForResourceResponse
	if err := api.Unmarshal(answer, &out); err != nil {
		t.Errorf("%s: %v", p.name, err)
	}
	tags := map[string]string{}
	for _, tag := range out.Tags {
		tags[*tag.Key] = *tag.Value
	}
	return tags
}

// countOpportunities sees to it that nobody has an opportunity that they do not
// know.
func (w *world) countOpportunities(t *testing.T, endpoint, account string) {
	t.Helper()
	var reader *partner
	known := 0
	for _, p := range w.partners {
		if p.account == account {
			reader = p
			known += len(p.deals)
		}
	}
	there := 0
	for in := (&api.ListOpportunitiesRequest{Catalog: catalog, MaxResults: new(int32(100))}); ; {
		answer, ok := reader.send(t, endpoint, "ListOpportunities", in)
		var page api.ListOpportunitiesResponse
		if err := api.Unmarshal(answer, &page); !ok || err != nil {
			t.Fatalf("the opportunities of %s: %s, %v", account, answer, err)
		}
		there += len(page.OpportunitySummaries)
		if in.NextToken = page.NextToken; in.NextToken == nil {
			break
		}
	}
	if there != known {
		t.Errorf("account %s has %d opportunities, %d are known", account, there, known)
	}
}

// readEvents reads what an account was told since last time, and hands each
// partner what concerns its opportunities.
func (w *world) readEvents(t *testing.T, endpoint, account string) {
	t.Helper()
	owners := map[string]*partner{}
	for _, p := range w.partners {
		for _, d := range p.deals {
			if p.account == account {
				owners[d.id] = p
			}
		}
	}
	for {
		page := readEventPage(t, endpoint, account, w.cursors[account])
		if len(page.Events) == 0 {
			return
		}
		for _, e := range page.Events {
			if number(e.Sequence) <= number(w.cursors[account]) {
				t.Errorf("account %s: event %s comes after %s", account, e.Sequence, w.cursors[account])
			}
			w.cursors[account] = e.Sequence
			if w.seen[e.Event.ID] {
				t.Errorf("account %s: event %s is there twice", account, e.Event.ID)
			}
			w.seen[e.Event.ID] = true
			id := e.Event.Detail.Opportunity.Identifier
			p, ok := owners[id]
			if !ok {
				t.Fatalf("account %s was told %q of %s, which nobody knows", account, e.Event.Type, id)
			}
			p.told = append(p.told, change{e.Event.Type, id})
		}
	}
}

// eventPage is an answer of the operator API.
type eventPage struct {
	Events []struct {
		Sequence string
		Event    struct {
			ID     string `json:"id"`
			Type   string `json:"detail-type"`
			Detail struct {
				Opportunity struct{ Identifier string }
			}
		}
	}
}

func readEventPage(t *testing.T, endpoint, account, after string) *eventPage {
	t.Helper()
	query := url.Values{"account": {account}, "after": {strconv.FormatInt(number(after), 10)}, "limit": {"1000"}}
	answer, err := client.Get(endpoint + "/operator/v1/events?" + query.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("the events of %s: %s %s, %v", account, answer.Status, text, err)
	}
	page := new(eventPage)
	if err := json.Unmarshal(text, page); err != nil {
		t.Fatal(err)
	}
	return page
}

// number reads a sequence, 0 where there is none.
func number(sequence string) int64 {
	n, _ := strconv.ParseInt(sequence, 10, 64)
	return n
}
