package figures

import (
	"hailong/survey"
)

// EditionView is a publication as pages show it.
type EditionView struct {
	survey.Edition
	Campaign survey.CampaignID
	Late     int64 // respondents who came after it and are not in it
}

// Text is the address of the text of the published figures.
func (e EditionView) Text() string { return SnapshotPath(e.Campaign, e.Hash) }

func SnapshotPath(campaign survey.CampaignID, hash string) string {
	return "/results/" + string(campaign) + "/snapshot/" + hash + ".json"
}
