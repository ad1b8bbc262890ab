package results

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hailong/survey"
	"hailong/survey/surveytest"
)

// storedSnapshots finds snapshots in a store, as the domain does. before is
// asked first; nil: nothing fails.
type storedSnapshots struct {
	survey.Store
	before func() error
	read   int
}

func (s *storedSnapshots) Snapshot(ctx context.Context, campaign survey.CampaignID, hash string) (survey.Snapshot, error) {
	s.read++
	if s.before != nil {
		if err := s.before(); err != nil {
			return survey.Snapshot{}, err
		}
	}
	return survey.Documents[survey.Snapshot]{Store: s.Store, Collection: survey.Snapshots}.Get(ctx, survey.SnapshotID(campaign, hash))
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
	figures, err := p.NewEdition(context.Background(), campaign, edition)
	if err != nil {
		w.Fatal(err)
	}
	snapshot, err := survey.NewSnapshot(id, edition.Number, edition.Published, figures)
	if err != nil {
		w.Fatal(err)
	}
	w.publishText(id, &edition, snapshot.Body)
	return edition
}

func (w *fixture) publishText(id survey.CampaignID, edition *survey.Edition, body string) {
	w.Helper()
	sum := sha256.Sum256([]byte(body))
	edition.Hash = hex.EncodeToString(sum[:])
	snapshot := survey.Snapshot{
		ID: survey.SnapshotID(id, edition.Hash), Rev: 1, Campaign: id, Edition: edition.Number,
		At: edition.Published, Hash: edition.Hash, Body: body,
	}
	if err := (survey.Documents[survey.Snapshot]{Store: w.Store, Collection: survey.Snapshots}).Insert(context.Background(), snapshot); err != nil {
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
	return w, NewPublished(w.live, snapshots), snapshots
}

// A reader of a campaign sees the edition, the responses of now or nothing;
// which of them depends on the state, the reader and the question alone.
func TestWhichFiguresAReaderSees(t *testing.T) {
	t.Parallel()
	w, p, _ := newPublished(t)
	whole := Query{Campaign: tthc}
	held := Query{Campaign: tthc, By: []Dimension{ByUnit}}
	crossed := Query{Campaign: tthc, By: []Dimension{BySector, ByMonth}} // which no edition holds
	otherFormula := Query{Campaign: tthc, Formula: survey.Mean100}
	otherPooling := Query{Campaign: tthc, Pooling: survey.PoolAnswers}
	type expected struct {
		source  Source
		edition int
		n, late int64
		kind    survey.Kind
		reason  RefusalReason
	}
	type question struct {
		reader Reader
		query  Query
		source Source
		want   expected
	}
	now := func(n int64) expected { return expected{source: FromResponses, n: n} }
	edition := func(late int64) expected { return expected{source: FromEdition, edition: 1, n: 12, late: late} }
	refused := func(kind survey.Kind, reason RefusalReason) expected { return expected{kind: kind, reason: reason} }
	gone := refused(survey.Closed, EditionWithdrawn)
	notHeld := refused(survey.NotFound, NotInEdition)
	notShown := refused(survey.NotFound, CampaignNotShown)
	steps := []struct {
		name      string
		prepare   func()
		questions []question
	}{
		{"Open", func() {}, []question{
			{Public, whole, "", now(12)},
			{Program, crossed, "", now(12)},
			{Program, whole, FromResponses, now(12)},
			{Program, whole, FromEdition, notHeld},
			{Office, whole, "", now(12)},
		}},
		{"Draft", func() { w.edit(tthc, func(c *survey.Campaign) { c.State = survey.Draft }) }, []question{
			{Public, whole, "", notShown},
			{Program, whole, "", now(12)},
			{Office, whole, "", now(12)},
		}},
		{"WithdrawnWithoutAnEdition", func() { w.edit(tthc, func(c *survey.Campaign) { c.State = survey.Withdrawn }) }, []question{
			{Public, whole, "", notShown},
			{Program, whole, "", now(12)},
		}},
		{"Published", func() {
			w.edit(tthc, func(c *survey.Campaign) { c.State = survey.ClosedDown })
			w.publish(p, tthc)
			w.keep(surveytest.Times(3, func(int) survey.Response { return w.Response(1) })...)
		}, []question{
			{Public, whole, "", edition(3)},
			{Public, held, "", edition(3)},
			{Public, whole, FromResponses, edition(3)}, // the public does not choose
			{Public, crossed, "", notHeld},
			{Public, otherFormula, "", notHeld},
			{Public, otherPooling, "", notHeld},
			{Program, otherPooling, FromEdition, notHeld},
			{Program, whole, "", edition(3)},
			{Program, whole, FromEdition, edition(3)},
			{Program, whole, FromResponses, now(15)},
			{Program, crossed, "", now(15)},
			{Program, crossed, FromEdition, notHeld},
			{Program, otherFormula, "", now(15)},
			{Office, whole, "", edition(3)},
			{Office, whole, FromResponses, now(15)},
			{Office, crossed, "", now(15)},
			{Program, Query{Campaign: tthc, By: []Dimension{BySector}, Where: []Filter{{ByUnit, "xa-bum-to-2025"}}}, "", edition(0)}, // late of a group is not told
		}},
		{"Withdrawn", func() { w.withdraw(tthc) }, []question{
			{Public, whole, "", gone},
			{Public, crossed, "", gone},
			{Program, whole, "", gone},
			{Program, whole, FromResponses, gone},
			{Program, whole, FromEdition, gone},
			{Program, crossed, "", gone},
			{Program, whole, "elsewhere", gone},
			{Office, whole, "", now(15)},
			{Office, whole, FromResponses, now(15)},
			{Office, whole, FromEdition, notHeld},
		}},
	}
	for _, step := range steps { // in this order: one campaign goes its way
		step.prepare()
		for i, q := range step.questions {
			answer, err := p.Table(t.Context(), Request{Query: q.query, Reader: q.reader, Source: q.source})
			got := expected{source: answer.Source, n: answer.Overall.N, late: answer.Late}
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

func TestMistakenRequests(t *testing.T) {
	t.Parallel()
	w, p, _ := newPublished(t)
	w.publish(p, tthc)
	for name, c := range map[string]struct {
		request Request
		kind    survey.Kind
		key     string
	}{
		"UnknownSource":           {Request{Query: Query{Campaign: tthc}, Reader: Program, Source: "elsewhere"}, survey.Invalid, "api.bad_source"},
		"UnknownSourceOfNothing":  {Request{Query: Query{Campaign: "none"}, Reader: Program, Source: "elsewhere"}, survey.Invalid, "api.bad_source"},
		"UnknownCampaign":         {Request{Query: Query{Campaign: "none"}, Reader: Program}, survey.NotFound, "results.unknown_campaign"},
		"UnknownCampaignToPublic": {Request{Query: Query{Campaign: "none"}}, survey.NotFound, "results.unknown_campaign"},
		"UnknownUnit":             {Request{Query: Query{Campaign: tthc, Where: []Filter{{ByUnit, "none-such"}}}}, survey.Invalid, "results.unknown_value"},
		"UnknownDimension":        {Request{Query: Query{Campaign: tthc, By: []Dimension{"colour"}}}, survey.Invalid, "results.unknown_dimension"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := p.Table(t.Context(), c.request)
			var domain *survey.Error
			if !errors.As(err, &domain) || domain.Kind != c.kind || domain.Key != c.key {
				t.Errorf("error %v, want %v %s", err, c.kind, c.key)
			}
			if errors.Is(err, ErrUnknownGroup) != (name == "UnknownUnit") {
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
		{Program, tthc, survey.Closed, EditionWithdrawn},
		{Program, edu, survey.Internal, ""},
		{Program, "none", survey.NotFound, ""},
		{Office, tthc, survey.Internal, ""},
	} {
		campaign, err := p.Campaign(c.reader, c.id)
		var refusal *Refusal
		var reason RefusalReason
		if errors.As(err, &refusal) {
			reason = refusal.Reason
		}
		if survey.KindOf(err) != c.kind || reason != c.reason {
			t.Errorf("reader %d of %s: %v, want %v %q", c.reader, c.id, err, c.kind, c.reason)
		}
		if c.kind == survey.Internal && (err != nil || campaign == nil || campaign.ID != c.id) {
			t.Errorf("reader %d of %s: campaign %v, %v", c.reader, c.id, campaign, err)
		}
		if reason == EditionWithdrawn && campaign == nil {
			t.Errorf("reader %d of %s: who says that it was withdrawn needs the campaign", c.reader, c.id)
		}
	}
}

func TestTargetsAreJudgedByEditions(t *testing.T) {
	t.Parallel()
	w, p, _ := newPublished(t)
	const day = survey.Date("2026-06-30")
	inForce := func() map[survey.TargetCode]Verdict {
		t.Helper()
		verdicts, err := p.Targets(t.Context(), day)
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
	for code, v := range inForce() {
		if v.Source != FromResponses || v.Figure.N != 12 {
			t.Errorf("open, %s: %d respondents from %q, want 12 from the responses", code, v.Figure.N, v.Source)
		}
	}
	w.publish(p, tthc)
	w.keep(surveytest.Times(40, func(int) survey.Response { return w.Response(1) })...)
	for code, v := range inForce() {
		if v.Source != FromEdition || v.Figure.N != 12 {
			t.Errorf("published, %s: %d respondents from %q, want 12 from the edition", code, v.Figure.N, v.Source)
		}
		state, met, evidence, needed := Judge(v.Figure, v.Method, v.Milestone.Threshold)
		if v.State != state || v.Met != met || v.Evidence != evidence || v.Needed != needed {
			t.Errorf("published, %s: the verdict %+v does not fit its figure", code, v)
		}
	}
	w.withdraw(tthc)
	for code, v := range inForce() {
		if v.Campaign != nil || v.Source != "" || v.State != NoCampaign {
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
	request := Request{Query: Query{Campaign: tthc}}
	snapshots.before = func() error { return survey.NewError(survey.Unavailable, "get", nil) }
	if _, err := p.Table(t.Context(), request); !survey.Is(err, survey.Unavailable) {
		t.Errorf("table: error %v, want Unavailable", err)
	}
	if _, err := p.Targets(t.Context(), "2026-06-30"); !survey.Is(err, survey.Unavailable) {
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
	w.publishText(tthc, &survey.Edition{Number: 1}, "{")
	_, err := p.Table(t.Context(), Request{Query: Query{Campaign: tthc}})
	var domain *survey.Error
	if !errors.As(err, &domain) || domain.Kind != survey.Internal || domain.Op != "read the figures of an edition" {
		t.Errorf("error %v, want Internal while reading the figures", err)
	}
}

func TestTheTextOfAnEdition(t *testing.T) {
	t.Parallel()
	w, p, snapshots := newPublished(t)
	edition := w.publish(p, tthc)
	text := func(id survey.CampaignID, hash string, want survey.Kind) string {
		t.Helper()
		body, err := p.Text(t.Context(), id, hash)
		if survey.KindOf(err) != want || (err == nil) != (want == survey.Internal) {
			t.Errorf("text of %s %.6s: %v, want %v", id, hash, err, want)
		}
		return body
	}
	first := text(tthc, edition.Hash, survey.Internal)
	if sum := sha256.Sum256([]byte(first)); hex.EncodeToString(sum[:]) != edition.Hash {
		t.Error("the hash is not that of the text")
	}
	w.withdraw(tthc)
	if text(tthc, edition.Hash, survey.Internal) != first {
		t.Error("the text of a withdrawn edition changed")
	}
	text(tthc, "0123", survey.NotFound)
	text(edu, edition.Hash, survey.NotFound)
	text("none", edition.Hash, survey.NotFound)
	snapshots.before = func() error { return survey.NewError(survey.Unavailable, "get", nil) }
	text(tthc, edition.Hash, survey.Unavailable)
}

// An edition holds what the public page offers: every division of the campaign,
// and of each unit every division but that by unit.
func TestAnEditionHoldsWhatThePublicAsks(t *testing.T) {
	t.Parallel()
	w, p, _ := newPublished(t)
	campaign := w.Catalog.Campaign(tthc)
	at := time.Date(2026, 3, 7, 2, 30, 0, 0, time.UTC)
	figures, err := p.NewEdition(t.Context(), campaign, survey.Edition{Number: 3, Published: at})
	if err != nil {
		t.Fatal(err)
	}
	if figures.Edition != 3 || figures.Published != "2026-03-07T09:30:00+07:00" {
		t.Errorf("edition %d of %s, want 3 of 2026-03-07T09:30:00+07:00", figures.Edition, figures.Published)
	}
	queries := []Query{{Campaign: tthc}}
	for _, by := range Divisions(campaign.Family) {
		queries = append(queries, Query{Campaign: tthc, By: []Dimension{by}})
		if by != ByUnit {
			queries = append(queries, Query{Campaign: tthc, By: []Dimension{by}, Where: []Filter{{ByUnit, "xa-bum-to-2025"}}})
		}
	}
	for _, q := range queries {
		table, ok := figures.table(campaign, q)
		if !ok {
			t.Errorf("the edition does not hold %+v", q)
			continue
		}
		if diff := cmp.Diff(w.table(q), table, cmpopts.EquateNaNs(), cmp.Comparer(func(a, b *survey.Campaign) bool { return a.ID == b.ID })); diff != "" {
			t.Errorf("%+v: %s", q, diff)
		}
	}
	if len(figures.Tables) != len(queries) {
		t.Errorf("the edition holds %d tables, want %d", len(figures.Tables), len(queries))
	}
	if _, err := p.NewEdition(t.Context(), &survey.Campaign{ID: "none", Family: survey.Procedures}, survey.Edition{}); !survey.Is(err, survey.NotFound) {
		t.Errorf("an edition of no campaign: %v, want NotFound", err)
	}
}

func TestDivisionsOfEveryFamily(t *testing.T) {
	t.Parallel()
	for _, family := range survey.Families {
		divisions := Divisions(family)
		if divisions[0] != ByUnit {
			t.Errorf("%s is divided by %s first, want by unit", family, divisions[0])
		}
		for _, by := range divisions {
			if _, err := (Query{By: []Dimension{by}}).axes(); err != nil {
				t.Errorf("%s by %s: %v", family, by, err)
			}
		}
	}
	if got := (&Refusal{Reason: EditionWithdrawn}).Error(); got != "figures refused: withdrawn" {
		t.Errorf("the refusal reads %q", got)
	}
}
