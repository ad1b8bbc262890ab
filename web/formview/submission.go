package formview

import (
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/intake"
	"hailong/web/page"
)

const (
	// BodyLimit is the longest body of a form; one with many texts may be longer.
	BodyLimit = 64 << 10
	// letterBytes is what a Vietnamese letter takes, percent-encoded.
	letterBytes = 9
	// lateDays is how long a phone may have been without network: within it the
	// day that the phone gives counts, beyond it the day of arrival.
	lateDays = 14
)

// LongestBody is how long the body of a form may be: each of its texts at its
// longest has room, beside the rest.
func LongestBody(q *survey.Questionnaire) int {
	texts := 0
	for _, item := range q.Items() {
		if item.Type == survey.TextItem {
			texts++
		}
		for _, option := range item.Options {
			if option.Write {
				texts++
			}
		}
	}
	return max(BodyLimit, BodyLimit/4+texts*survey.MaxText*letterBytes)
}

// SubmissionOf reads the body. What it keeps is copied: the request's bytes are
// used again after the handler returns.
func SubmissionOf(c *fiber.Ctx, now time.Time) intake.Submission {
	submission := intake.Submission{
		Lang:  page.ViewOf(c).Lang,
		Given: survey.Given{Codes: map[string][]string{}, Texts: map[string]string{}},
	}
	for k, v := range c.Request().PostArgs().All() {
		key, value := string(k), string(v)
		switch {
		case strings.HasPrefix(key, "a."):
			submission.Given.Codes[key[2:]] = append(submission.Given.Codes[key[2:]], value)
		case strings.HasPrefix(key, "t."):
			// An item with several options to write beside has several fields.
			if submission.Given.Texts[key[2:]] == "" {
				submission.Given.Texts[key[2:]] = value
			}
		case key == "id":
			submission.ID = value
		case key == "form":
			submission.Form = ParseFormRef(value)
		case key == "lang":
			submission.Lang = page.LangOf(value)
		case key == "day":
			submission.Day = lateDay(survey.Date(value), now)
		}
	}
	return submission
}

// SlipField is the name of the field that holds a slip.
const SlipField = "slip"

// longestSlip bounds what is looked up.
const longestSlip = 64

// SlipOf returns the slip in the body, empty if there is none.
func SlipOf(c *fiber.Ctx) string {
	slip := c.Request().PostArgs().Peek(SlipField)
	return string(slip[:min(len(slip), longestSlip)])
}

// ParseFormRef reads "quick@2"; anything else is the zero reference.
func ParseFormRef(s string) survey.FormRef {
	code, version, found := strings.Cut(s, "@")
	n, err := strconv.Atoi(version)
	if !found || err != nil || n < 1 {
		return survey.FormRef{}
	}
	return survey.FormRef{Code: survey.FormCode(code), Version: n}
}

// lateDay returns the day on which a phone says it was answered, if it may be
// believed, and otherwise none.
func lateDay(day survey.Date, now time.Time) survey.Date {
	earliest := survey.DateOf(now.Add(-lateDays * 24 * time.Hour))
	if !day.Valid() || day < earliest || day > survey.DateOf(now) {
		return ""
	}
	return day
}
