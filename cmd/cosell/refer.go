package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
)

// refer refers an opportunity from AWS to a partner.
type refer struct {
	operatorClient
	owner

	File string `arg:"" placeholder:"FILE" help:"JSON object with the members of CreateOpportunity; - is standard input."`
}

// Help implements [kong.HelpProvider].
func (refer) Help() string {
	return examples("cosell refer examples/referral.json --account 123456789012", "jq . deal.json | cosell refer -")
}

// Run sends the referral and prints the identifiers it created.
func (c refer) Run(out output) error {
	opportunity, err := readFile(c.File)
	if err != nil {
		return err
	}
	if !json.Valid(opportunity) {
		return fmt.Errorf("%s: not valid JSON; must be an object with the members of CreateOpportunity", c.File)
	}
	var made struct{ OpportunityID, EngagementID, EngagementInvitationID string }
	body := map[string]any{accountMember: c.Account, catalogMember: c.Catalog, "opportunity": json.RawMessage(opportunity)}
	return c.ask(out, http.MethodPost, "/referrals", body, &made, func(w io.Writer) {
		fmt.Fprintf(w, "AWS refers an opportunity to %s in catalog %s.\n", c.Account, c.Catalog)
		fmt.Fprintf(w, "Opportunity\t%s\t(visible once accepted)\n", made.OpportunityID)
		fmt.Fprintf(w, "Engagement\t%s\n", made.EngagementID)
		fmt.Fprintf(w, "Invitation\t%s\n", made.EngagementInvitationID)
	})
}

func readFile(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(os.Stdin)
	}
	return os.ReadFile(name)
}
