package servertest

import (
	"net/http"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/intake"
	"hailong/survey/people"
	"hailong/survey/proof"
	"hailong/survey/slips"
	"hailong/web/page"
)

// SubmitAt submits one response at a point.
func SubmitAt(t *testing.T, s *Server, point survey.PointCode, answer, sector string) {
	t.Helper()
	id, err := survey.NewResponseID()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Intake.Submit(t.Context(), intake.Submission{
		ID: string(id), Point: point, Lang: "vi",
		Given: survey.Given{Codes: map[string][]string{"overall": {answer}, "sector": {sector}}},
	}); err != nil {
		t.Fatal(err)
	}
}

// ResponseID is an id that a form could carry.
const ResponseID = "0195663e-9d00-7000-8000-000000000001"

// FormPath is where the form of a point is.
func FormPath(p survey.PointCode) string { return "/s/" + string(Code(p)) }

// SendForm posts the form of a point; pairs are names and values.
func SendForm(t *testing.T, s *Server, point survey.PointCode, pairs ...string) (*http.Response, string) {
	t.Helper()
	return Do(t, s, FormRequest(FormPath(point), pairs...))
}

// Stored lists the responses of the store.
func Stored(t *testing.T, s *Server) []survey.Response {
	t.Helper()
	var all []survey.Response
	err := s.Store.Scan(t.Context(), survey.Responses, "", "", func(doc bson.Raw) error {
		var r survey.Response
		err := bson.Unmarshal(doc, &r)
		all = append(all, r)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// KioskPath is where the kiosk of a point is.
func KioskPath(p survey.PointCode) string { return "/k/" + string(Code(p)) }

// Dossier is the code of an application that may get a slip.
const Dossier = "H35.14-260305-0001"

// IssueSlips issues slips of PointLand.
func IssueSlips(t *testing.T, s *Server, count int) []slips.SlipCode {
	t.Helper()
	issued, err := s.Slips.Issue(t.Context(), survey.Actor{Login: "lan"}, slips.IssueRequest{ID: page.NewIdempotencyKey(), Point: Code(PointLand), Count: count})
	if err != nil {
		t.Fatal(err)
	}
	return issued.Codes
}

// AddLink stores a one-time link of PointLand as older versions issued them, good for
// two weeks, and returns its path.
func AddLink(t *testing.T, s *Server, secret string) string {
	t.Helper()
	raw, err := bson.Marshal(bson.D{
		{Key: "_id", Value: people.HashSecret(secret)},
		{Key: "rev", Value: int64(1)},
		{Key: "dossier", Value: strings.Repeat("d", 64)},
		{Key: "point", Value: string(Code(PointLand))},
		{Key: "by", Value: "lan"},
		{Key: "issued", Value: Now},
		{Key: "expires", Value: "2026-03-19"},
	})
	if err == nil {
		_, err = s.Store.Insert(t.Context(), survey.OneTimeLinks, raw)
	}
	if err != nil {
		t.Fatal(err)
	}
	return "/l/" + secret
}

// SubmitOverall submits n responses, each with a slip, that answer only the overall question.
func SubmitOverall(t *testing.T, s *Server, n int, answer string) {
	t.Helper()
	SubmitWith(t, s, true, n, answer)
}

// SubmitWith is SubmitOverall with a slip each, or without.
func SubmitWith(t *testing.T, s *Server, slip bool, n int, answer string) {
	t.Helper()
	for range n {
		id, err := survey.NewResponseID()
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Intake.Submit(t.Context(), intake.Submission{
			ID: string(id), Point: Code(PointLand), Lang: "vi", Checks: proof.Checks{Slip: slip}, Given: survey.Given{Codes: map[string][]string{"overall": {answer}}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
