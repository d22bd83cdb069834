package customer

import (
	"errors"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/arn"
	"cosell/internal/operation"
	"cosell/internal/store"
)

// Mode decides how the customer accounts of a catalog are matched.
type Mode string

// The modes of matching.
const (
	Synthetic Mode = "synthetic" // every account with a website, domain or D-U-N-S number is enriched
	Directory Mode = "directory" // the operator's list of customers decides
	Manual    Mode = "manual"    // the operator decides each account
)

// Matching is the policy by which the accounts of a catalog are matched.
type Matching struct {
	Mode Mode `json:"Mode"`
	// Delay is how long an account stays PENDING, in milliseconds of business time.
	Delay int64 `json:"Delay"`
}

// workMatch is the kind of work that matches one account.
const workMatch = "match-customer-account"

// match is the payload of that work. An account that was modified since is left to
// the work that the modification enqueued.
type match struct {
	Account    string `json:"account"`
	Catalog    string `json:"catalog"`
	ID         string `json:"id"`
	ModifiedAt int64  `json:"modifiedAt"`
}

// The company names that force an outcome in Sandbox.
const (
	magicDuplicate = "Duplicate Inc"
	magicNoMatch   = "No Match Ltd"
	magicError     = "Processing Error LLC"

	catalogSandbox = "Sandbox"
)

// outcome is what matching an account results in.
type outcome struct {
	status     api.EnrichmentStatus
	reason     *api.CustomerAccountFailureReason // in ACTION_REQUIRED
	message    *string                           // likewise
	existing   *string                           // ARN; where the reason is a duplicate
	enrichment *api.AwsEnrichment                // in ENRICHED
	issues     []api.Issue
	customer   string // the customer that the account is mapped to; in ENRICHED
}

func policyName(catalog string) string { return "matching/" + catalog }

// matching returns the policy of a catalog; synthetic while none was set.
func (c *Call) matching(catalog string) (Matching, error) {
	document, err := c.Tx.Policy(policyName(catalog))
	if errors.Is(err, store.ErrNotFound) {
		return Matching{Mode: Synthetic}, nil
	}
	if err != nil {
		return Matching{}, fmt.Errorf("read matching policy: %w", err)
	}
	m, err := operation.Decode[Matching]("matching policy", document)
	if err != nil {
		return Matching{}, err
	}
	return *m, nil
}

// matchLater enqueues the matching of an account that was just written.
func (c *Call) matchLater(row *store.CustomerAccount) error {
	policy, err := c.matching(row.Catalog)
	if err != nil {
		return err
	}
	due := operation.Immediately
	if policy.Delay > 0 {
		due = c.Now + api.Timestamp(policy.Delay)
	}
	work := match{Account: row.Account, Catalog: row.Catalog, ID: row.ID, ModifiedAt: row.ModifiedAt}
	return c.Later(workMatch, fmt.Sprintf("%s/%s/%s@%d", work.Account, work.Catalog, work.ID, work.ModifiedAt), due, work)
}

// handleMatch matches one account by the policy that is in force now.
func (c *Call) handleMatch(payload []byte) error {
	work, err := operation.Decode[match]("work", payload)
	if err != nil {
		return err
	}
	key := store.CustomerAccountKey{Account: work.Account, Catalog: work.Catalog, ID: work.ID}
	row, err := c.Tx.CustomerAccount(key)
	if errors.Is(err, store.ErrNotFound) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return fmt.Errorf("read customer account: %w", err)
	}
	if row.Status != string(api.EnrichmentStatusPending) || row.ModifiedAt != work.ModifiedAt {
		return nil // decided by the operator, or modified meanwhile
	}
	a, err := operation.Decode[account]("customer account", row.Document)
	if err != nil {
		return err
	}
	a.stored = row.Document
	c.DoingAs(processMatching, operationMatch)
	call := &Call{Call: c.OnBehalfOf(work.Account), Config: c.Config}
	return call.match(a)
}

func (c *Call) match(a *account) error {
	policy, err := c.matching(*a.Catalog)
	if err != nil {
		return err
	}
	out, forced, err := c.forced(a)
	switch {
	case err != nil:
		return err
	case forced:
	case policy.Mode == Manual:
		return nil
	case policy.Mode == Directory:
		out, err = c.fromDirectory(a)
	default:
		out, err = c.synthetic(a)
	}
	if err == nil && out.status == api.EnrichmentStatusEnriched {
		out, err = c.mapped(a, out)
	}
	if err != nil {
		return err
	}
	out.issues = issues(a.Account)
	_, err = c.save(a, out)
	return err
}

// forced returns the outcome that a company name forces in Sandbox, and whether
// the account has such a name.
func (c *Call) forced(a *account) (outcome, bool, error) {
	if *a.Catalog != catalogSandbox {
		return outcome{}, false, nil
	}
	switch *a.Account.CompanyName {
	case magicNoMatch:
		return outcome{status: api.EnrichmentStatusNoMatchFound}, true, nil
	case magicError:
		return failed(api.CustomerAccountFailureReasonProcessingError, processingError, nil), true, nil
	case magicDuplicate:
		existing, err := c.another(a)
		return failed(api.CustomerAccountFailureReasonDuplicateCustomerMatch, duplicateMatch, existing), true, err
	}
	return outcome{}, false, nil
}

const (
	processingError = "The account could not be processed; update it to have it matched again"
	duplicateMatch  = "Another customer account is mapped to this customer; use that one, or delete it and update this one"
)

// another returns the ARN of another customer account of the owner, nil where there
// is none: what an account is called the duplicate of by its name alone.
func (c *Call) another(a *account) (*string, error) {
	found, err := c.Tx.CustomerAccounts(c.Caller.Account, *a.Catalog, "", "", 2)
	if err != nil {
		return nil, fmt.Errorf("read customer accounts: %w", err)
	}
	for _, row := range found {
		if row.ID != *a.Id {
			return new(arn.Of(row.Account, row.Catalog, kind+"/"+row.ID)), nil
		}
	}
	return nil, nil
}

func failed(reason api.CustomerAccountFailureReason, message string, existing *string) outcome {
	return outcome{status: api.EnrichmentStatusActionRequired, reason: &reason, message: &message, existing: existing}
}

// synthetic enriches every account that is known by more than its name.
func (c *Call) synthetic(a *account) (outcome, error) {
	id := identify(a.Account)
	if !id.known() {
		return outcome{status: api.EnrichmentStatusNoMatchFound}, nil
	}
	enrichment, err := c.enrichment(a.Account)
	return outcome{status: api.EnrichmentStatusEnriched, enrichment: enrichment, customer: id.key()}, err
}

// fromDirectory enriches an account with what the operator's list has about the
// customer.
func (c *Call) fromDirectory(a *account) (outcome, error) {
	_, document, err := c.Tx.FindInDirectory(*a.Catalog, identify(a.Account).like())
	if errors.Is(err, store.ErrNotFound) {
		return outcome{status: api.EnrichmentStatusNoMatchFound}, nil
	}
	entry, err := operation.Load[DirectoryEntry]("directory", document, err)
	if err != nil {
		return outcome{}, err
	}
	enrichment := entry.Enrichment
	if enrichment == nil {
		if enrichment, err = c.enrichment(entry.data()); err != nil {
			return outcome{}, err
		}
	}
	return outcome{status: api.EnrichmentStatusEnriched, enrichment: enrichment, customer: identify(entry.data()).key()}, nil
}

// mapped maps an account to the customer of an outcome, or returns the outcome of
// one whose customer another account is mapped to.
func (c *Call) mapped(a *account, out outcome) (outcome, error) {
	key := store.CustomerAccountKey{Account: c.Caller.Account, Catalog: *a.Catalog, ID: *a.Id}
	id, err := c.Tx.MappedCustomerAccount(key.Account, key.Catalog, out.customer)
	switch {
	case err == nil && id != key.ID:
		return failed(api.CustomerAccountFailureReasonDuplicateCustomerMatch, duplicateMatch,
			new(arn.Of(key.Account, key.Catalog, kind+"/"+id))), nil
	case err == nil:
		return out, nil
	case !errors.Is(err, store.ErrNotFound):
		return out, fmt.Errorf("read mapping: %w", err)
	}
	if err := c.Tx.MapCustomer(key, out.customer); err != nil {
		if errors.Is(err, store.ErrExists) {
			return out, store.ErrStale // mapped at the same time: look again
		}
		return out, fmt.Errorf("map customer: %w", err)
	}
	return out, nil
}

// save writes an account with an outcome, which modifies it, and keeps the change.
func (c *Call) save(a *account, out outcome) (*store.CustomerAccount, error) {
	previous := *a.LastModifiedDate
	a.EnrichmentStatus = &out.status
	a.ReasonCode, a.Message, a.ExistingCustomerAccountArn = out.reason, out.message, out.existing
	a.AwsEnrichment, a.Issues = out.enrichment, out.issues
	a.LastModifiedDate = new(c.NextModified(previous))
	row, err := c.row(a)
	if err != nil {
		return nil, err
	}
	if out.status != api.EnrichmentStatusEnriched {
		if err := c.Tx.UnmapCustomer(row.CustomerAccountKey); err != nil {
			return nil, fmt.Errorf("remove mapping: %w", err)
		}
	}
	if err := c.Tx.UpdateCustomerAccount(row, int64(previous)); err != nil {
		return nil, fmt.Errorf("update customer account: %w", err)
	}
	return row, c.keepChange(a, row)
}
