package survey

import "slices"

// CampaignStep is something that staff can do with a campaign.
type CampaignStep string

// The steps. All but the edit lead to another state, or to none.
const (
	StepEdit     CampaignStep = "edit"
	StepOpen     CampaignStep = "open"
	StepDiscard  CampaignStep = "discard"
	StepClose    CampaignStep = "close"
	StepReopen   CampaignStep = "reopen"
	StepPublish  CampaignStep = "publish"
	StepWithdraw CampaignStep = "withdraw"
)

// Steps are what can be done with the campaign in its state, the usual step
// first. One that publishes by month or quarter does so while it is open.
func (c *Campaign) Steps() (steps []CampaignStep) {
	switch c.State {
	case Draft:
		return []CampaignStep{StepOpen, StepEdit, StepDiscard}
	case Open:
		steps = []CampaignStep{StepClose, StepEdit}
		if c.Rhythm != Once {
			steps = []CampaignStep{StepPublish, StepEdit, StepClose}
		}
	case ClosedDown:
		steps = []CampaignStep{StepPublish, StepReopen}
	case Published:
	case Withdrawn:
		return []CampaignStep{StepPublish}
	}
	if c.Current() != nil {
		steps = append(steps, StepWithdraw)
	}
	return steps
}

// Allows reports whether a step can be taken in the campaign's state.
func (c *Campaign) Allows(step CampaignStep) bool { return slices.Contains(c.Steps(), step) }

// Needs is the permission that a step takes: who runs campaigns does not
// thereby decide what is published.
func (s CampaignStep) Needs() Permission {
	if s == StepPublish || s == StepWithdraw {
		return PublishCampaigns
	}
	return EditCampaigns
}
