package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/check"
	"hailong/survey/ledger"
	"hailong/survey/surveytest"
)

// checkedID is the response in a checkedStore.
const checkedID = "0199b2a4-7c1e-7d3a-9f00-1234567890ab"

// checkedStore is a store after its first start with a text that occurs once in it.
func checkedStore(t *testing.T) (url, path string) {
	t.Helper()
	url = shelltest.BoltURL(t)
	path = strings.TrimPrefix(url, "bolt:")
	s := shelltest.OpenURL(t, url)
	if _, err := surveytest.NewSeed(t, "2026-05-01").Apply(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	r := survey.Response{
		ID: checkedID, Campaign: "tthc-2026", Point: "QH7K2M3", Day: "2026-05-04",
		Texts: []survey.Words{{Item: "comment", Text: "rất hài lòng với quầy số 7"}},
	}
	entered := ledger.New(s, time.Now)
	if _, err := entered.Keep(t.Context(), nil, r); err != nil {
		t.Fatal(err)
	}
	if err := entered.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	shelltest.CloseStore(t, s)
	return url, path
}

// flip changes a bit of what is stored, behind the program's back: also in pages that
// are free, and hold what stood there before.
func flip(t *testing.T, path string) {
	t.Helper()
	content, answer := shelltest.ReadFile(t, path), []byte("quầy số 7")
	if !bytes.Contains(content, answer) {
		t.Fatal("the file does not hold the answer: this test shows nothing")
	}
	for at := bytes.Index(content, answer); at >= 0; at = bytes.Index(content, answer) {
		content[at] ^= 4
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCheckOfAWholeStore(t *testing.T) {
	t.Parallel()
	url, path := checkedStore(t)
	before := shelltest.ReadFile(t, path)
	out, _, err := shelltest.Run(t, newRootCommand(), "check", "--store", url, "--json")
	if err != nil {
		t.Fatal(err)
	}
	var report check.Findings
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	if !report.Whole() || len(report.Parts) != 7 || report.Parts[0].Looked == 0 || report.Parts[1].Looked == 0 {
		t.Errorf("the report is %+v, want seven whole parts, of pages and documents some", report)
	}
	if !bytes.Equal(before, shelltest.ReadFile(t, path)) {
		t.Error("the check changed the file")
	}
}

// A flipped bit in an answer is found and named, and export does not write the
// altered answer.
func TestCheckNamesAnAlteredResponse(t *testing.T) {
	t.Parallel()
	url, path := checkedStore(t)
	flip(t, path)
	out, _, err := shelltest.Run(t, newRootCommand(), "check", "--store", url)
	if err == nil || !strings.Contains(err.Error(), "không nguyên vẹn") {
		t.Errorf("the error is %v, want one that says that the store is not whole", err)
	}
	for _, want := range []string{"responses/0199b2a4-7c1e-7d3a-9f00-1234567890ab", "ngày / day 2026-05-04", "điểm / point QH7K2M3", "does not fit its checksum", "chưa xem, vì dữ liệu hỏng"} {
		if !strings.Contains(out, want) {
			t.Errorf("the report does not say %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "hài lòng với") {
		t.Errorf("the report holds an answer:\n%s", out)
	}
	shelltest.WantExit(t, newRootCommand(), 1, "backup", "--store", url, "--out", path+".zip")
}

// A running server that meets damage takes no write any more, and says so to who
// checks it.
func TestDamageStopsAcknowledging(t *testing.T) {
	t.Parallel()
	_, path := checkedStore(t)
	flip(t, path)
	s, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	doc, err := bson.Marshal(bson.D{{Key: "_id", Value: "0190-two"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Insert(t.Context(), survey.Responses, doc); err != nil {
		t.Fatalf("before any damage was met: %v", err)
	}
	stop, err := s.Share()
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	out, _, err := shelltest.Run(t, newRootCommand(), "check", "--store", "bolt:"+path)
	if err == nil || !strings.Contains(out, "responses/0199b2a4-7c1e-7d3a-9f00-1234567890ab") {
		t.Errorf("the check through the server says %v:\n%s", err, out)
	}
	_, err = s.Insert(t.Context(), survey.Responses, doc)
	if !survey.Is(err, survey.Unavailable) || survey.DamageOf(err) == nil {
		t.Errorf("after damage was met a write gave %v, want an Unavailable error", err)
	}
	if _, err := s.Get(t.Context(), survey.Responses, "0190-two"); err != nil {
		t.Errorf("what is whole cannot be read any more: %v", err)
	}
}
