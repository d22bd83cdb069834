package selling

import "cosell/internal/api"

// sandboxVerdicts are the review statuses that Sandbox lets a partner set
// through UpdateOpportunity, to play AWS's reviewer (facts, opportunities
// section 11).
var sandboxVerdicts = map[api.ReviewStatus]bool{
	api.ReviewStatusApproved:       true,
	api.ReviewStatusActionRequired: true,
	api.ReviewStatusRejected:       true,
}

// verdict returns the review status that an update asks for, nil where it leaves
// it out or echoes the stored one.
func verdict(catalog string, stored, asked *api.LifeCycle) (*api.ReviewStatus, error) {
	status := *stored.ReviewStatus
	if asked == nil || asked.ReviewStatus == nil || *asked.ReviewStatus == status {
		return nil, nil
	}
	refused := ""
	switch {
	case status == api.ReviewStatusApproved || status == api.ReviewStatusRejected:
		refused = "reviewStatus is not editable if status is " + string(status)
	case catalog != catalogSandbox:
		refused = "reviewStatus is set by AWS's review; leave it out or send the present value, " + string(status)
	case !sandboxVerdicts[*asked.ReviewStatus]:
		refused = "in Sandbox reviewStatus can be set to Approved, Action Required or Rejected"
	default:
		return asked.ReviewStatus, nil
	}
	return nil, invalid(api.Violation("lifeCycle.reviewStatus", api.ValidationExceptionErrorCodeActionNotPermitted, refused))
}
