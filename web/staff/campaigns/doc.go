// Package campaigns is the staff pages about campaigns: their choices, their
// steps from draft to publication, their plan, and how the collection goes.
//
// It must not decide which step is allowed or how progress is counted:
// survey.Campaign and survey/campaigns do.
package campaigns
