package surveytest

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/releases"
	"hailong/survey/verification"
)

// ResponseFixture is a store after its first start, in which a test puts
// responses behind the back of whoever counts them.
type ResponseFixture struct {
	testing.TB
	Store   survey.Store
	Catalog *survey.Catalog // as of the last Reload
	ids     uint64

	releases int64
}

// Received is when the responses of a fixture were received.
var Received = time.UnixMilli(1772676000000).UTC()

// NewResponses returns a store with the shipped catalogue and, beside it, some
// schools, and no response.
func NewResponses(t testing.TB, schools ...survey.Unit) *ResponseFixture {
	t.Helper()
	seed := NewSeed(t, "2026-03-05")
	seed.Catalog.Units = append(seed.Catalog.Units, schools...)
	seed.Catalog.Index()
	f := &ResponseFixture{TB: t, Store: Store(t)}
	if _, err := seed.Apply(t.Context(), f.Store); err != nil {
		t.Fatal(err)
	}
	f.Reload()
	return f
}

// Reload reads the catalogue anew, after a test changed it.
func (f *ResponseFixture) Reload() {
	f.Helper()
	f.Catalog = Loaded(f, f.Store)
}

// ID makes ids that rise and never repeat.
func (f *ResponseFixture) ID() survey.ResponseID {
	f.ids++
	id := uuid.UUID{6: 0x70, 8: 0x80}
	binary.BigEndian.PutUint64(id[8:], 0x8000000000000000|f.ids)
	return survey.ResponseID(id.String())
}

// Response is one answer to the overall question at a one-stop shop; it is not
// stored.
func (f *ResponseFixture) Response(code int) survey.Response {
	return survey.Response{
		ID: f.ID(), Campaign: "tthc-2026", Form: survey.FormRef{Code: "tthc-quick", Version: 1}, Unit: "xa-bum-to-2025", Sector: "land",
		Channel: survey.ChannelQR, Lang: "vi", Day: "2026-03-05", Received: Received,
		Answers: []survey.Answer{{Item: "overall", Codes: []int{code}}},
	}
}

// Times makes n responses.
func Times(n int, response func(i int) survey.Response) []survey.Response {
	var rs []survey.Response
	for i := range n {
		rs = append(rs, response(i))
	}
	return rs
}

// Insert stores responses.
func (f *ResponseFixture) Insert(responses ...survey.Response) {
	f.Helper()
	docs := make([]bson.Raw, len(responses))
	for i, r := range responses {
		doc, err := r.MarshalBSON()
		if err != nil {
			f.Fatal(err)
		}
		docs[i] = doc
	}
	if _, err := f.Store.Insert(f.Context(), survey.Responses, docs...); err != nil {
		f.Fatal(err)
	}
}

// Release stores releases that hold everything that is stored now, and what will
// be, of every campaign: for tests of what figures are and not of when they move.
func (f *ResponseFixture) Release() {
	f.Helper()
	const far = 100 * 365 * 24 * time.Hour
	f.releases++
	units := map[survey.UnitID]bool{} // of responses, which the catalogue need not have
	err := f.Store.Scan(f.Context(), survey.Responses, "", "", func(doc bson.Raw) error {
		units[survey.UnitID(survey.DocumentText(doc, "unit"))] = true
		return nil
	})
	if err != nil {
		f.Fatal(err)
	}
	for k := range f.Catalog.Units {
		units[f.Catalog.Units[k].ID] = true
	}
	docs := survey.Documents[releases.Release]{Store: f.Store, Collection: survey.Releases}
	for i := range f.Catalog.Campaigns {
		r := releases.Release{ID: f.Catalog.Campaigns[i].ID, Rev: f.releases, Number: int(f.releases), At: Received.Add(24 * time.Hour)}
		for unit := range units {
			r.Places = append(r.Places, releases.UnitRelease{Unit: unit, Through: Received.Add(far), Corrected: Received.Add(far)})
		}
		stored, err := docs.Get(f.Context(), string(r.ID))
		switch {
		case survey.Is(err, survey.NotFound):
			err = docs.Insert(f.Context(), r)
		case err == nil:
			err = docs.Replace(f.Context(), stored.Rev, r)
		}
		if err != nil {
			f.Fatal(err)
		}
	}
}

// Void stores that a response is void.
func (f *ResponseFixture) Void(r survey.Response) verification.Void {
	f.Helper()
	v := verification.Void{ID: r.ID, Rev: 1, Campaign: r.Campaign, Reason: "nhập nhầm", At: Received.Add(time.Hour)}
	if err := (survey.Documents[verification.Void]{Store: f.Store, Collection: survey.Voids}).Insert(f.Context(), v); err != nil {
		f.Fatal(err)
	}
	return v
}

// InsertResidents stores n resident forms with every criterion answered, over
// all communes, four channels and a year: the load of a benchmark.
func (f *ResponseFixture) InsertResidents(n int) {
	f.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	var units []survey.UnitID
	for _, u := range f.Catalog.Units {
		if u.Kind == survey.Commune {
			units = append(units, u.ID)
		}
	}
	campaign := f.Catalog.Campaign("sipas-2026")
	form := f.Catalog.Questionnaire(campaign.Forms[0])
	batch := make([]survey.Response, 0, 5000)
	for i := range n {
		r := survey.Response{
			ID: f.ID(), Campaign: campaign.ID, Form: campaign.Forms[0], Unit: units[random.IntN(len(units))],
			Channel: survey.Channels[random.IntN(4)], Lang: "vi", Received: Received, Day: survey.Date(fmt.Sprintf("2026-%02d-15", 1+random.IntN(12))),
		}
		for _, it := range form.Items() {
			if it.Type == survey.ScaleItem && !it.Sensitive {
				r.Answers = append(r.Answers, survey.Answer{Item: it.Code, Codes: []int{min(5, 2+random.IntN(5))}})
			}
		}
		if batch = append(batch, r); len(batch) == cap(batch) || i == n-1 {
			f.Insert(batch...)
			batch = batch[:0]
		}
	}
}

// PointOf is a point of a unit that asks a form of a campaign.
func (f *ResponseFixture) PointOf(id survey.CampaignID, unit survey.UnitID) survey.PointCode {
	f.Helper()
	campaign := f.Catalog.Campaign(id)
	for i := range f.Catalog.Points {
		p := &f.Catalog.Points[i]
		if _, asks := campaign.Form(p.Form); asks && f.Catalog.Within(p.Unit, unit) {
			return p.Code
		}
	}
	f.Fatalf("no point of %s", unit)
	return ""
}
