package figures

import (
	"hailong/survey"
)

// EditionView is a publication as pages show it.
type EditionView struct {
	survey.Edition
	Campaign survey.CampaignID
}

// Text is the address of the text of the published figures.
func (e EditionView) Text() string {
	return "/results/" + string(e.Campaign) + "/snapshot/" + e.Hash + ".json"
}
