package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
	"cosell/internal/search"
	"cosell/internal/search/searchtest"
	"cosell/internal/store"
)

// searched are the records that the searches of a test find, as the reference sees
// them: by account.
type searched struct {
	kind   store.SearchKind
	table  *search.Table
	rows   map[string][]*search.Row
	random *rand.Rand
	haste  bool // rows are made in haste, but for the first
}

// fold brings up to date what searches of an account read.
func (r *searched) fold(t *testing.T, s store.Store, account string) {
	t.Helper()
	if !r.haste {
		if err := store.FoldSearch(t.Context(), s, r.kind, account, searchCatalog); err != nil {
			t.Fatal(err)
		}
		return
	}
	for n := 1; n > 0; {
		var err error
		if n, err = store.HastenAnySearch(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
}

// moved moves all rows that were made in haste.
func (r *searched) moved(t *testing.T, s store.Store) {
	t.Helper()
	view(t, s, func(tx *store.Tx) error {
		marked, recent, err := tx.SearchBacklog(10)
		if marked > 0 || recent == 0 {
			t.Errorf("%d marks and %d recent rows", marked, recent)
		}
		return err
	})
	for n := 1; n > 0; {
		var err error
		if n, err = store.FoldAnySearch(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	view(t, s, func(tx *store.Tx) error {
		marked, recent, err := tx.SearchBacklog(10)
		if marked+recent > 0 {
			t.Errorf("%d marks and %d recent rows are left", marked, recent)
		}
		return err
	})
}

// testSearchRecent makes the searches while rows that were made in haste stand beside
// others, and again when they were moved.
func testSearchRecent(t *testing.T, s store.Store) {
	for name, test := range map[string]func(*testing.T, store.Store, bool, int){
		"Opportunities": searchOpportunities, "Engagements": searchEngagements, "Customers": searchCustomers,
	} {
		t.Run(name, func(t *testing.T) { test(t, s, true, searchTrees()/5) })
	}
}

const searchCatalog = "Sandbox"

// searchTrees is how many random searches a suite makes of opportunities and of
// engagements; of customer accounts, half as many.
func searchTrees() int {
	switch {
	case testing.Short():
		return 100
	case raceDetector:
		return 500
	}
	return 5000
}

func testSearchOpportunities(t *testing.T, s store.Store) {
	searchOpportunities(t, s, false, searchTrees())
}

func searchOpportunities(t *testing.T, s store.Store, haste bool, searches int) {
	r := &searched{kind: store.SearchOpportunity, table: search.Opportunities, random: rand.New(rand.NewPCG(11, 1))}
	records := map[string]*search.OpportunityRecord{}
	// Some are written twice or thrice, with searches between.
	for round := range 3 {
		for i := range 100 {
			n := i + round*60
			account := []string{"1", "2"}[n%2]
			o := r.opportunity(n)
			records[account+o.ID] = o
			update(t, s, func(tx *store.Tx) error { return writeOpportunity(tx, account, o, r.random.IntN(2) == 0) })
		}
		r.rows = map[string][]*search.Row{}
		for key, o := range records {
			row, err := search.OpportunityRow(o)
			if err != nil {
				t.Fatal(err)
			}
			r.rows[key[:1]] = append(r.rows[key[:1]], row)
		}
		r.haste = haste && round > 0
		r.compare(t, s, []int{100, 100, searches}[round])
	}
	if haste {
		r.moved(t, s)
		r.compare(t, s, 100)
	}
}

// writeOpportunity adds or replaces an opportunity with what belongs to it.
func writeOpportunity(tx *store.Tx, account string, o *search.OpportunityRecord, tagsFirst bool) error {
	key := store.OpportunityKey{Account: account, Catalog: searchCatalog, ID: o.ID}
	tags := func() error {
		arn := fmt.Sprintf("arn:aws:partnercentral:us-east-1:%s:catalog/%s/opportunity/%s", account, searchCatalog, o.ID)
		before, err := tx.Tags(account, arn)
		if err != nil {
			return err
		}
		var keys []string
		for _, tag := range before {
			keys = append(keys, tag.Key)
		}
		var after []store.Tag
		for _, tag := range o.Tags {
			after = append(after, store.Tag{Key: *tag.Key, Value: *tag.Value})
		}
		return errors.Join(tx.DeleteTags(account, arn, keys), tx.PutTags(account, arn, 0, after))
	}
	if tagsFirst {
		if err := tags(); err != nil {
			return err
		}
	}
	var d struct{ LastModifiedDate, CreatedDate api.Timestamp }
	if err := api.Unmarshal(o.Document, &d); err != nil {
		return err
	}
	row := &store.Opportunity{
		OpportunityKey: key, Origin: o.Origin, Document: o.Document,
		CreatedAt: int64(d.CreatedDate), LastModifiedAt: int64(d.LastModifiedDate),
	}
	err := tx.InsertOpportunity(row)
	if errors.Is(err, store.ErrExists) {
		var before []byte
		if _, before, err = tx.Opportunity(key); err != nil {
			return err
		}
		if err := api.Unmarshal(before, &d); err != nil {
			return err
		}
		err = tx.UpdateOpportunity(row, int64(d.LastModifiedDate))
	}
	if err != nil {
		return err
	}
	if o.AwsSide != nil {
		_, version, err := tx.AwsOpportunity(key)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := tx.PutAwsOpportunity(key, version, o.AwsSide); err != nil {
			return err
		}
	}
	if tagsFirst {
		return nil
	}
	return tags()
}

func (r *searched) one(texts ...string) string { return texts[r.random.IntN(len(texts))] }

func (r *searched) some(texts ...string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(string) bool { return r.random.IntN(3) > 0 })
}

// maybe returns a text, or null.
func (r *searched) maybe(texts ...string) *string {
	if r.random.IntN(4) == 0 {
		return nil
	}
	text := r.one(texts...)
	return &text
}

var (
	searchNames  = []string{"Acme Corp", "ACME corp 2026", "Zürich Versicherung", "straße", "ﬁrst", "ＡＢＣ ltd", "a", "Δοκιμή", "100% _sure_", `quo"te's`, "हिन्दी शब्द", "nul\x00l\x01\x1fend"}
	searchTitles = []string{"Cloud migration of the data center", "Data lake", "data LAKE for Acme", "migration", "Überblick", "", "--", "O'Brien & sons"}
)

// opportunity returns an opportunity; later ones of a number replace earlier.
func (r *searched) opportunity(n int) *search.OpportunityRecord {
	arn := func(kind string) []string {
		return r.some("arn:aws:aws-marketplace:us-east-1:123456789012:AWSMarketplace/"+kind+"/x-1",
			"arn:aws:aws-marketplace:us-east-1:123456789012:AWSMarketplace/"+kind+"/X-2")
	}
	const day = 24 * 60 * 60 * 1000
	created := int64(1_700_000_000_000 + r.random.IntN(5)*1000 + r.random.IntN(5)*day/2*r.random.IntN(2))
	document := map[string]any{
		"PartnerOpportunityIdentifier": r.maybe("crm-1", "CRM-1", "crm 2", "É1"),
		"OpportunityType":              r.maybe("Net New Business", "Expansion"),
		"CreatedDate":                  api.Timestamp(created), "LastModifiedDate": api.Timestamp(created + int64(r.random.IntN(4))),
		"LifeCycle": map[string]any{
			"Stage": r.one("Prospect", "Qualified", "Closed Lost"), "ReviewStatus": r.one("Approved", "In review"),
			"NextSteps": r.maybe(searchTitles...), "TargetCloseDate": r.maybe("2026-12-31", "2027-01-01"),
		},
		"Customer": map[string]any{"Account": map[string]any{
			"CompanyName": r.maybe(searchNames...), "Industry": r.maybe("Retail", "Travel", "Other"), "AwsAccountId": r.maybe("123456789012"),
			"Address": map[string]any{"CountryCode": r.maybe("US", "DE")},
		}},
		"Project": map[string]any{
			"Title": r.maybe(searchTitles...), "ApnPrograms": r.some("Program A", "program b", "C"),
			"ExpectedCustomerSpend": []map[string]any{
				{
					"TargetCompany": r.one("AWS", "Other"), "Amount": r.one("0", "10.5", "2000", "", "1000000000000000000000", "99999999999.99"),
					"CurrencyCode": r.maybe("USD", "EUR"),
				},
				{"TargetCompany": "AWS", "Amount": "7", "CurrencyCode": "USD"},
			},
		},
		"RelatedEntityIdentifiers": map[string]any{
			"AwsMarketplaceOffers": arn("Offer"), "AwsMarketplaceOfferSets": arn("OfferSet"), "AwsMarketplaceSolutions": arn("Solution"),
		},
		"OpportunityTeam": []map[string]any{
			{"FirstName": "Mary", "LastName": r.one("Major", "O'Brien"), "Email": "mary@example.com", "BusinessTitle": r.one("OpportunityOwner", "PartnerAccountManager")},
		},
	}
	o := &search.OpportunityRecord{ID: fmt.Sprint("O", 1000+n), Origin: []string{"", "AWS Referral"}[n/2%2]}
	for _, key := range r.some("team", "Team", "región") {
		o.Tags = append(o.Tags, api.Tag{Key: &key, Value: r.pointer("red", "blue", "")})
	}
	o.Document, _ = api.Marshal(document)
	if n%3 == 0 {
		o.AwsSide, _ = api.Marshal(map[string]any{
			"CosellMotion": r.maybe("Lead", "support"), "Insights": map[string]any{"EngagementScore": r.maybe("High", "Medium", "Low")},
		})
	}
	return o
}

func (r *searched) pointer(texts ...string) *string {
	text := r.one(texts...)
	return &text
}

func testSearchEngagements(t *testing.T, s store.Store) {
	searchEngagements(t, s, false, searchTrees())
}

func searchEngagements(t *testing.T, s store.Store, haste bool, searches int) {
	r := &searched{kind: store.SearchEngagement, table: search.Engagements, random: rand.New(rand.NewPCG(12, 1))}
	records := map[string]*search.EngagementRecord{}
	members := map[string][]string{}
	companies := map[string]string{"1": "Acme Partners", "2": "", "3": "Partner 3"}
	update(t, s, func(tx *store.Tx) error { return tx.PutAccount("1", []byte(`{"companyName":"Old name"}`)) })
	for round := range 2 {
		for i := range 80 {
			id := fmt.Sprintf("eng-%03d", i+round*40)
			e := &search.EngagementRecord{ID: id, Document: r.engagement()}
			fresh := records[id] == nil
			records[id] = e
			update(t, s, func(tx *store.Tx) error { return writeEngagement(tx, e, fresh) })
			for _, account := range r.some("1", "2", "3") {
				if slices.Contains(members[id], account) {
					continue
				}
				members[id] = append(members[id], account)
				update(t, s, func(tx *store.Tx) error {
					return tx.InsertEngagementMember(store.EngagementKey{Catalog: searchCatalog, ID: id}, store.EngagementMember{Account: account})
				})
			}
		}
		// A profile changes what engagements are found by.
		update(t, s, func(tx *store.Tx) error {
			return errors.Join(tx.PutAccount("1", []byte(`{"companyName":"Acme Partners"}`)), tx.PutAccount("2", []byte(`{"companyName":""}`)))
		})
		r.rows = map[string][]*search.Row{}
		for id, e := range records {
			e.Members, e.Companies = int64(len(members[id])), nil
			for _, account := range members[id] {
				e.Companies = append(e.Companies, companies[account])
			}
			row, err := search.EngagementRow(e)
			if err != nil {
				t.Fatal(err)
			}
			for _, account := range members[id] {
				r.rows[account] = append(r.rows[account], row)
			}
		}
		r.haste = haste && round > 0
		r.compare(t, s, []int{100, searches}[round])
	}
	if haste {
		r.moved(t, s)
		r.compare(t, s, 100)
	}
}

func writeEngagement(tx *store.Tx, e *search.EngagementRecord, fresh bool) error {
	key := store.EngagementKey{Catalog: searchCatalog, ID: e.ID}
	if fresh {
		return tx.InsertEngagement(key, 1, e.Document)
	}
	return tx.UpdateEngagement(key, 1, 1, 0, e.Document)
}

func (r *searched) engagement() []byte {
	contexts := []map[string]any{}
	for range r.random.IntN(3) {
		contexts = append(contexts, r.context())
	}
	document, _ := api.Marshal(map[string]any{
		"Title": r.maybe(searchTitles...), "Description": r.maybe(searchNames...), "CreatedBy": r.one("1", "2"),
		"CreatedAt": api.Timestamp(1_700_000_000_000 + r.random.IntN(4)), "ModifiedAt": api.Timestamp(1_700_000_001_000 + r.random.IntN(4)),
		"Contexts": contexts,
	})
	return document
}

func (r *searched) context() map[string]any {
	switch r.random.IntN(3) {
	case 0:
		return map[string]any{"Type": "CustomerProject", "Payload": map[string]any{
			"CustomerProject": map[string]any{"Customer": map[string]any{"CompanyName": r.maybe(searchNames...)}},
		}}
	case 1:
		interactions := []map[string]any{}
		for range r.random.IntN(3) {
			interactions = append(interactions, map[string]any{
				"SourceType": r.maybe("Event", "web"), "SourceName": r.maybe("re:Invent", "Summit"), "Usecase": r.maybe("AI", "Data lake"),
				"InteractionDate": api.Timestamp(1_700_000_000_000 + r.random.IntN(3)),
				"Contact":         map[string]any{"FirstName": r.maybe("Ana", "ANA", "Bo"), "LastName": r.maybe("Ünal"), "BusinessTitle": r.maybe("CTO")},
			})
		}
		return map[string]any{"Type": "Lead", "Payload": map[string]any{"Lead": map[string]any{
			"QualificationStatus": r.maybe("Qualified", "new"), "Insights": map[string]any{"LeadReadinessScore": r.maybe("High", "Low")},
			"Customer": map[string]any{
				"Industry": r.maybe("Retail"), "CompanyName": r.maybe(searchNames...), "AwsMaturity": r.maybe("Advanced"),
				"MarketSegment": r.maybe("SMB", "Enterprise"), "Address": map[string]any{"CountryCode": r.maybe("US", "DE")},
			},
			"Interactions": interactions,
		}}}
	default:
		return map[string]any{"Type": "ProspectingResult", "Payload": map[string]any{"ProspectingResult": map[string]any{"Aws": map[string]any{
			"Customer": map[string]any{
				"AccountName": r.maybe(searchNames...), "Geo": r.maybe("EMEA", "AMER"), "Region": r.maybe("DACH"), "Industry": r.maybe("Retail", "Travel"),
				"Segment": r.maybe("SMB"), "Country": r.maybe("DE"), "CompanySize": r.maybe("1-10"),
			},
			"Insights": map[string]any{"MarketplaceEngagementScore": r.maybe("High", "Medium", "Low"), "SolutionCategory": r.maybe("AI"), "SolutionSubCategory": r.maybe("ML")},
		}}}}
	}
}

// compare makes searches at random and reads them page by page: each must be what the
// reference finds.
func (r *searched) compare(t *testing.T, s store.Store, searches int) {
	t.Helper()
	for account := range r.rows {
		r.fold(t, s, account)
	}
	accounts := []string{"1", "2"}
	for n := range searches {
		account := accounts[n%2]
		g := &searchtest.Generator{Random: rand.New(rand.NewPCG(uint64(n), 7)), Table: r.table, Rows: r.rows[account]}
		q, filter := g.Query()
		want := searchtest.Find(r.rows[account], q)
		limit := 1 + g.Random.IntN(max(1, len(want)+1))
		var got []string
		view(t, s, func(tx *store.Tx) (err error) {
			got, err = r.read(t, tx, account, q, limit)
			return err
		})
		if diff := cmp.Diff(want, got); diff != "" {
			text, _ := api.Marshal(filter)
			t.Fatalf("search %d of %s: words %q, sort %s, descending %v, pages of %d, filter %s (-want +got):\n%s",
				n, account, q.Words, q.Sort.Name, q.Descending, limit, text, diff)
		}
	}
}

// read returns what a search finds, page by page.
func (r *searched) read(t *testing.T, tx *store.Tx, account string, q *searchtest.Query, limit int) ([]string, error) {
	sq := &store.SearchQuery{
		Table: r.table, Account: account, Catalog: searchCatalog, Words: q.Words, Filter: q.Filter, Group: q.Group,
		Sort: q.Sort, Descending: q.Descending, Limit: limit, Window: []int{0, 1, 3, 10}[r.random.IntN(4)],
	}
	got := []string{}
	for {
		page, err := tx.Search(sq)
		if err != nil {
			return nil, err
		}
		for _, p := range page {
			got = append(got, p.ID)
		}
		if len(page) < limit {
			return got, nil
		}
		sq.After = &page[limit-1]
	}
}

// A store that was emptied finds nothing, and afterwards only what came then.
func testSearchCleared(t *testing.T, s store.Store) {
	r := &searched{kind: store.SearchOpportunity, table: search.Opportunities, random: rand.New(rand.NewPCG(13, 1))}
	find := func() (ids []string) {
		t.Helper()
		if err := store.FoldSearch(t.Context(), s, r.kind, "1", searchCatalog); err != nil {
			t.Fatal(err)
		}
		view(t, s, func(tx *store.Tx) (err error) {
			ids, err = r.read(t, tx, "1", &searchtest.Query{Sort: r.table.Order, Words: []string{"o"}}, 10)
			return err
		})
		return ids
	}
	add := func(n int) {
		t.Helper()
		update(t, s, func(tx *store.Tx) error { return writeOpportunity(tx, "1", r.opportunity(n), true) })
	}
	add(1)
	if got := find(); !slices.Equal(got, []string{"O1001"}) {
		t.Fatalf("found %v", got)
	}
	add(2)
	update(t, s, func(tx *store.Tx) error {
		_, err := tx.Clear()
		return err
	})
	if got := find(); len(got) > 0 {
		t.Errorf("found %v in an empty store", got)
	}
	add(3)
	if got := find(); !slices.Equal(got, []string{"O1003"}) {
		t.Errorf("found %v afterwards", got)
	}
}

// A search sees everything that was acknowledged before it, whoever writes meanwhile.
func testSearchSeesWrites(t *testing.T, s store.Store) {
	const writers, each = 4, 25
	done := make(chan error, writers)
	var behind atomic.Int64
	for w := range writers {
		r := &searched{kind: store.SearchOpportunity, table: search.Opportunities, random: rand.New(rand.NewPCG(14, uint64(w)))}
		go func() {
			done <- func() error {
				for n := range each {
					o := r.opportunity(w*each + n)
					if err := s.Update(t.Context(), func(tx *store.Tx) error { return writeOpportunity(tx, "1", o, false) }); err != nil {
						return err
					}
					var got []string
					q := &searchtest.Query{Sort: r.table.Order, Words: []string{strings.ToLower(o.ID)}}
					err := s.View(t.Context(), func(tx *store.Tx) (err error) {
						tx.RequireCurrentSearches()
						got, err = r.read(t, tx, "1", q, 10)
						return err
					})
					if errors.Is(err, store.ErrSearchBehind) {
						behind.Add(1)
						err = errors.Join(store.FoldSearch(t.Context(), s, r.kind, "1", searchCatalog), s.View(t.Context(), func(tx *store.Tx) (err error) {
							got, err = r.read(t, tx, "1", q, 10)
							return err
						}))
					}
					if err != nil {
						return err
					}
					if !slices.Equal(got, []string{o.ID}) {
						return fmt.Errorf("wrote %s, then found %v", o.ID, got)
					}
				}
				return nil
			}()
		}()
	}
	for range writers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if behind.Load() == 0 {
		t.Error("no search was behind what had been written before it")
	}
	for n := 1; n > 0; {
		var err error
		if n, err = store.FoldAnySearch(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	view(t, s, func(tx *store.Tx) error {
		marked, recent, err := tx.SearchBacklog(10)
		if marked+recent != 0 {
			t.Errorf("%d marks and %d recent rows are left", marked, recent)
		}
		return err
	})
}

// A search ends with its caller, and when it would look at too much.
func testSearchEnds(t *testing.T, s store.Store) {
	r := &searched{kind: store.SearchOpportunity, table: search.Opportunities, random: rand.New(rand.NewPCG(15, 1))}
	update(t, s, func(tx *store.Tx) error { return writeOpportunity(tx, "1", r.opportunity(1), true) })
	if err := store.FoldSearch(t.Context(), s, r.kind, "1", searchCatalog); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	view(t, s, func(tx *store.Tx) error {
		_, err := tx.For(ctx).Search(&store.SearchQuery{
			Table: r.table, Account: "1", Catalog: searchCatalog, Sort: r.table.Order, Limit: 1,
		})
		return isNot(err, context.Canceled)
	})
	for name, filter := range map[string]*search.Node{"all": nil, "some": {Op: search.GreaterThan, Field: r.table.Field("CreatedDate")}} {
		view(t, s, func(tx *store.Tx) error {
			q := &store.SearchQuery{Table: r.table, Account: "1", Catalog: searchCatalog, Filter: filter}
			_, _, err := tx.For(ctx).SearchGroups(q, []*search.Field{r.table.Field("Stage")})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("counting %s: got %v, want %v", name, err, context.Canceled)
			}
			return nil
		})
	}
}

// What a search may look at is bounded; a row that is compared with many parts of texts
// counts more.
func testSearchTooWide(t *testing.T, s store.Store) {
	r := &searched{kind: store.SearchOpportunity, table: search.Opportunities, random: rand.New(rand.NewPCG(17, 1))}
	const rows, lists, parts, longest = 20, 20, 20, 255
	for n := range rows {
		update(t, s, func(tx *store.Tx) error { return writeOpportunity(tx, "1", r.opportunity(n), true) })
	}
	if err := store.FoldSearch(t.Context(), s, r.kind, "1", searchCatalog); err != nil {
		t.Fatal(err)
	}
	widest := &search.Node{Op: search.And}
	for i := range lists {
		list := &search.Node{Op: search.ContainsAny, Field: r.table.Field("PartnerProjectTitle")}
		for j := range parts {
			list.Texts = append(list.Texts, strings.Repeat(string(rune('a'+j)), longest-1)+string(rune('a'+i)))
		}
		widest.Nodes = append(widest.Nodes, list)
	}
	one := &search.Node{Op: search.ContainsAny, Field: r.table.Field("PartnerProjectTitle"), Texts: []string{"nowhere"}}
	for name, c := range map[string]struct {
		filter *search.Node
		most   int
		want   error
	}{
		"one part, all rows":    {one, 2 * rows, nil},
		"one part, some rows":   {one, rows / 5, store.ErrSearchTooWide},
		"many parts, all rows":  {widest, 2 * rows, store.ErrSearchTooWide},
		"many parts, no limits": {widest, 0, nil},
	} {
		view(t, s, func(tx *store.Tx) error {
			q := &store.SearchQuery{
				Table: r.table, Account: "1", Catalog: searchCatalog, Sort: r.table.Order, Limit: 1,
				Filter: c.filter, Window: 1, MaxWork: c.most,
			}
			if found, err := tx.Search(q); !errors.Is(err, c.want) || len(found) > 0 {
				t.Errorf("%s: found %v, %v; want %v", name, found, err, c.want)
			}
			if _, _, err := tx.SearchGroups(q, nil); !errors.Is(err, c.want) {
				t.Errorf("counting %s: %v; want %v", name, err, c.want)
			}
			return nil
		})
	}
}

func testSearchCustomers(t *testing.T, s store.Store) { searchCustomers(t, s, false, searchTrees()/2) }

func searchCustomers(t *testing.T, s store.Store, haste bool, searches int) {
	r := &searched{kind: store.SearchCustomer, table: search.Customers, random: rand.New(rand.NewPCG(16, 1))}
	documents := map[string][]byte{}
	for n := range 150 {
		account, id := []string{"1", "2"}[n%2], fmt.Sprintf("cust-acc-%03d", n)
		key := store.CustomerAccountKey{Account: account, Catalog: searchCatalog, ID: id}
		document := r.customer()
		update(t, s, func(tx *store.Tx) error {
			return tx.InsertCustomerAccount(&store.CustomerAccount{CustomerAccountKey: key, ModifiedAt: 1, Document: []byte("{}")})
		})
		if n == 75 {
			r.fold(t, s, account)
		}
		update(t, s, func(tx *store.Tx) error {
			return tx.UpdateCustomerAccount(&store.CustomerAccount{CustomerAccountKey: key, ModifiedAt: 2, Document: document}, 1)
		})
		documents[account+id] = document
	}
	for n := 0; n < 150; n += 7 {
		account, id := []string{"1", "2"}[n%2], fmt.Sprintf("cust-acc-%03d", n)
		r.haste = haste
		r.fold(t, s, account)
		update(t, s, func(tx *store.Tx) error {
			return tx.DeleteCustomerAccount(store.CustomerAccountKey{Account: account, Catalog: searchCatalog, ID: id})
		})
		delete(documents, account+id)
	}
	r.rows = map[string][]*search.Row{}
	for key, document := range documents {
		row, err := search.CustomerRow(key[1:], document)
		if err != nil {
			t.Fatal(err)
		}
		r.rows[key[:1]] = append(r.rows[key[:1]], row)
	}
	r.compare(t, s, searches)
	r.compareGroups(t, s)
	if haste {
		r.moved(t, s)
		r.compare(t, s, 100)
		r.compareGroups(t, s)
	}
}

func (r *searched) customer() []byte {
	document, _ := api.Marshal(map[string]any{
		"EnrichmentStatus": r.one("PENDING", "ENRICHED"), "ImportId": r.maybe("bulkjob-1", "bulkjob-2"),
		"CreatedDate": api.Timestamp(1_700_000_000_000 + r.random.IntN(3)), "LastModifiedDate": api.Timestamp(1_700_000_000_000 + r.random.IntN(5)),
		"Account": map[string]any{"CompanyName": r.maybe(searchNames...)},
		"AwsEnrichment": map[string]any{
			"Customer": map[string]any{
				"Industry": r.maybe("Retail", "Travel"), "Segment": r.maybe("SMB"), "Region": r.maybe("DACH", "UKI"), "Geo": r.maybe("EMEA"),
				"Country": r.maybe("DE", "GB"), "CustomerAccountPlanningQualification": r.maybe("Qualified"), "EligiblePrograms": r.some("A", "B", "C"),
			},
			"Insights": map[string]any{
				"MarketplaceEngagementScore": r.maybe("High", "Medium", "Low"), "SolutionScore": r.maybe("High", "Low"), "SolutionCategory": r.maybe("AI"),
			},
		},
	})
	return document
}

// compareGroups counts what random filters find by every field that counts.
func (r *searched) compareGroups(t *testing.T, s store.Store) {
	t.Helper()
	fields := slices.DeleteFunc(slices.Clone(r.table.Fields), func(f *search.Field) bool { return !f.Grouped })
	for n := range 200 {
		g := &searchtest.Generator{Random: rand.New(rand.NewPCG(uint64(n), 8)), Table: r.table, Rows: r.rows["1"]}
		q, _ := g.Query()
		q.Words = nil
		want := make([]store.SearchGroup, len(fields))
		var wantTotal int64
		for i := range want {
			want[i].Counts = map[string]int64{}
		}
		for _, row := range r.rows["1"] {
			if !searchtest.Passes(q.Filter, row) {
				continue
			}
			wantTotal++
			for i, f := range fields {
				v := row.Value(f)
				if !v.Exists {
					want[i].Missing++
				}
				for _, text := range v.Texts {
					want[i].Counts[text]++
				}
			}
		}
		view(t, s, func(tx *store.Tx) error {
			total, got, err := tx.SearchGroups(&store.SearchQuery{Table: r.table, Account: "1", Catalog: searchCatalog, Filter: q.Filter, Window: []int{0, 1, 7}[n%3]}, fields)
			if diff := cmp.Diff(want, got); diff != "" || total != wantTotal {
				t.Errorf("group %d: %d of %d (-want +got):\n%s", n, total, wantTotal, diff)
			}
			return err
		})
	}
}
