package surveytest

import (
	"time"

	"hailong/survey"
)

var Response = survey.Response{
	ID: "0199b2a4-7c1e-7d3a-9f00-1234567890ab", Campaign: "tthc-2026", Form: survey.FormRef{Code: "tthc-quick", Version: 3},
	Point: "ABC1234", Unit: "pvhcc-xa-mu-ca", Sector: "land", Channel: survey.ChannelQR, Lang: "vi", Day: "2026-03-02",
	Received: time.Date(2026, 3, 2, 4, 5, 6, 789_000_000, time.UTC),
	Answers: []survey.Answer{
		{Item: "overall", Codes: []int{4}},
		{Item: "wrong", Codes: []int{1, 9, 253}},
		{Item: "other", Codes: []int{survey.NotApplicable}},
		{Item: "count", Number: 4.5},
		{Item: "none", Number: 0},
	},
	Texts: []survey.Words{{Item: "comment", Text: "Cảm ơn 👍"}},
}
