package selling

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cosell/internal/api"
)

// A failed step's code follows from what went wrong in it.
func TestReasonCodes(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want api.ReasonCode
	}{
		{"not there", api.NotFound(""), api.ReasonCodeInvitationAccessDenied},
		{"not the caller's", api.AccessDenied("no"), api.ReasonCodeInvitationAccessDenied},
		{"a rule", invalid(), api.ReasonCodeInvitationValidationFailed},
		{"another state", api.Conflict("no"), api.ReasonCodeEngagementInvitationConflict},
		{"no room", api.QuotaExceeded("no"), api.ReasonCodeServiceQuotaExceeded},
		{"too fast", api.Throttled("no"), api.ReasonCodeRequestThrottled},
		{"a reason of its own", because(api.ReasonCodeContextNotFound, api.NotFound("")), api.ReasonCodeContextNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, ok := errors.AsType[*api.Error](c.err); !ok {
				t.Fatalf("%v is no error of the contract", c.err)
			}
			if got := invitationReasons.code(c.err); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// A reason belongs to one failure: errors that several places return stay as
// they are, and so does what is no error of the contract.
func TestReasonsLeaveErrorsAlone(t *testing.T) {
	shared := api.Conflict("no")
	if err := because(api.ReasonCodeContextNotFound, shared); err == error(shared) || shared.Cause != nil {
		t.Error("the shared error was given a reason")
	}
	fault := errors.New("disk full")
	if _, ok := errors.AsType[*api.Error](because(api.ReasonCodeContextNotFound, fault)); ok || because(api.ReasonCodeContextNotFound, nil) != nil {
		t.Error("what is no error of the contract became one")
	}
}

// Every step can name each of its failures, and is called what it does.
func TestEveryStepHasReasons(t *testing.T) {
	for name, kind := range taskKinds {
		if kind.name != name || len(kind.steps) == 0 {
			t.Errorf("the kind %s is called %s and has %d steps", name, kind.name, len(kind.steps))
		}
		for _, step := range kind.steps {
			if _, ok := api.Lookup(step.operation); !ok {
				t.Errorf("%s: no operation %s", name, step.operation)
			}
			if step.reasons.denied == "" || step.reasons.invalid == "" || step.reasons.conflict == "" {
				t.Errorf("%s, %s: a reason is missing", name, step.operation)
			}
		}
	}
}

func TestTaskMessages(t *testing.T) {
	missing := api.ValidationExceptionErrorCodeRequiredFieldMissing
	wrong := api.ValidationExceptionErrorCodeInvalidValue
	for _, c := range []struct {
		name string
		err  *api.Error
		want string
	}{
		{"no violation", api.Conflict("The invitation has expired"), "The invitation has expired"},
		{
			"fields are missing", api.Invalid("", api.Violation("a.title", missing, "title is required"), api.Violation("b", missing, "b is required")),
			"OPPORTUNITY_VALIDATION_FAILED title is required;b is required",
		},
		{
			"a field is missing, another wrong", api.Invalid("", api.Violation("a.title", missing, "title is required"), api.Violation("b", wrong, "must be c")),
			"BUSINESS_VALIDATION_EXCEPTION a.title:title is required;b:must be c",
		},
		{
			"no field", api.Invalid("", limitedCoSell[1]),
			"BUSINESS_VALIDATION_EXCEPTION ACTION_NOT_PERMITTED:You cannot perform Submit action. Opportunity cannot be submitted or updated to Limited Visibility",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := taskMessage(c.err); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// The page for readers has the steps as they are.
func TestTheTasksPageHasTheSteps(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "behavior", "tasks.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []*taskKind{taskFromOpportunity, taskAccepting, taskFromEngagement} {
		var table strings.Builder
		table.WriteString("| Step | Not there, not yours | A rule is broken | Another state |\n|---|---|---|---|\n")
		for i, step := range kind.steps {
			fmt.Fprintf(&table, "| %d. %s | `%s` | `%s` | `%s` |\n",
				i+1, step.operation, step.reasons.denied, step.reasons.invalid, step.reasons.conflict)
		}
		if !strings.Contains(string(page), table.String()) {
			t.Errorf("docs/behavior/tasks.md lacks the table of %s:\n%s", kind.name, table.String())
		}
	}
}
