package main

import (
	"time"

	"cosell/internal/retention"
)

// retentionFlags are the flags of serve about the age of rows.
type retentionFlags struct {
	KeepEvents    time.Duration `default:"720h" placeholder:"AGE" help:"Age from which on events are removed; 0 keeps them (${default})."`
	KeepHistory   time.Duration `default:"8760h" placeholder:"AGE" help:"Age from which on the history of records is removed; 0 keeps it (${default})."`
	KeepProposals time.Duration `default:"720h" placeholder:"AGE" help:"Age from which on proposals of agents are removed; 0 keeps them (${default})."`
	KeepTokens    time.Duration `default:"24h" placeholder:"AGE" help:"Age from which on client tokens are removed, at least 24h; 0 keeps them (${default})."`
}

func (c *serve) retention() retention.Policy {
	return retention.Policy{Events: c.KeepEvents, Tokens: c.KeepTokens, Audit: c.KeepAudit, History: c.KeepHistory, Proposals: c.KeepProposals}
}
