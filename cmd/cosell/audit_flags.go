package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"cosell/internal/audit"
)

// auditFlags are the flags of serve about the audit.
type auditFlags struct {
	Audit       string        `enum:"auto,off,writes,all" default:"auto" help:"What the audit keeps: off, writes (with what is refused of them) or all; auto is writes with strict auth, else off (${default})."`
	AuditFile   string        `placeholder:"FILE" help:"File to which each entry of the audit is appended as a line of JSON."`
	AuditEvents bool          `help:"Send each entry that changes something of an account to its event bus, too, as CloudTrail does."`
	KeepAudit   time.Duration `default:"2160h" placeholder:"AGE" help:"Age from which on entries of the audit are removed; 0 keeps them (${default})."`
}

func (f auditFlags) mode(strict bool) audit.Mode {
	switch {
	case f.Audit != "auto":
		return audit.Mode(f.Audit)
	case strict:
		return audit.Writes
	}
	return audit.Off
}

// openAuditFile opens the file of the audit, nil without one. The process closes it.
func (f auditFlags) openAuditFile() (io.Writer, error) {
	if f.AuditFile == "" {
		return nil, nil
	}
	const own = 0o600
	file, err := os.OpenFile(f.AuditFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, own)
	if err != nil {
		return nil, fmt.Errorf("--audit-file: %w", err)
	}
	return file, nil
}
