package api

import (
	"iter"
	"strconv"
	"strings"
)

// Access is what authorization needs to know of an operation. The generated table of
// operations has it from the contract.
type Access struct {
	// Needed are the actions that a caller must be allowed to take: first the
	// operation's own, then those that depend on it.
	Needed []NeededAction
	// Tags yields the keys and values of the tags that a request brings; nil for none.
	Tags func(in Input) iter.Seq2[string, string]
	// TagKeys returns the keys of tags that a request names; nil for none.
	TagKeys func(in Input) []string
	// Keys are the condition keys of the operation beside the global ones, with the
	// value that a request gives them, "" for none.
	Keys map[string]func(in Input) string
}

// NeededAction is an action with what it is taken on.
type NeededAction struct {
	Action string // as policies write it, such as partnercentral:GetOpportunity
	// Resources returns the ARNs of what a request takes the action on; none means that
	// the request does not take it. Nil is every resource.
	Resources func(account string, in Input) []string
	// IfTagged says that only requests which bring tags take it.
	IfTagged bool
}

// Identifier returns the identifier in a member of a request, which may be an ARN that
// ends with it. Where there is none it returns *, which stands for any.
func Identifier[T ~string](member *T) string {
	if member == nil {
		return "*"
	}
	text := string(*member)
	if strings.HasPrefix(text, "arn:") {
		return text[strings.LastIndexByte(text, '/')+1:]
	}
	return text
}

// Number returns a number in a member of a request as ARNs have it, * where there is
// none.
func Number(member *int32) string {
	if member == nil {
		return "*"
	}
	return strconv.Itoa(int(*member))
}

// NameOrARN returns the ARN that a member of a request has, or that of the name it has
// behind a prefix; none where the member is absent.
func NameOrARN(prefix string, member *string) []string {
	switch {
	case member == nil:
		return nil
	case strings.HasPrefix(*member, "arn:"):
		return []string{*member}
	}
	return []string{prefix + *member}
}
