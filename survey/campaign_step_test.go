package survey

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStepsOfACampaign(t *testing.T) {
	t.Parallel()
	all := []CampaignStep{StepEdit, StepOpen, StepDiscard, StepClose, StepReopen, StepPublish, StepWithdraw}
	for state, want := range map[CampaignState][]CampaignStep{
		Draft:      {StepEdit, StepOpen, StepDiscard},
		Open:       {StepEdit, StepClose},
		ClosedDown: {StepReopen, StepPublish},
		Published:  {StepWithdraw},
		Withdrawn:  {StepPublish},
		"lost":     nil,
	} {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			c := Campaign{State: state, Editions: []Edition{{Number: 1}}}
			var got []CampaignStep
			for _, step := range all {
				if c.Allows(step) {
					got = append(got, step)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("steps allowed (-want +got):\n%s", diff)
			}
			if len(c.Steps()) != len(want) {
				t.Errorf("%v are offered, want these alone: %v", c.Steps(), want)
			}
		})
	}
}

func TestPublishingTakesAPermissionOfItsOwn(t *testing.T) {
	t.Parallel()
	for step, want := range map[CampaignStep]Permission{
		StepEdit: EditCampaigns, StepOpen: EditCampaigns, StepDiscard: EditCampaigns, StepClose: EditCampaigns, StepReopen: EditCampaigns,
		StepPublish: PublishCampaigns, StepWithdraw: PublishCampaigns,
	} {
		if got := step.Needs(); got != want {
			t.Errorf("the step %s needs %s, want %s", step, got, want)
		}
	}
}
