package results

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/analysis/results/publication"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/editions"
	"hailong/survey/releases"
	"hailong/survey/surveytest"
)

// storedSnapshots finds snapshots in a store, as the domain does. before is
// asked first; nil: nothing fails.
type storedSnapshots struct {
	survey.Store
	before func() error
	read   int
}

func (s *storedSnapshots) Snapshot(ctx context.Context, campaign survey.CampaignID, hash string) (editions.Snapshot, error) {
	s.read++
	if s.before != nil {
		if err := s.before(); err != nil {
			return editions.Snapshot{}, err
		}
	}
	return survey.Documents[editions.Snapshot]{Store: s.Store, Collection: survey.Snapshots}.Get(ctx, editions.SnapshotID(campaign, hash))
}

// edit changes a campaign in the store and in the catalogue.
func (w *fixture) edit(id survey.CampaignID, change func(*survey.Campaign)) {
	w.Helper()
	campaign := *w.Catalog.Campaign(id)
	change(&campaign)
	campaign.Rev++
	if err := (survey.Documents[survey.Campaign]{Store: w.Store, Collection: survey.Campaigns}).Replace(context.Background(), campaign.Rev-1, campaign); err != nil {
		w.Fatal(err)
	}
	w.Reload()
}

// publish stores the figures of a campaign as its next edition.
func (w *fixture) publish(p *Published, id survey.CampaignID) survey.Edition {
	w.Helper()
	campaign := w.Catalog.Campaign(id)
	edition := survey.Edition{Number: len(campaign.Editions) + 1, Published: time.Date(2026, 3, 7, 2, 30, 0, 0, time.UTC), By: "lan"}
	figures, counts, err := p.NewEdition(context.Background(), survey.Actor{Login: "lan"}, campaign, edition)
	if err != nil {
		w.Fatal(err)
	}
	snapshot, err := editions.NewSnapshot(id, edition.Number, edition.Published, figures)
	if err != nil {
		w.Fatal(err)
	}
	w.publishText(id, &edition, snapshot.Body, counts)
	return edition
}

// noCut leaves releases as a test made them.
type noCut struct{}

func (noCut) Cut(context.Context, survey.Actor, ...survey.CampaignID) ([]releases.Cut, error) {
	return []releases.Cut{{Changed: true}}, nil
}

func (noCut) CutDaily(context.Context, survey.Actor) ([]releases.Cut, error) { return nil, nil }

func (noCut) CutForEdition(context.Context, survey.Actor, survey.CampaignID) (releases.Cut, error) {
	return releases.Cut{}, nil
}

func (w *fixture) publishText(id survey.CampaignID, edition *survey.Edition, body, counts string) {
	w.Helper()
	sum := sha256.Sum256([]byte(body))
	edition.Hash = hex.EncodeToString(sum[:])
	snapshot := editions.Snapshot{
		ID: editions.SnapshotID(id, edition.Hash), Rev: 1, Campaign: id, Edition: edition.Number,
		At: edition.Published, Hash: edition.Hash, Body: body, Counts: counts,
	}
	if err := (survey.Documents[editions.Snapshot]{Store: w.Store, Collection: survey.Snapshots}).Insert(context.Background(), snapshot); err != nil {
		w.Fatal(err)
	}
	w.edit(id, func(c *survey.Campaign) { c.State, c.Editions = survey.Published, append(c.Editions, *edition) })
}

func (w *fixture) withdraw(id survey.CampaignID) {
	w.Helper()
	w.edit(id, func(c *survey.Campaign) {
		last := &c.Editions[len(c.Editions)-1]
		last.Withdrawn, last.Reason = last.Published.Add(time.Hour), "a batch was keyed twice"
		c.State = survey.Withdrawn
	})
}

// newPublished is a store of 12 responses with what readers see of it.
func newPublished(t *testing.T) (*fixture, *Published, *storedSnapshots) {
	t.Helper()
	w := newFixture(t)
	w.keep(surveytest.Times(12, func(i int) survey.Response { return w.Response([]int{5, 4, 2}[i%3]) })...)
	snapshots := &storedSnapshots{Store: w.Store}
	return w, NewPublished(w.released, snapshots, noCut{}), snapshots
}

// The readers of these tests beside everywhere and the public.
var (
	atBumTo = Office(survey.Grant{Role: survey.CommuneCommittee, Scope: survey.Scope{Units: []survey.UnitID{"xa-bum-to-2025"}}})
	schools = Office(survey.Grant{Role: survey.EducationOffice})
	viewer  = Office(survey.Grant{Role: survey.Viewer})
)

// A reader of a campaign sees the edition, its own release or nothing; which of them
// depends on the state, the reader and the question alone.
func TestWhichFiguresAReaderSees(t *testing.T) {
	t.Parallel()
	w, p, _ := newPublished(t)
	whole := tables.Query{Campaign: tthc}
	held := tables.Query{Campaign: tthc, By: []tables.Dimension{tables.ByUnit}}
	bumTo := tables.Query{Campaign: tthc, By: []tables.Dimension{tables.BySector}, Where: []tables.Filter{{Dimension: tables.ByUnit, Key: "xa-bum-to-2025"}}}
	crossed := tables.Query{Campaign: tthc, By: []tables.Dimension{tables.BySector, tables.ByMonth}} // which no edition holds
	own := tables.Query{Campaign: tthc, By: []tables.Dimension{tables.BySector}, Where: []tables.Filter{{Dimension: tables.ByUnit, Key: "xa-bum-to-2025"}}, Formula: survey.Mean100}
	others := tables.Query{Campaign: tthc, By: []tables.Dimension{tables.BySector}, Where: []tables.Filter{{Dimension: tables.ByUnit, Key: "xa-mu-ca"}}}
	otherFormula := tables.Query{Campaign: tthc, Formula: survey.Mean100}
	otherPooling := tables.Query{Campaign: tthc, Pooling: survey.PoolAnswers}
	type expected struct {
		source     Source
		edition    int
		n          int64
		kind       survey.Kind
		reason     RefusalReason
		isReleased bool
	}
	type question struct {
		reader Reader
		query  tables.Query
		source Source
		want   expected
	}
	release := func(n int64) expected { return expected{source: FromRelease, n: n, isReleased: true} }
	edition := expected{source: FromEdition, edition: 1, n: 12}
	refused := func(kind survey.Kind, reason RefusalReason) expected { return expected{kind: kind, reason: reason} }
	gone := refused(survey.Closed, EditionWithdrawn)
	none := refused(survey.NotFound, NotPublished)
	notHeld := refused(survey.NotFound, NotInEdition)
	notShown := refused(survey.NotFound, CampaignNotShown)
	notYours := refused(survey.Forbidden, NotYours)
	steps := []struct {
		name      string
		prepare   func()
		questions []question
	}{
		{"Open", func() {}, []question{
			{Public, whole, "", none},
			{Public, held, FromRelease, none},
			{viewer, whole, "", none},
			{schools, whole, "", none}, // of another family
			{everywhere, whole, "", release(12)},
			{everywhere, crossed, "", release(12)},
			{everywhere, whole, FromRelease, release(12)},
			{everywhere, whole, FromEdition, none},
			{atBumTo, whole, "", none},
			{atBumTo, whole, FromRelease, notYours},
			{atBumTo, bumTo, "", release(12)},
			{atBumTo, others, "", none},
			{atBumTo, others, FromRelease, notYours},
		}},
		{"Draft", func() { w.edit(tthc, func(c *survey.Campaign) { c.State = survey.Draft }) }, []question{
			{Public, whole, "", notShown},
			{viewer, whole, "", notShown},
			{everywhere, whole, "", release(12)},
		}},
		{"WithdrawnWithoutAnEdition", func() { w.edit(tthc, func(c *survey.Campaign) { c.State = survey.Withdrawn }) }, []question{
			{Public, whole, "", notShown},
			{everywhere, whole, "", release(12)},
		}},
		{"Published", func() {
			w.edit(tthc, func(c *survey.Campaign) { c.State = survey.ClosedDown })
			w.publish(p, tthc)
			w.keep(surveytest.Times(5, func(int) survey.Response { return w.Response(1) })...)
		}, []question{
			{Public, whole, "", edition},
			{Public, held, "", edition},
			{Public, bumTo, "", edition},
			{Public, whole, FromRelease, edition}, // the public does not choose
			{Public, crossed, "", refused(survey.NotFound, NotInEdition)},
			{Public, otherFormula, "", notHeld},
			{Public, otherPooling, "", notHeld},
			{viewer, whole, FromRelease, edition},
			{everywhere, otherPooling, FromEdition, notHeld},
			{everywhere, whole, "", edition},
			{everywhere, whole, FromEdition, edition},
			{everywhere, whole, FromRelease, release(17)},
			{everywhere, crossed, "", release(17)},
			{everywhere, otherFormula, "", release(17)},
			{atBumTo, whole, "", edition},
			{atBumTo, own, "", release(17)},
			{atBumTo, bumTo, FromRelease, release(17)},
			{atBumTo, otherFormula, "", notHeld},
		}},
		{"Withdrawn", func() { w.withdraw(tthc) }, []question{
			{Public, whole, "", gone},
			{Public, crossed, "", gone},
			{viewer, whole, "", gone},
			{viewer, whole, "elsewhere", gone},
			{everywhere, whole, "", release(17)},
			{everywhere, whole, FromEdition, none},
			{atBumTo, bumTo, "", release(17)},
			{atBumTo, whole, "", none},
		}},
	}
	for _, step := range steps { // in this order: one campaign goes its way
		step.prepare()
		for i, q := range step.questions {
			answer, err := p.Table(t.Context(), Request{Query: q.query, Reader: q.reader, Source: q.source})
			got := expected{source: answer.Source, n: answer.Overall.N, isReleased: answer.Release != nil}
			if answer.Edition != nil {
				got.edition = answer.Edition.Number
			}
			var refusal *Refusal
			switch {
			case errors.As(err, &refusal):
				got.kind, got.reason = survey.KindOf(err), refusal.Reason
				if (refusal.Reason == EditionWithdrawn) != (refusal.Edition != nil) {
					t.Errorf("%s, question %d: the refusal %v names edition %v", step.name, i, refusal, refusal.Edition)
				}
			case err != nil:
				t.Errorf("%s, question %d: %v is no refusal", step.name, i, err)
			}
			if got != q.want {
				t.Errorf("%s, question %d (%+v): got %+v, want %+v (%v)", step.name, i, q.query, got, q.want, err)
			}
		}
	}
}

// What waits is told to the office whose it is, and the count of the public is full
// tens.
func TestWhatWaits(t *testing.T) {
	t.Parallel()
	w, p, _ := newPublished(t)
	if err := w.released.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	elsewhere := w.Response(1)
	elsewhere.Unit = "xa-mu-ca"
	for _, r := range []survey.Response{w.Response(5), w.Response(5), elsewhere} {
		w.Insert(r)
		w.released.Add(r)
	}
	bumTo := tables.Query{Campaign: tthc, Where: []tables.Filter{{Dimension: tables.ByUnit, Key: "xa-bum-to-2025"}}}
	for _, c := range []struct {
		reader Reader
		query  tables.Query
		want   int
	}{{everywhere, tables.Query{Campaign: tthc}, 3}, {everywhere, bumTo, 2}, {atBumTo, bumTo, 2}} {
		answer, err := p.Table(t.Context(), Request{Query: c.query, Reader: c.reader})
		if err != nil || answer.Waiting.Total() != c.want {
			t.Errorf("%+v: %d wait, error %v, want %d", c.query, answer.Waiting.Total(), err, c.want)
		}
	}
	if n, err := p.Collected(t.Context(), tthc); err != nil || n != 10 {
		t.Errorf("%d were collected, error %v, want 10 of 15", n, err)
	}
	if _, err := p.Collected(t.Context(), "none"); !survey.Is(err, survey.NotFound) {
		t.Errorf("error %v, want NotFound", err)
	}
}

func TestMistakenRequests(t *testing.T) {
	t.Parallel()
	w, p, _ := newPublished(t)
	w.publish(p, tthc)
	for name, c := range map[string]struct {
		request Request
		kind    survey.Kind
		key     string
	}{
		"UnknownSource":           {Request{Query: tables.Query{Campaign: tthc}, Reader: everywhere, Source: "elsewhere"}, survey.Invalid, "api.bad_source"},
		"UnknownSourceOfNothing":  {Request{Query: tables.Query{Campaign: "none"}, Reader: everywhere, Source: "elsewhere"}, survey.NotFound, "results.unknown_campaign"},
		"UnknownCampaign":         {Request{Query: tables.Query{Campaign: "none"}, Reader: everywhere}, survey.NotFound, "results.unknown_campaign"},
		"UnknownCampaignToPublic": {Request{Query: tables.Query{Campaign: "none"}}, survey.NotFound, "results.unknown_campaign"},
		"UnknownUnit":             {Request{Query: tables.Query{Campaign: tthc, Where: []tables.Filter{{Dimension: tables.ByUnit, Key: "none-such"}}}}, survey.Invalid, "results.unknown_value"},
		"UnknownDimension":        {Request{Query: tables.Query{Campaign: tthc, By: []tables.Dimension{"colour"}}}, survey.Invalid, "results.unknown_dimension"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := p.Table(t.Context(), c.request)
			var domain *survey.Error
			if !errors.As(err, &domain) || domain.Kind != c.kind || domain.Key != c.key {
				t.Errorf("error %v, want %v %s", err, c.kind, c.key)
			}
			if errors.Is(err, tables.ErrUnknownGroup) != (name == "UnknownUnit") {
				t.Errorf("error %v: is it that of an unknown group?", err)
			}
		})
	}
}

func TestCampaignOfAReader(t *testing.T) {
	t.Parallel()
	w, p, _ := newPublished(t)
	w.edit(edu, func(c *survey.Campaign) { c.State = survey.Draft })
	w.publish(p, tthc)
	w.withdraw(tthc)
	for _, c := range []struct {
		reader Reader
		id     survey.CampaignID
		kind   survey.Kind // Internal: no error
		reason RefusalReason
	}{
		{Public, sipas, survey.Internal, ""},
		{Public, edu, survey.NotFound, CampaignNotShown},
		{Public, tthc, survey.Closed, EditionWithdrawn},
		{Public, "none", survey.NotFound, CampaignNotShown},
		{viewer, tthc, survey.Closed, EditionWithdrawn},
		{viewer, edu, survey.NotFound, CampaignNotShown},
		{schools, edu, survey.Internal, ""},
		{everywhere, "none", survey.NotFound, CampaignNotShown},
		{everywhere, tthc, survey.Internal, ""},
	} {
		campaign, err := p.Campaign(c.reader, c.id)
		var refusal *Refusal
		var reason RefusalReason
		if errors.As(err, &refusal) {
			reason = refusal.Reason
		}
		if survey.KindOf(err) != c.kind || reason != c.reason {
			t.Errorf("reader %+v of %s: %v, want %v %q", c.reader, c.id, err, c.kind, c.reason)
		}
		if c.kind == survey.Internal && (err != nil || campaign == nil || campaign.ID != c.id) {
			t.Errorf("reader %+v of %s: campaign %v, %v", c.reader, c.id, campaign, err)
		}
		if reason == EditionWithdrawn && campaign == nil {
			t.Errorf("reader %+v of %s: who says that it was withdrawn needs the campaign", c.reader, c.id)
		}
	}
}

func TestTargetsAreJudgedByEditions(t *testing.T) {
	t.Parallel()
	w, p, _ := newPublished(t)
	const day = survey.Date("2026-06-30")
	inForce := func(reader Reader) map[survey.TargetCode]Verdict {
		t.Helper()
		verdicts, err := p.Targets(t.Context(), reader, day)
		if err != nil {
			t.Fatal(err)
		}
		of := map[survey.TargetCode]Verdict{}
		for _, v := range verdicts {
			if v.InForce && v.Target.Family == survey.Procedures && v.Target.Group == "" {
				of[v.Target.Code] = v
			}
		}
		if len(of) == 0 {
			t.Fatal("no target of procedures is in force")
		}
		return of
	}
	for code, v := range inForce(everywhere) {
		if v.Source != FromRelease || v.Figure.N != 12 {
			t.Errorf("open, %s: %d respondents from %q, want 12 from the release", code, v.Figure.N, v.Source)
		}
	}
	for _, reader := range []Reader{Public, atBumTo, viewer} {
		for code, v := range inForce(reader) {
			if v.Source != "" || v.State != publication.NoEdition || v.Campaign == nil || v.Figure.Defined() {
				t.Errorf("open, %s, to %+v: %+v, want no edition", code, reader, v)
			}
		}
	}
	w.publish(p, tthc)
	w.keep(surveytest.Times(40, func(int) survey.Response { return w.Response(1) })...)
	for code, v := range inForce(Public) {
		if v.Source != FromEdition || v.Figure.N != 12 {
			t.Errorf("published, %s: %d respondents from %q, want 12 from the edition", code, v.Figure.N, v.Source)
		}
		if v.Comparison != publication.Judge(v.Figure, v.Method, v.Milestone.Threshold) {
			t.Errorf("published, %s: the verdict %+v does not fit its figure", code, v)
		}
	}
	w.withdraw(tthc)
	for code, v := range inForce(Public) {
		if v.Campaign != nil || v.Source != "" || v.State != publication.NoCampaign {
			t.Errorf("withdrawn, %s: judged by %v from %q (%s), want no campaign", code, v.Campaign, v.Source, v.State)
		}
	}
}

func TestPublicCampaignsAreSortedAndShown(t *testing.T) {
	t.Parallel()
	w, p, _ := newPublished(t)
	w.edit(sipas, func(c *survey.Campaign) { c.State = survey.Draft })
	older := *w.Catalog.Campaign(tthc)
	older.ID, older.Period = "tthc-2025", survey.Span{From: "2025-01-01", To: "2025-12-31"}
	if err := (survey.Documents[survey.Campaign]{Store: w.Store, Collection: survey.Campaigns}).Insert(t.Context(), older); err != nil {
		t.Fatal(err)
	}
	w.Reload()
	var got []survey.CampaignID
	for _, c := range p.PublicCampaigns() {
		got = append(got, c.ID)
	}
	if diff := cmp.Diff([]survey.CampaignID{tthc, edu, "tthc-2025"}, got); diff != "" {
		t.Error(diff)
	}
}

// What was published is read once, and what could not be read is read again.
func TestEditionsAreReadOnce(t *testing.T) {
	t.Parallel()
	w, p, snapshots := newPublished(t)
	w.publish(p, tthc)
	request := Request{Query: tables.Query{Campaign: tthc}}
	snapshots.before = func() error { return survey.NewError(survey.Unavailable, "get", nil) }
	if _, err := p.Table(t.Context(), request); !survey.Is(err, survey.Unavailable) {
		t.Errorf("table: error %v, want Unavailable", err)
	}
	if _, err := p.Targets(t.Context(), Public, "2026-06-30"); !survey.Is(err, survey.Unavailable) {
		t.Errorf("targets: error %v, want Unavailable", err)
	}
	snapshots.before, snapshots.read = nil, 0
	for range 3 {
		if _, err := p.Table(t.Context(), request); err != nil {
			t.Fatal(err)
		}
	}
	if snapshots.read != 1 {
		t.Errorf("the snapshot was read %d times, want once", snapshots.read)
	}
}

func TestADamagedEditionIsAnInternalError(t *testing.T) {
	t.Parallel()
	w, p, _ := newPublished(t)
	w.publishText(tthc, &survey.Edition{Number: 1}, "{", "")
	_, err := p.Table(t.Context(), Request{Query: tables.Query{Campaign: tthc}})
	var domain *survey.Error
	if !errors.As(err, &domain) || domain.Kind != survey.Internal || domain.Op != "read the figures of an edition" {
		t.Errorf("error %v, want Internal while reading the figures", err)
	}
}

func TestTheTextOfAnEdition(t *testing.T) {
	t.Parallel()
	w, p, snapshots := newPublished(t)
	edition := w.publish(p, tthc)
	text := func(reader Reader, id survey.CampaignID, hash string, want survey.Kind) string {
		t.Helper()
		body, err := p.Text(t.Context(), reader, id, hash)
		if survey.KindOf(err) != want || (err == nil) != (want == survey.Internal) {
			t.Errorf("text of %s %.6s: %v, want %v", id, hash, err, want)
		}
		return body
	}
	first := text(Public, tthc, edition.Hash, survey.Internal)
	if sum := sha256.Sum256([]byte(first)); hex.EncodeToString(sum[:]) != edition.Hash {
		t.Error("the hash is not that of the text")
	}
	w.withdraw(tthc)
	if text(everywhere, tthc, edition.Hash, survey.Internal) != first {
		t.Error("the text of a withdrawn edition changed")
	}
	for _, reader := range []Reader{Public, viewer, schools} {
		if body := text(reader, tthc, edition.Hash, survey.Closed); body != "" {
			t.Errorf("a withdrawn edition is shown to %+v", reader)
		}
	}
	text(everywhere, tthc, "0123", survey.NotFound)
	text(Public, edu, edition.Hash, survey.NotFound)
	text(Public, "none", edition.Hash, survey.NotFound)
	snapshots.before = func() error { return survey.NewError(survey.Unavailable, "get", nil) }
	text(everywhere, tthc, edition.Hash, survey.Unavailable)
}

// The edition that is about to be published has its number and day, and a campaign that
// there is not has none.
func TestANewEdition(t *testing.T) {
	t.Parallel()
	w, p, _ := newPublished(t)
	at := time.Date(2026, 3, 7, 2, 30, 0, 0, time.UTC)
	figures, counts, err := p.NewEdition(t.Context(), survey.Actor{Login: "lan"}, w.Catalog.Campaign(tthc), survey.Edition{Number: 3, Published: at, Through: "2026-03-06"})
	if err != nil {
		t.Fatal(err)
	}
	if figures.Edition != 3 || figures.Published != "2026-03-07T09:30:00+07:00" || figures.Through != "2026-03-06" || counts == "" {
		t.Errorf("edition %d of %s through %s, want 3 of 2026-03-07T09:30:00+07:00 through 2026-03-06", figures.Edition, figures.Published, figures.Through)
	}
	whole := tables.Query{Campaign: tthc}
	if held, ok := figures.Table(w.Catalog.Campaign(tthc), whole); !ok || held.Overall.N != w.table(whole).Overall.N {
		t.Errorf("the edition holds %+v, want the figure of the release", held.Overall)
	}
	if _, _, err := p.NewEdition(t.Context(), survey.Actor{}, &survey.Campaign{ID: "none", Family: survey.Procedures}, survey.Edition{}); !survey.Is(err, survey.NotFound) {
		t.Errorf("an edition of no campaign: %v, want NotFound", err)
	}
}

func TestARefusalSaysItsReason(t *testing.T) {
	t.Parallel()
	if got := (&Refusal{Reason: EditionWithdrawn}).Error(); got != "figures refused: withdrawn" {
		t.Errorf("the refusal reads %q", got)
	}
}
