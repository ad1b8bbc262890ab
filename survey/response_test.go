package survey_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"
	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/surveytest"
)

func TestResponseDocument(t *testing.T) {
	t.Parallel()
	doc, err := surveytest.Response.MarshalBSON()
	if err != nil {
		t.Fatal(err)
	}
	if err := bson.Raw(doc).Validate(); err != nil {
		t.Fatal(err)
	}
	// What any other program that reads BSON sees.
	var got bson.D
	if err := bson.Unmarshal(doc, &got); err != nil {
		t.Fatal(err)
	}
	want, err := bson.MarshalExtJSON(bson.D{
		{Key: "_id", Value: "0199b2a4-7c1e-7d3a-9f00-1234567890ab"},
		{Key: "campaign", Value: "tthc-2026"},
		{Key: "form", Value: "tthc-quick"},
		{Key: "version", Value: int32(3)},
		{Key: "point", Value: "ABC1234"},
		{Key: "unit", Value: "pvhcc-xa-mu-ca"},
		{Key: "sector", Value: "land"},
		{Key: "channel", Value: "qr"},
		{Key: "lang", Value: "vi"},
		{Key: "day", Value: "2026-03-02"},
		{Key: "received", Value: surveytest.Response.Received},
		{Key: "answers", Value: bson.D{
			{Key: "overall", Value: int32(4)},
			{Key: "wrong", Value: bson.A{int32(1), int32(9), int32(253)}},
			{Key: "other", Value: int32(0)},
			{Key: "count", Value: 4.5},
			{Key: "none", Value: 0.0},
		}},
		{Key: "texts", Value: bson.D{{Key: "comment", Value: "Cảm ơn 👍"}}},
	}, true, false)
	if err != nil {
		t.Fatal(err)
	}
	seen, err := bson.MarshalExtJSON(got, true, false)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(seen)); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}

	var back survey.Response
	if err := bson.Unmarshal(doc, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(surveytest.Response, back); diff != "" {
		t.Errorf("read back (-stored +read):\n%s", diff)
	}
}

func TestResponseReadsWhatTheLibraryWrote(t *testing.T) {
	t.Parallel()
	doc, err := bson.Marshal(bson.D{
		{Key: "_id", Value: "x"},
		{Key: "a newer program's field", Value: bson.A{1, "2"}},
		{Key: "answers", Value: bson.D{{Key: "q", Value: bson.A{int32(2), int32(3)}}}},
		{Key: "day", Value: "2026-01-01"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got survey.Response
	if err := got.UnmarshalBSON(doc); err != nil {
		t.Fatal(err)
	}
	want := survey.Response{ID: "x", Day: "2026-01-01", Answers: []survey.Answer{{Item: "q", Codes: []int{2, 3}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}

func TestResponseRefusesOtherDocuments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		doc  bson.D
		says string
	}{
		"IDOfAnotherType":   {bson.D{{Key: "_id", Value: 7}}, "decode document"},
		"AnswersNoDocument": {bson.D{{Key: "answers", Value: "4"}}, "decode document"},
		"TextsNoDocument":   {bson.D{{Key: "texts", Value: bson.A{"x"}}}, "decode document"},
		"AnswerIsText":      {bson.D{{Key: "answers", Value: bson.D{{Key: "q", Value: "4"}}}}, "answer q is string"},
		"AnswerIsLong":      {bson.D{{Key: "answers", Value: bson.D{{Key: "q", Value: int64(4)}}}}, "answer q is 64-bit integer"},
		"EmptyChoice":       {bson.D{{Key: "answers", Value: bson.D{{Key: "q", Value: bson.A{}}}}}, "answer q is empty"},
		"ChoiceOfTexts":     {bson.D{{Key: "answers", Value: bson.D{{Key: "q", Value: bson.A{"4"}}}}}, "answer q: a code is string"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw, err := bson.Marshal(test.doc)
			if err != nil {
				t.Fatal(err)
			}
			var r survey.Response
			if err := r.UnmarshalBSON(raw); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one that says %q; read as %+v", err, test.says, r)
			}
		})
	}
}

func drawResponse(t *rapid.T) survey.Response {
	word := rapid.StringMatching(`[a-z0-9-]{0,20}`)
	r := survey.Response{
		ID: survey.ResponseID(rapid.StringMatching(`[0-9a-f-]{36}`).Draw(t, "id")), Campaign: survey.CampaignID(word.Draw(t, "campaign")),
		Form:  survey.FormRef{Code: survey.FormCode(word.Draw(t, "form")), Version: rapid.IntRange(0, math.MaxInt32).Draw(t, "version")},
		Point: survey.PointCode(word.Draw(t, "point")), Unit: survey.UnitID(word.Draw(t, "unit")), Sector: survey.SectorID(word.Draw(t, "sector")),
		Channel: survey.Channel(word.Draw(t, "channel")), Lang: survey.Lang(word.Draw(t, "lang")), Day: survey.Date(word.Draw(t, "day")),
		Received: time.UnixMilli(rapid.Int64Range(0, 1<<42).Draw(t, "received")).UTC(),
	}
	for _, item := range rapid.SliceOfNDistinct(rapid.StringMatching(`[A-Z][A-Z0-9_]{0,5}`), 0, 10, rapid.ID).Draw(t, "items") {
		a := survey.Answer{Item: item, Codes: rapid.SliceOfN(rapid.IntRange(0, survey.MaxCode), 0, 3).Draw(t, "codes")}
		if len(a.Codes) == 0 {
			a.Codes, a.Number = nil, rapid.Float64().Draw(t, "number")
		}
		r.Answers = append(r.Answers, a)
		if s := rapid.String().Draw(t, "text"); strings.ToValidUTF8(s, "") == s && s != "" {
			r.Texts = append(r.Texts, survey.Words{Item: item, Text: s})
		}
	}
	return r
}

func TestResponseRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawResponse(t)
		doc, err := r.MarshalBSON()
		if err != nil {
			t.Fatal(err)
		}
		var back survey.Response
		if err := back.UnmarshalBSON(doc); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, back); diff != "" {
			t.Fatalf("read back (-stored +read):\n%s", diff)
		}
	})
}

func FuzzUnmarshalResponse(f *testing.F) {
	doc, err := surveytest.Response.MarshalBSON()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(doc)
	f.Add(doc[:len(doc)/2])
	f.Add([]byte{5, 0, 0, 0, 0})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		var r survey.Response
		if err := r.UnmarshalBSON(data); err != nil {
			return
		}
		doc, err := r.MarshalBSON()
		if err != nil {
			t.Fatal(err)
		}
		var again survey.Response
		if err := again.UnmarshalBSON(doc); err != nil {
			t.Fatalf("written anew it cannot be read: %v", err)
		}
	})
}

func TestParseResponseID(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]survey.ResponseID{
		"0199b2a4-7c1e-7d3a-9f00-1234567890ab":          "0199b2a4-7c1e-7d3a-9f00-1234567890ab",
		"0199B2A4-7C1E-7D3A-9F00-1234567890AB":          "0199b2a4-7c1e-7d3a-9f00-1234567890ab",
		"f47ac10b-58cc-4372-a567-0e02b2c3d479":          "f47ac10b-58cc-4372-a567-0e02b2c3d479", // any version
		"00000000-0000-0000-0000-000000000000":          "",
		"{0199b2a4-7c1e-7d3a-9f00-1234567890ab}":        "",
		"urn:uuid:0199b2a4-7c1e-7d3a-9f00-1234567890ab": "",
		"0199b2a47c1e7d3a9f001234567890ab":              "",
		"0199b2a4-7c1e-7d3a-9f00-1234567890ag":          "",
		"":                                              "",
	} {
		got, err := survey.ParseResponseID(given)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q was read as %q, error %v", given, got, err)
		}
	}
	made, err := survey.NewResponseID()
	if err != nil {
		t.Fatal(err)
	}
	if read, err := survey.ParseResponseID(string(made)); err != nil || read != made {
		t.Errorf("an id of ours, %q, was read as %q, error %v", made, read, err)
	}
}

// Who keyed a response in stands in its document only where somebody did.
func TestResponseOfABatch(t *testing.T) {
	t.Parallel()
	keyed := surveytest.Response
	keyed.Batch, keyed.By, keyed.Proof, keyed.Doubt = "tthc-2026-001", "lan", survey.VerifiedSerial, survey.DoubtHasty
	for name, r := range map[string]survey.Response{"Keyed": keyed, "Not": surveytest.Response} {
		doc, err := r.MarshalBSON()
		if err != nil {
			t.Fatal(err)
		}
		var got survey.Response
		if err := got.UnmarshalBSON(doc); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		for _, key := range []string{"batch", "by", "proof", "doubt"} {
			if _, err := bson.Raw(doc).LookupErr(key); (err == nil) != (r.By != "") {
				t.Errorf("%s: the document's %s: %v", name, key, err)
			}
		}
	}
}
