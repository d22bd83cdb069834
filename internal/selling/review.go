package selling

import "cosell/internal/api"

// verdict is one step of the review that Sandbox lets a partner play through
// UpdateOpportunity (facts, opportunities section 11): from any status that is
// not final to one that AWS's reviewer decides.
var sandboxVerdicts = map[api.ReviewStatus]bool{
	api.ReviewStatusApproved:       true,
	api.ReviewStatusActionRequired: true,
	api.ReviewStatusRejected:       true,
}

// updatedReviewStatus returns the review status after an update. It belongs to
// AWS: a client may leave it out or echo it, and in Sandbox play the reviewer.
// Editing what AWS asked about sends the opportunity to review again.
func updatedReviewStatus(catalog string, before, asked *api.LifeCycle) (api.ReviewStatus, error) {
	status := *before.ReviewStatus
	if asked == nil || asked.ReviewStatus == nil || *asked.ReviewStatus == status {
		if status == api.ReviewStatusActionRequired {
			return api.ReviewStatusSubmitted, nil
		}
		return status, nil
	}
	refuse := func(message string) (api.ReviewStatus, error) {
		return "", invalid(api.Violation("lifeCycle.reviewStatus", api.ValidationExceptionErrorCodeActionNotPermitted, message))
	}
	switch {
	case status == api.ReviewStatusApproved:
		return refuse("reviewStatus is not editable if status is Approved")
	case status == api.ReviewStatusRejected:
		return refuse("reviewStatus is not editable if status is Rejected")
	case catalog != catalogSandbox:
		return refuse("reviewStatus is set by AWS's review; leave it out or send the present value, " + string(status))
	case !sandboxVerdicts[*asked.ReviewStatus]:
		return refuse("in Sandbox reviewStatus can be set to Approved, Action Required or Rejected")
	}
	return *asked.ReviewStatus, nil
}
