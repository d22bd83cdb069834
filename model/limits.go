package model

// Limit bounds the number of entries of a list or map that AWS's model leaves open.
type Limit struct {
	Shape  string
	Max    int64
	Reason string
}

const fewValues = "the enum has fewer values"

// Limits has every open list and map that a request can hold. The generator refuses
// one that is missing: without a bound, a small request could be stored as a large
// record and read again by every list.
var Limits = []Limit{
	{"AmountMap", 100, "amounts by currency, of which there are fewer than 200 and a deal uses a few"},
	{"ApnPrograms", 100, "AWS runs some thirty partner programs"},
	{"AwsMarketplaceProductIdentifiers", 100, "an opportunity has at most ten associated offers"},
	{"AwsMarketplaceSolutionIdentifiers", 100, "an opportunity has at most ten associated solutions"},
	{"AwsOpportunityTeamMembersList", 100, "ten times what the model allows in an opportunity team"},
	{"AwsProductIdentifiers", 100, "five times the twenty products that an opportunity is associated with at most"},
	{"Channels", 100, fewValues},
	{"CustomerContactsList", 100, "ten times what the model allows in an opportunity team"},
	{"DeliveryModels", 100, fewValues},
	{"EligibleProgramsList", 100, "AWS runs some thirty partner programs"},
	{"EngagementInvitationsPayloadType", 100, fewValues},
	{"PrimaryNeedsFromAws", 100, fewValues},
	{"ReceiverResponsibilityList", 100, fewValues},
	{"SalesActivities", 100, fewValues},
	{"SolutionIdentifiers", 100, "an opportunity has at most ten associated solutions"},
	{"UseCases", 100, "AWS's form offers some forty use cases"},
}

// MaxEntries returns the limit of an open list or map, and whether it has one.
func MaxEntries(shape string) (limit int64, found bool) {
	for _, l := range Limits {
		if l.Shape == shape {
			return l.Max, true
		}
	}
	return 0, false
}
