package campaigns

import (
	"testing"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/page"
	"hailong/web/staff"
)

// The steps that need a campaign first name buttons of its page.
func TestHelpNamesTheCampaignsButtons(t *testing.T) {
	t.Parallel()
	who := &staff.SignedIn{User: people.User{Grant: survey.Grant{Role: survey.HomeAffairs}}}
	h := New(&staff.Pages{Site: &page.Site{Catalog: func() *survey.Catalog { return &survey.Catalog{} }}}, nil, nil, nil, nil, nil, nil)
	offered := map[string]bool{}
	for _, state := range []survey.CampaignState{survey.Draft, survey.Open, survey.ClosedDown, survey.Published, survey.Withdrawn} {
		for _, change := range h.changesOf(who, &survey.Campaign{ID: "x", State: state, Editions: []survey.Edition{{Number: 1}}}) {
			offered[change.Key()] = true
		}
	}
	for _, key := range []string{"campaign.open", "campaign.close", "campaign.publish", "campaign.withdraw"} {
		if !offered[key] {
			t.Errorf("no state of a campaign offers %s", key)
		}
	}
}
