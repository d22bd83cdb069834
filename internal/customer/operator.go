package customer

import (
	"context"
	"errors"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/arn"
	"cosell/internal/operation"
	"cosell/internal/rule"
	"cosell/internal/store"
)

// DirectoryEntry is a customer in the directory of an operator.
type DirectoryEntry struct {
	CompanyName string
	Domain      string // "" is absent, as below
	Duns        string
	CountryCode string
	// Enrichment is what accounts of the customer are enriched with; nil makes it up.
	Enrichment *api.AwsEnrichment
}

// data is the entry in the form of an account's data.
func (e *DirectoryEntry) data() *api.CustomerAccountData {
	data := &api.CustomerAccountData{CompanyName: &e.CompanyName}
	if e.Domain != "" {
		data.Domain = &e.Domain
	}
	if e.Duns != "" {
		data.Duns = &e.Duns
	}
	if e.CountryCode != "" {
		data.Address = &api.Address{CountryCode: new(api.CountryCode(e.CountryCode))}
	}
	return data
}

// Matching returns the policy by which the accounts of a catalog are matched.
func (s *Service) Matching(ctx context.Context, catalog string) (m Matching, err error) {
	err = s.view(ctx, "", func(c *Call) error {
		m, err = c.matching(catalog)
		return err
	})
	return m, err
}

// PutMatching sets the policy. It decides about the accounts that are matched from
// now on, those that are PENDING for their delay included.
func (s *Service) PutMatching(ctx context.Context, catalog string, m Matching) error {
	return s.update(ctx, "", func(c *Call) error {
		document, err := operation.Encode("matching policy", m)
		if err != nil {
			return err
		}
		return c.Tx.PutPolicy(policyName(catalog), document)
	})
}

// Directory returns the directory of a catalog.
func (s *Service) Directory(ctx context.Context, catalog string) (entries []DirectoryEntry, err error) {
	err = s.view(ctx, "", func(c *Call) error {
		documents, err := c.Tx.Directory(catalog)
		if err != nil {
			return fmt.Errorf("read directory: %w", err)
		}
		entries = make([]DirectoryEntry, len(documents))
		for i, document := range documents {
			entry, err := operation.Decode[DirectoryEntry]("directory", document)
			if err != nil {
				return err
			}
			entries[i] = *entry
		}
		return nil
	})
	return entries, err
}

// PutDirectory replaces the directory of a catalog. Accounts that were matched
// before stay as they are.
func (s *Service) PutDirectory(ctx context.Context, catalog string, entries []DirectoryEntry) error {
	rows := make([]store.DirectoryCustomer, len(entries))
	for i := range entries {
		rows[i] = identify(entries[i].data()).like()
		var err error
		if rows[i].Document, err = operation.Encode("directory", &entries[i]); err != nil {
			return err
		}
	}
	return s.update(ctx, "", func(c *Call) error { return c.Tx.PutDirectory(catalog, rows) })
}

// CustomerAccounts returns at most limit customer accounts of an account in a
// catalog behind an identifier, by identifier. An empty status is any.
func (s *Service) CustomerAccounts(
	ctx context.Context, account, catalog, status, after string, limit int,
) (found []api.GetCustomerAccountResponse, err error) {
	err = s.view(ctx, account, func(c *Call) error {
		rows, err := c.Tx.CustomerAccounts(account, catalog, status, after, limit)
		if err != nil {
			return fmt.Errorf("read customer accounts: %w", err)
		}
		found = make([]api.GetCustomerAccountResponse, len(rows))
		for i := range rows {
			a, err := operation.Decode[api.GetCustomerAccountResponse]("customer account", rows[i].Document)
			if err != nil {
				return err
			}
			found[i] = *a
		}
		return nil
	})
	return found, err
}

// Decision is the operator's decision about one account.
type Decision struct {
	Outcome    api.EnrichmentStatus
	ReasonCode api.CustomerAccountFailureReason // "" follows from Existing
	Message    string
	Existing   string // identifier of the account that is mapped to the customer already
	Enrichment *api.AwsEnrichment
	Issues     []api.Issue
}

// MatchCustomerAccount decides about an account in place of the policy, whatever
// its status.
func (s *Service) MatchCustomerAccount(
	ctx context.Context, key store.CustomerAccountKey, d Decision,
) (out *api.GetCustomerAccountResponse, err error) {
	err = s.update(ctx, key.Account, func(c *Call) error {
		c.Doing(operationMatch)
		a, err := c.read(key)
		if err != nil {
			return err
		}
		decided, err := c.decide(a, d)
		if err != nil {
			return err
		}
		if _, err := c.save(a, decided); err != nil {
			return err
		}
		out, err = c.GetCustomerAccount(&api.GetCustomerAccountRequest{Catalog: &key.Catalog, Identifier: &key.ID})
		return err
	})
	return out, err
}

func (c *Call) decide(a *account, d Decision) (outcome, error) {
	out := outcome{status: d.Outcome, issues: d.Issues}
	if len(out.issues) == 0 {
		out.issues = issues(a.Account)
	}
	if err := checkDecision(d); err != nil {
		return out, err
	}
	switch d.Outcome {
	case api.EnrichmentStatusEnriched:
		out.customer = identify(a.Account).key()
		if out.enrichment = d.Enrichment; out.enrichment == nil {
			var err error
			if out.enrichment, err = c.enrichment(a.Account); err != nil {
				return out, err
			}
		}
		return c.mappedByHand(a, out)
	case api.EnrichmentStatusActionRequired:
		return c.actionRequired(a, d, out)
	}
	return out, nil
}

// checkDecision returns what of a decision does not go with its outcome.
func checkDecision(d Decision) error {
	var f rule.Findings
	if d.Enrichment != nil && d.Outcome != api.EnrichmentStatusEnriched {
		f.InvalidValue("enrichment", "must be absent unless outcome is ENRICHED")
	}
	switch {
	case d.Outcome != api.EnrichmentStatusActionRequired:
		for _, member := range []struct{ field, given string }{
			{"reasonCode", string(d.ReasonCode)}, {"message", d.Message}, {"existing", d.Existing},
		} {
			if member.given != "" {
				f.InvalidValue(member.field, "must be absent unless outcome is ACTION_REQUIRED")
			}
		}
	case d.ReasonCode == api.CustomerAccountFailureReasonProcessingError && d.Existing != "":
		f.InvalidValue("existing", "must be absent where reasonCode is PROCESSING_ERROR")
	case d.ReasonCode == api.CustomerAccountFailureReasonDuplicateCustomerMatch && d.Existing == "":
		f.Missing("existing", "is required where reasonCode is DUPLICATE_CUSTOMER_MATCH")
	}
	return rule.Refuse(f.List)
}

// mappedByHand maps an account to its customer; another account that has the
// mapping is a conflict.
func (c *Call) mappedByHand(a *account, out outcome) (outcome, error) {
	mapped, err := c.mapped(a, out)
	if err == nil && mapped.existing != nil {
		err = api.Conflict("The customer is mapped by " + *mapped.existing + " already")
	}
	return mapped, err
}

func (c *Call) actionRequired(a *account, d Decision, out outcome) (outcome, error) {
	reason, message := api.CustomerAccountFailureReasonProcessingError, processingError
	if d.Existing != "" {
		existing := store.CustomerAccountKey{Account: c.Caller.Account, Catalog: *a.Catalog, ID: d.Existing}
		_, err := c.Tx.CustomerAccount(existing)
		if d.Existing == *a.Id || errors.Is(err, store.ErrNotFound) {
			return out, operation.Invalid(api.Violation("existing", api.ValidationExceptionErrorCodeInvalidValue,
				"must be another customer account of the same account and catalog"))
		}
		if err != nil {
			return out, fmt.Errorf("read customer account: %w", err)
		}
		reason, message = api.CustomerAccountFailureReasonDuplicateCustomerMatch, duplicateMatch
		out.existing = new(arn.Of(existing.Account, existing.Catalog, kind+"/"+existing.ID))
	}
	if d.Message != "" {
		message = d.Message
	}
	out.reason, out.message = &reason, &message
	return out, nil
}
