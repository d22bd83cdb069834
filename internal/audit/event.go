package audit

import (
	"bytes"
	"regexp"
	"strings"

	"cosell/internal/events"
	"cosell/internal/store"
)

// accountPattern is what may get events; an operator may name another text.
var accountPattern = regexp.MustCompile(`^([0-9]{12}|aws)$`)

// emit appends entries to the events of their accounts, in the transaction of their row.
// As at AWS those that only read are no events.
func (r *Recorder) emit(tx *store.Tx, sequence int64, lines []byte) error {
	for i, line := range bytes.Split(lines, newline) {
		record, err := decode(line, sequence, r.writer, i)
		if err != nil {
			return err
		}
		if record.ReadOnly || !accountPattern.MatchString(record.RecipientAccountID) {
			continue
		}
		envelope, err := eventOf(record).Envelope(record.EventID, record.RecipientAccountID, record.EventTime)
		if err != nil {
			return err
		}
		err = tx.InsertEvent(store.Event{Account: record.RecipientAccountID, Sequence: r.IDs.Sequence(), Envelope: envelope})
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *Recorder) emitted() {
	if r.Events && r.Emitted != nil {
		r.Emitted()
	}
}

// eventOf returns the event of a record, as CloudTrail sends it to EventBridge.
func eventOf(record *Record) events.Event {
	service, _, _ := strings.Cut(record.EventSource, ".")
	e := events.Event{Source: "aws." + service, DetailType: "AWS API Call via CloudTrail", Detail: record}
	switch record.EventSource {
	case SourceSignIn:
		e.DetailType = "AWS Console Sign In via CloudTrail"
	case SourceProposals:
		e.Source, e.DetailType = "cosell.proposals", "Proposal via Audit"
	case SourceOperator:
		e.Source, e.DetailType = "cosell.operator", "Operator Action via Audit"
	}
	return e
}
