package columns

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"hailong/analysis"
	"hailong/survey"
)

// A code that no scale can have is no answer.
func TestCodesInAColumn(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]uint8{
		1: 1, 5: 5, survey.MaxCode: survey.MaxCode, survey.NotApplicable: analysis.NotApplicable,
		-1: analysis.Missing, survey.MaxCode + 1: analysis.Missing, 256: analysis.Missing, 257: analysis.Missing,
	} {
		if got := columnCode(code); got != want {
			t.Errorf("code %d is %d in a column, want %d", code, got, want)
		}
	}
}

// ofDomain takes what figures need from a response that the domain has decoded.
func ofDomain(r *survey.Response) (decoded, error) {
	id, err := uuid.Parse(string(r.ID))
	if err != nil {
		return decoded{}, err
	}
	d := decoded{
		id: id, campaign: string(r.Campaign), point: string(r.Point), form: string(r.Form.Code), unit: string(r.Unit), sector: string(r.Sector),
		channel: string(r.Channel), day: string(r.Day), received: r.Received, proof: r.Proof, batch: r.Batch,
	}
	for _, a := range r.Answers {
		if len(a.Codes) == 1 {
			d.answers = append(d.answers, answer{a.Item, columnCode(a.Codes[0])})
		}
	}
	return d, nil
}

// FuzzDecode holds the hand-written decoder against the domain's own.
func FuzzDecode(f *testing.F) {
	full := survey.Response{
		ID: "01890000-0000-7000-8000-000000000001", Campaign: tthc, Form: survey.FormRef{Code: "tthc-quick", Version: 1}, Point: "ABC", Unit: "u",
		Sector: "land", Channel: survey.ChannelQR, Lang: "vi", Day: "2026-03-05", Received: time.UnixMilli(1), Proof: survey.VerifiedSlip,
		Answers: []survey.Answer{{Item: "overall", Codes: []int{5}}, {Item: "wrong", Codes: []int{1, 2}}, {Item: "x", Number: 2.5}, {Item: "na", Codes: []int{0}}},
		Texts:   []survey.Words{{Item: "comment", Text: "Rất tốt"}},
	}
	doc, err := full.MarshalBSON()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(doc)
	f.Add(doc[:len(doc)-3])
	f.Add([]byte{5, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, doc []byte) {
		doc = bytes.Clone(doc)
		var got decoded
		if err := got.read(doc, interned{}); err != nil {
			return
		}
		var r survey.Response
		if err := r.UnmarshalBSON(doc); err != nil {
			return // the domain's decoder checks more
		}
		want, err := ofDomain(&r)
		if err != nil {
			return
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(decoded{}, answer{}), cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	})
}
