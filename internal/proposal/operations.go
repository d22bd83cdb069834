package proposal

import (
	"reflect"
	"regexp"
	"slices"
	"strings"

	"cosell/internal/api"
)

// TargetPrefix stands before the dot of the X-Amz-Target header of a request that
// proposes. It is none of AWS's, so that a server without proposals refuses the request
// instead of carrying it out.
const TargetPrefix = "CosellProposals"

// Prefix stands before the name of an operation that is proposed.
const Prefix = "Propose"

var tokenPattern = regexp.MustCompile(`^prop-[a-z2-7]{24}$`)

// GetProposalRequest names a proposal of the caller's.
type GetProposalRequest struct {
	ProposalToken *string `json:"Token"`
}

// Check implements [api.Input].
func (r *GetProposalRequest) Check() []api.ValidationExceptionError {
	switch {
	case r.ProposalToken == nil:
		return []api.ValidationExceptionError{api.Violation("token", api.ValidationExceptionErrorCodeRequiredFieldMissing, "is missing; must be that of a proposal")}
	case !tokenPattern.MatchString(*r.ProposalToken):
		return []api.ValidationExceptionError{api.Violation("token", api.ValidationExceptionErrorCodeInvalidStringFormat, "must be prop- and 24 letters or digits")}
	}
	return nil
}

// CatalogName implements [api.Input].
func (*GetProposalRequest) CatalogName() string { return "" }

// Token implements [api.Input].
func (*GetProposalRequest) Token() string { return "" }

// Operations proposes each operation that writes, and tells a caller about its proposals,
// sorted by name. To propose, a caller must be allowed the operation and to read the
// record that it changes.
var Operations = func() []api.Operation {
	all := []api.Operation{{
		Name: "GetProposal", NewInput: func() api.Input { return new(GetProposalRequest) }, HasOutput: true, ReadOnly: true,
	}}
	for i := range api.Operations {
		if op := &api.Operations[i]; !op.ReadOnly {
			access := op.Access
			access.Needed = append(slices.Clone(access.Needed), reads(op)...)
			all = append(all, api.Operation{Name: Prefix + op.Name, NewInput: op.NewInput, HasOutput: true, Access: access})
		}
	}
	return all
}()

// reads returns what the caller needs to see the difference.
func reads(op *api.Operation) (needed []api.NeededAction) {
	for _, name := range []string{
		"GetCustomerAccount", "GetEngagement", "GetEngagementInvitation", "GetOpportunity", "GetResourceSnapshotJob", "GetSellingSystemSettings", "ListTagsForResource",
	} {
		read, _ := api.Lookup(name)
		for _, n := range read.Access.Needed {
			needed = append(needed, api.NeededAction{Action: n.Action, Resources: func(account string, in api.Input) []string {
				switch t := targetOf(op, in); {
				case t == nil || t.op != read:
					return nil
				case n.Resources == nil:
					return []string{"*"}
				default:
					return n.Resources(account, t.in)
				}
			}})
		}
	}
	return needed
}

// target is the record that an operation changes, and how it is read.
type target struct {
	id string
	op *api.Operation
	in api.Input
}

// kinds are the records by the beginning of their identifiers.
var kinds = []struct {
	prefix, read, member string
}{
	{"O", "GetOpportunity", "Identifier"},
	{"engi-", "GetEngagementInvitation", "Identifier"},
	{"eng-", "GetEngagement", "Identifier"},
	{"cust-acc-", "GetCustomerAccount", "Identifier"},
	{"job-", "GetResourceSnapshotJob", "ResourceSnapshotJobIdentifier"},
}

// named are the members that name the record which an operation changes.
var named = []string{"OpportunityIdentifier", "Identifier", "EngagementIdentifier", "ResourceSnapshotJobIdentifier"}

// targetOf returns the record that a request changes, nil where it makes one.
func targetOf(op *api.Operation, in api.Input) *target {
	switch op.Name {
	case "PutSellingSystemSettings":
		return newTarget(in.CatalogName(), "GetSellingSystemSettings", in, "", "")
	case "TagResource", "UntagResource":
		arn := member(in, "ResourceArn")
		return newTarget(arn, "ListTagsForResource", in, "ResourceArn", arn)
	}
	for _, name := range named {
		value := member(in, name)
		if value == "" {
			continue
		}
		id := value[strings.LastIndexByte(value, '/')+1:]
		for _, k := range kinds {
			if strings.HasPrefix(id, k.prefix) {
				return newTarget(id, k.read, in, k.member, value)
			}
		}
	}
	return nil
}

func newTarget(id, read string, in api.Input, name, value string) *target {
	op, _ := api.Lookup(read)
	t := &target{id: id, op: op, in: op.NewInput()}
	to := reflect.ValueOf(t.in).Elem()
	if catalog := to.FieldByName("Catalog"); catalog.IsValid() {
		catalog.Set(reflect.ValueOf(new(in.CatalogName())))
	}
	if name != "" {
		to.FieldByName(name).Set(reflect.ValueOf(&value))
	}
	return t
}

// member returns a text member of a request, "" without it.
func member(in api.Input, name string) string {
	v := reflect.ValueOf(in).Elem().FieldByName(name)
	if !v.IsValid() || v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.String {
		return ""
	}
	return v.Elem().String()
}
