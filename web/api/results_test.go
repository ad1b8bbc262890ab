package api

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"hailong/analysis/results"
	"hailong/analysis/results/publication"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/releases"
)

// A table is written in the order of openapi.yaml; what is not a number is null.
func TestTableOf(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	answer := results.Figures{Source: results.FromRelease, Release: &releases.Release{Number: 3, At: time.Date(2026, 3, 7, 2, 0, 0, 0, time.UTC)}, Waiting: results.WaitingByUnit{"xa": {Open: 3, Verified: 1}}, Table: tables.Table{
		Campaign: &survey.Campaign{ID: "tthc-2026", Family: survey.Procedures},
		Method:   survey.Method{Formula: survey.Top2, Pooling: survey.PoolOverall, Version: "1", Confidence: 0.95, MinN: 30},
		By:       []tables.Dimension{tables.ByUnit, tables.ByMonth}, Threshold: 5,
		Overall: tables.Figure{N: 40, Answers: 40, Rate: 0.75, Low: 0.5, High: 1},
		Groups: []tables.Group{
			{Keys: []string{"xa", "2026-03"}, Figure: tables.Figure{Rate: nan, Low: nan, High: nan, Suppressed: true}},
			{Keys: []string{"xa", "2026-04"}, Figure: tables.Figure{N: 7, Answers: 7, Rate: 1, Low: nan, High: nan, Few: true}},
		},
	}}
	answer.ResponseRate = &publication.ResponseRate{Transactions: 32, Responses: 40, Rate: 1.25, Channels: []publication.ChannelResponseRate{{Channel: survey.ChannelQR, Responses: 40, Rate: 1.25}}}
	got, err := json.Marshal(tableOf(&answer, func(g tables.Group) string { return "Xã " + g.Keys[0] }))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"campaign":"tthc-2026","questionnaire":"tthc",` +
		`"method":{"formula":"top2","pooling":"overall","version":"1","confidence":0.95,"min_n":30},` +
		`"by":["unit","month"],"threshold":5,"source":"release",` +
		`"overall":{"n":40,"answers":40,"rate":0.75,"low":0.5,"high":1,"suppressed":false},` +
		`"groups":[{"key":"xa,2026-03","label":"Xã xa","figure":{"n":0,"answers":0,"rate":null,"low":null,"high":null,"suppressed":true}},` +
		`{"key":"xa,2026-04","label":"Xã xa","figure":{"n":7,"answers":7,"rate":1,"low":null,"high":null,"suppressed":false,"few":true}}],"released":"2026-03-07T02:00:00Z",` +
		`"response_rate":{"above":true,"channels":[{"channel":"qr","rate":1.25,"responses":40}],"rate":1.25,"responses":40,"transactions":32},"waiting":4}`
	if string(got) != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	answer.Source, answer.Release, answer.Waiting, answer.Edition = results.FromEdition, nil, nil, &survey.Edition{Number: 2, Hash: "ab"}
	published := tableOf(&answer, func(tables.Group) string { return "" })
	if published.Source != SourceEdition || published.Edition.Number != 2 || published.Edition.Hash != "ab" {
		t.Errorf("published: %+v", published)
	}
}
