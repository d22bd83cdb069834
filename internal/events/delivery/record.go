package delivery

import (
	"encoding/json"
	"time"
	"unicode/utf8"
)

const (
	// maxTries is how many attempts the log of a delivery keeps: the last ones.
	maxTries = 10
	// maxText is how much of an error or answer it keeps.
	maxText = 512
)

// Try is one attempt in the log of a delivery.
type Try struct {
	At           string `json:"at" doc:"When the attempt began"`
	Milliseconds int64  `json:"milliseconds" doc:"How long it took"`
	Status       int    `json:"status,omitempty" doc:"HTTP status of the answer"`
	Answer       string `json:"answer,omitempty" doc:"Beginning of the answer"`
	Error        string `json:"error,omitempty" doc:"Why the attempt failed"`
}

// DeadLetter has the attributes that EventBridge gives to a message in a dead-letter
// queue.
type DeadLetter struct {
	RuleARN            string `json:"RULE_ARN"`
	TargetARN          string `json:"TARGET_ARN"`
	ErrorCode          string `json:"ERROR_CODE"`
	ErrorMessage       string `json:"ERROR_MESSAGE"`
	ExhaustedCondition string `json:"EXHAUSTED_RETRY_CONDITION,omitempty"`
	RetryAttempts      int64  `json:"RETRY_ATTEMPTS"`
}

// record is the document of a delivery.
type record struct {
	Duplicate  bool        `json:"duplicate,omitempty"` // by a fault
	Tries      []Try       `json:"tries,omitempty"`
	DeadLetter *DeadLetter `json:"deadLetter,omitempty"`
}

func (r *record) encode() []byte {
	text, err := json.Marshal(r)
	if err != nil { // it has texts and numbers only
		return []byte("{}")
	}
	return text
}

// ReadLog returns the attempts at a delivery, oldest first, and what makes it a dead
// letter, if it is one.
func ReadLog(log []byte) ([]Try, *DeadLetter) {
	r := readRecord(log)
	return r.Tries, r.DeadLetter
}

func readRecord(text []byte) *record {
	r := new(record)
	_ = json.Unmarshal(text, r) // nobody else writes it
	return r
}

// add appends an attempt.
func (r *record) add(begun time.Time, took time.Duration, o Outcome) {
	t := Try{
		At: begun.UTC().Format("2006-01-02T15:04:05.000Z07:00"), Milliseconds: took.Milliseconds(),
		Status: o.Status, Answer: cut(o.Answer),
	}
	if !o.OK() {
		t.Error = cut(o.Message)
	}
	r.Tries = append(r.Tries, t)
	r.Tries = r.Tries[max(0, len(r.Tries)-maxTries):]
}

// cut returns the beginning of a text.
func cut(s string) string {
	if len(s) <= maxText {
		return s
	}
	n := maxText
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
