package fault

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"cosell/internal/api"
	"cosell/internal/nearest"
)

// MemberError says what is wrong with a member of a list of faults.
type MemberError struct {
	Index  int
	Member string
	Reason string
}

// Error implements error.
func (e *MemberError) Error() string { return fmt.Sprintf("[%d].%s: %s", e.Index, e.Member, e.Reason) }

const serviceUnavailable = "ServiceUnavailableException"

// The errors that a fault can give beside those of the contract: what AWS answers about
// signatures and sessions, and what stands between a client and the service.
var otherErrors = []string{
	"ExpiredTokenException", "IncompleteSignatureException", "InvalidSignatureException", "RequestExpired",
	serviceUnavailable, "UnrecognizedClientException", api.TypeSerialization,
}

var modelledErrors = []string{
	api.TypeAccessDenied, api.TypeConflict, api.TypeInternalServer, api.TypeResourceNotFound,
	api.TypeServiceQuotaExceeded, api.TypeThrottling, api.TypeValidation,
}

const (
	// maxLatency is under the time that a server gives an answer.
	maxLatency = 60 * time.Second
	// maxFaults bounds a list, which every request is compared with.
	maxFaults = 1000
)

var accountForm = regexp.MustCompile(`^([0-9]{12}|aws|\*)$`)

// check completes a fault and returns it ready for use.
func (f *Fault) check(at int) (*counted, error) {
	bad := func(member, format string, args ...any) (*counted, error) {
		return nil, &MemberError{at, member, fmt.Sprintf(format, args...)}
	}
	f.Operation, f.Account = cmp.Or(f.Operation, Any), cmp.Or(f.Account, Any)
	c := &counted{Fault: *f, at: at, left: -1}
	_, known := api.Lookup(f.Operation)
	switch {
	case at >= maxFaults:
		return bad("operation", "is one of too many faults; a list may have %d", maxFaults)
	case f.Operation != Any && !known:
		return bad("operation", "is no operation of the API; must be * or an operation, such as %s, is %q",
			cmp.Or(nearest.Word(f.Operation, api.Names(api.Operations)), "CreateOpportunity"), f.Operation)
	case !accountForm.MatchString(f.Account):
		return bad("account", "must be *, twelve digits or aws, is %q", f.Account)
	case f.Error == "" && f.Latency == "" && f.Connection == "" && f.ReadLag == "" && f.ClockSkew == "" && f.Event == "":
		return bad("error", "is missing; must have error, latency, connection, readLag, clockSkew or event")
	case f.Error != "" && f.Connection != "":
		return bad("connection", "must not be together with error, which is an answer")
	case !slices.Contains([]string{"", Reset, Close, Truncate, Hang}, f.Connection):
		return bad("connection", "must be reset, close, truncate or hang, is %q", f.Connection)
	case f.Rate != nil && (*f.Rate < 0 || *f.Rate > 1):
		return bad("rate", "must be from 0 to 1, is %g", *f.Rate)
	case f.Times < 0:
		return bad("times", "must not be negative, is %d", f.Times)
	case f.Sequence != nil && (f.Sequence.Fail < 1 || f.Sequence.Pass < 0):
		return bad("sequence", "must have a fail of at least 1 and a pass of at least 0")
	}
	if f.Times > 0 {
		c.left = f.Times
	}
	for _, check := range []func() (member, reason string){f.badEvent, f.badError, c.badReadLag, c.badClockSkew} {
		if member, reason := check(); member != "" {
			return bad(member, "%s", reason)
		}
	}
	var err error
	if c.low, c.high, err = parseLatency(f.Latency); err != nil {
		return bad("latency", "%v", err)
	}
	return c, nil
}

// badError returns what is wrong with the error of a fault, or "".
func (f *Fault) badError() (member, reason string) {
	types := slices.Concat(modelledErrors, otherErrors)
	name := string(f.Error)
	switch {
	case name != "" && !slices.Contains(types, name):
		if meant := nearest.Word(name, slices.Values(types)); meant != "" {
			return "error", fmt.Sprintf("must be %s, is %q", meant, name)
		}
		return "error", fmt.Sprintf("must be one of %s, is %q", strings.Join(types, ", "), name)
	case name == "" && f.Message != "":
		return "message", "is that of an error; must be absent without one"
	case f.Reason == "":
		return "", ""
	}
	var reasons []string
	switch name {
	case api.TypeValidation:
		reasons = texts(api.ValidationExceptionReason("").Values())
	case api.TypeAccessDenied:
		reasons = texts(api.AccessDeniedExceptionErrorCode("").Values())
	default:
		return "reason", "is not for this error; must be absent, or the error a ValidationException or AccessDeniedException"
	}
	if !slices.Contains(reasons, f.Reason) {
		return "reason", fmt.Sprintf("must be one of %s, is %q", strings.Join(reasons, ", "), f.Reason)
	}
	return "", ""
}

func texts[T ~string](values []T) []string {
	out := make([]string, 0, len(values))
	for _, v := range values {
		out = append(out, string(v))
	}
	return out
}

// parseLatency reads a time such as 250ms, or a range such as 100ms-2s.
func parseLatency(text string) (low, high time.Duration, err error) {
	if text == "" {
		return 0, 0, nil
	}
	first, last, isRange := strings.Cut(text, "-")
	if low, err = time.ParseDuration(first); err == nil {
		high = low
		if isRange {
			high, err = time.ParseDuration(last)
		}
	}
	if err != nil || low < 0 || high < low || high > maxLatency {
		return 0, 0, fmt.Errorf("must be a time such as 250ms or a range such as 100ms-2s, of at most %s, is %q", maxLatency, text)
	}
	return low, high, nil
}

// Entry is a fault in a list, which may have the form of LocalStack's chaos API.
type Entry struct {
	Fault

	Service     string   `json:"service,omitempty" doc:"LocalStack's name of the API: partnercentral-selling; entries for other services are left out"`
	Region      string   `json:"region,omitempty" doc:"Of LocalStack's form; there is one region"`
	Probability *float64 `json:"probability,omitempty" doc:"LocalStack's name of rate"`
}

// service is the API's name in LocalStack's faults.
const service = "partnercentral-selling"

// Faults returns the faults of entries. Those of LocalStack that are for other services
// are left out.
func Faults(entries []Entry) []Fault {
	faults := make([]Fault, 0, len(entries))
	for _, e := range entries {
		if e.Service != "" && e.Service != service {
			continue
		}
		if e.Probability != nil {
			e.Rate = e.Probability
		}
		if e.Service != "" && e.Error == "" && e.Latency == "" && e.Event == "" {
			e.Error = serviceUnavailable // what LocalStack gives without an error
		}
		faults = append(faults, e.Fault)
	}
	return faults
}

// Parse reads a list of faults from JSON.
func Parse(text []byte) ([]Fault, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var entries []Entry
	if err := d.Decode(&entries); err != nil {
		return nil, fmt.Errorf("must be a list of faults in JSON: %w", err)
	}
	return Faults(entries), nil
}

// Presets are lists of faults by name.
func Presets() map[string][]Fault {
	tenth, fifth := 0.1, 0.2
	return map[string][]Fault{
		// Every other request is throttled.
		"throttle": {{Error: api.TypeThrottling, Sequence: &Sequence{Fail: 1, Pass: 1}}},
		// Some requests fail, break off or are slow.
		"flaky": {
			{Error: api.TypeInternalServer, Rate: &tenth},
			{Connection: Reset, Rate: &tenth},
			{Latency: "200ms-2s", Rate: &fifth},
		},
		// Reads do not see yet what was written just before.
		"stale-reads": {{ReadLag: "5s"}},
		// The clock of the client is ten minutes slow.
		"clock-skew": {{ClockSkew: "10m"}},
		// Nothing works.
		"outage": {{Error: serviceUnavailable}},
		// Events come as a bus that promises only one delivery may bring them: some twice,
		// some late, some out of order.
		"events": {
			{Event: Duplicate, Rate: &fifth},
			{Event: Reorder, Latency: "200ms-2s", Rate: &fifth},
			{Event: Delay, Latency: "200ms-2s", Rate: &fifth},
		},
		// The session has ended.
		"expired-token": {{Error: "ExpiredTokenException", Message: "The security token included in the request is expired"}},
	}
}

// given reports whether a fault has a member.
type given struct {
	member string
	is     bool
}

// firstGiven returns the first member that is given, or "".
func firstGiven(all ...given) string {
	for _, g := range all {
		if g.is {
			return g.member
		}
	}
	return ""
}
