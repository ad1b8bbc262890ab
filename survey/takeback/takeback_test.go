package takeback_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/bolt"
	"hailong/survey/keys"
	"hailong/survey/surveytest"
	"hailong/survey/takeback"
)

const comment = "Cán bộ đòi tiền của tôi"

var ctx = context.Background()

// fixture is a store with receipts and a clock that a test turns.
type fixture struct {
	*testing.T
	receipts *takeback.Receipts
	file     *bolt.Store
	store    *surveytest.Failing
	keys     *keys.Keys
	log      *audit.Log
	now      time.Time
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	file := surveytest.Store(t)
	f := &fixture{T: t, file: file, store: &surveytest.Failing{Store: file}, keys: surveytest.Keys(t), now: time.Date(2026, 3, 5, 9, 30, 0, 0, survey.Zone)}
	f.receipts = f.server()
	return f
}

// server is another server on the same store.
func (f *fixture) server() *takeback.Receipts {
	catalog := (&survey.Catalog{Campaigns: []survey.Campaign{{ID: "k", Period: survey.Span{From: "2026-01-01"}}}}).Index()
	clock := func() time.Time { return f.now }
	f.log = audit.New(f.store, clock)
	r := takeback.New(survey.NewChanges(f.store, f.log, clock), func() *survey.Catalog { return catalog }, f.keys)
	return r
}

// answer stores a response under the id of a form that is shown now.
func (f *fixture) answer() (survey.Response, takeback.ReceiptCode) {
	f.Helper()
	receipt := f.sent()
	r := survey.Response{
		ID: receipt.ID, Campaign: "k", Form: survey.FormRef{Code: "quick", Version: 1}, Point: point, Unit: "u", Day: survey.DateOf(f.now), Received: f.now.UTC(),
		Answers: []survey.Answer{{Item: "overall", Codes: []int{1}}}, Texts: []survey.Words{{Item: "comment", Text: comment}},
	}
	if fresh := f.insert(r); !fresh {
		f.Fatal("the id of a new form is taken")
	}
	return r, receipt.Code
}

// point is where forms are opened.
const point survey.PointCode = "ABC"

// sent is the receipt of a form that is shown now, and sent.
func (f *fixture) sent() takeback.IssuedReceipt {
	f.Helper()
	drawn, err := f.receipts.Draw()
	if err != nil {
		f.Fatal(err)
	}
	return f.of(takeback.SentForm{Point: point, Drawn: drawn})
}

func (f *fixture) of(form takeback.SentForm) takeback.IssuedReceipt {
	f.Helper()
	receipt, err := f.receipts.Of(f.Context(), form)
	if err != nil {
		f.Fatal(err)
	}
	return receipt
}

// unknownCode is a right code that no response has.
func unknownCode(t *testing.T) takeback.ReceiptCode {
	t.Helper()
	code, err := takeback.NewReceiptCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func (f *fixture) insert(r survey.Response) bool {
	f.Helper()
	doc, err := r.MarshalBSON()
	if err != nil {
		f.Fatal(err)
	}
	fresh, err := f.store.Insert(f.Context(), survey.Responses, doc)
	if err != nil {
		f.Fatal(err)
	}
	return fresh[0]
}

// everything is every byte of every document of the store.
func (f *fixture) everything() []byte {
	f.Helper()
	var all []byte
	for _, c := range survey.Collections {
		if err := f.file.Scan(f.Context(), c, "", "", func(doc bson.Raw) error { all = append(all, doc...); return nil }); err != nil {
			f.Fatal(err)
		}
	}
	return all
}

func (f *fixture) takeBack(code takeback.ReceiptCode) error {
	return f.receipts.TakeBack(f.Context(), "192.0.2.1", string(code))
}

func wantKind(t *testing.T, err error, kind survey.Kind, key string) {
	t.Helper()
	var told *survey.Error
	if !errors.As(err, &told) || told.Kind != kind || told.Key != key {
		t.Errorf("error %v, want %s with the key %q", err, kind, key)
	}
}

func TestTakingBackErasesTheAnswers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r, code := f.answer()
	other, _ := f.answer()
	f.now = f.now.AddDate(0, 0, 40)
	if err := f.receipts.TakeBack(t.Context(), "192.0.2.1", strings.ToLower(code.Spaced())); err != nil {
		t.Fatal(err)
	}
	stored, err := f.file.Get(t.Context(), survey.Responses, string(r.ID))
	if err != nil {
		t.Fatal(err)
	}
	elements, err := stored.Elements()
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, e := range elements {
		left = append(left, e.Key())
	}
	// A release needs its unit, class and moment until it takes notice; no other mark has them.
	if got := strings.Join(left, " "); got != "_id rev campaign day taken_back counted" || !survey.IsTakenBack(stored) {
		t.Errorf("of the response are left %q", got)
	}
	marks, err := survey.Documents[survey.TakenBack]{Store: f.file, Collection: survey.TakenBackMarks}.All(t.Context())
	if diff := cmp.Diff([]survey.TakenBack{{ID: r.ID, Rev: 1, Campaign: "k", Day: "2026-03-05", Mark: true}}, marks); err != nil || diff != "" {
		t.Errorf("the marks that other processes find, %v (-want +got):\n%s", err, diff)
	}
	if doc, err := f.file.Get(t.Context(), survey.Responses, string(other.ID)); err != nil || survey.IsTakenBack(doc) {
		t.Errorf("another response was touched: %v", err)
	}
	// Again, and one that never was: the same answer.
	again := f.takeBack(code)
	wantKind(t, again, survey.NotFound, "takeback.unknown")
	unknown := unknownCode(t)
	if never := f.takeBack(unknown); never.Error() != again.Error() {
		t.Errorf("an unknown code is answered with %v, one that was taken back with %v", never, again)
	}
	// Sent once more, by a phone that did not hear of the receipt.
	if f.insert(r) {
		t.Error("the response came back")
	}
}

// Attack: who has the file of the store, or a backup, finds no answer of what was
// taken back, and no code of what was not.
func TestNoByteOfWhatWasTakenBackIsLeft(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, code := f.answer()
	if all := f.everything(); !bytes.Contains(all, []byte(comment)) || bytes.Contains(all, []byte(code)) || bytes.Contains(all, []byte(code.Spaced())) {
		t.Fatal("the store does not hold the comment, or holds the code")
	}
	if err := f.takeBack(code); err != nil {
		t.Fatal(err)
	}
	if err := f.file.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(f.file.Path())
	if err != nil {
		t.Fatal(err)
	}
	for what, secret := range map[string]string{"the comment": comment, "the code": string(code), "the question": "overall"} {
		if bytes.Contains(content, []byte(secret)) {
			t.Errorf("the file holds %s", what)
		}
	}
}

// The audit log keeps that it happened, and nothing that leads to the response.
func TestTheLogKeepsThatItHappened(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r, code := f.answer()
	f.now = f.now.AddDate(0, 0, 3)
	if err := f.takeBack(code); err != nil {
		t.Fatal(err)
	}
	entries, err := survey.Documents[audit.ChainedEntry]{Store: f.store, Collection: survey.Audit}.All(t.Context())
	if err != nil || len(entries) != 1 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	e := entries[0]
	if e.Action != "response.take_back" || e.Subject != "campaigns/k" || e.After != `{"day":"2026-03-05"}` || len(e.Docs) != 0 {
		t.Errorf("the entry is %+v", e)
	}
	if want := survey.DateOf(f.now).Time(); !e.At.Equal(want) || f.now.Equal(want) {
		t.Errorf("at %s the entry is of %s, want the day alone", f.now, e.At)
	}
	raw, err := bson.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{string(r.ID), string(code), "overall", comment} {
		if bytes.Contains(raw, []byte(secret)) {
			t.Errorf("the entry holds %q", secret)
		}
	}
}

// Whatever call of the store fails, or wherever a kill comes: what was acknowledged
// stays erased, and what was begun is finished at the next start.
func TestTakingBackSurvivesFailures(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var code takeback.ReceiptCode
	f.store.Before = nil
	tried := 0
	f.store.FailEach(t, func() error {
		r, next := f.answerPast(t)
		code = next
		tried++
		err := f.takeBack(code)
		// The next start, on a store that works.
		restarted := survey.NewChanges(f.file, audit.New(f.file, time.Now), time.Now)
		if _, _, recovered := restarted.Recover(t.Context()); recovered != nil {
			t.Fatal(recovered)
		}
		doc, getErr := f.file.Get(t.Context(), survey.Responses, string(r.ID))
		if getErr != nil {
			t.Fatal(getErr)
		}
		if err == nil && !survey.IsTakenBack(doc) {
			t.Errorf("attempt %d was acknowledged, and the answers are there", tried)
		}
		marks, marksErr := survey.Documents[survey.TakenBack]{Store: f.file, Collection: survey.TakenBackMarks}.All(t.Context())
		if marksErr != nil {
			t.Fatal(marksErr)
		}
		marked := false
		for _, m := range marks {
			marked = marked || m.ID == r.ID
		}
		if marked != survey.IsTakenBack(doc) {
			t.Errorf("attempt %d: marked %v, erased %v: half of an act is left", tried, marked, survey.IsTakenBack(doc))
		}
		return err
	})
	if tried < 5 {
		t.Errorf("only %d calls were tried", tried)
	}
}

// answerPast stores a response without passing the store that fails.
func (f *fixture) answerPast(t *testing.T) (survey.Response, takeback.ReceiptCode) {
	t.Helper()
	failing := f.store
	f.store = &surveytest.Failing{Store: f.file}
	defer func() { f.store = failing }()
	return f.answer()
}

// Many taps at once, on two servers: all end, and each says that it is taken back or
// that there is nothing. Two servers that are at it in the same moment write the same
// bytes, and both may say that it is done; so it is.
func TestTwoTapsAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, code := f.answer()
	servers := []*takeback.Receipts{f.receipts, f.server()}
	errs := make([]error, 8)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() { errs[i] = servers[i%2].TakeBack(ctx, "192.0.2.1", string(code)) })
	}
	group.Wait()
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
		} else {
			wantKind(t, err, survey.NotFound, "takeback.unknown")
		}
	}
	if done < 1 || done > len(servers) {
		t.Errorf("%d of the taps took it back, want one for each server at most", done)
	}
	if bytes.Contains(f.everything(), []byte(comment)) {
		t.Error("the answers are there")
	}
}

func TestAttemptsAreLimited(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, own := f.answer()
	unknown := unknownCode(t)
	servers := []*takeback.Receipts{f.receipts, f.server()}
	for i := range 30 {
		wantKind(t, servers[i%2].TakeBack(ctx, "192.0.2.1", string(unknown)), survey.NotFound, "takeback.unknown")
	}
	limited := f.takeBack(own)
	wantKind(t, limited, survey.RateLimited, "takeback.wait")
	var wait survey.Wait
	if !errors.As(limited, &wait) || wait.Seconds() != 30*60 {
		t.Errorf("to wait are %v, want half an hour", limited)
	}
	if all := f.everything(); bytes.Contains(all, []byte("192.0.2.1")) {
		t.Error("the store holds an address")
	}
	// Somebody else is not held up, and a code that cannot be costs nothing.
	wantKind(t, f.receipts.TakeBack(ctx, "192.0.2.2", string(unknown)), survey.NotFound, "takeback.unknown")
	wantKind(t, f.receipts.TakeBack(ctx, "192.0.2.1", "0000"), survey.Invalid, "takeback.bad_length")
	f.now = f.now.Add(time.Hour)
	if err := f.takeBack(own); err != nil {
		t.Errorf("an hour later: %v", err)
	}
	if n := f.count(survey.Attempts); n != 1 {
		t.Errorf("%d hours are remembered, want 1", n)
	}
}

// Counts of attempts go also where nobody tries again.
func TestAttemptsAreForgotten(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	unknown := unknownCode(t)
	wantKind(t, f.takeBack(unknown), survey.NotFound, "takeback.unknown")
	for _, step := range []struct {
		after           time.Duration
		forgotten, left int
	}{{0, 0, 1}, {time.Hour, 1, 0}, {time.Hour, 0, 0}} {
		f.now = f.now.Add(step.after)
		if n, err := f.receipts.ForgetAttempts(t.Context()); err != nil || n != step.forgotten || f.count(survey.Attempts) != step.left {
			t.Errorf("at %s %d hours were forgotten and %d are left, %v", f.now, n, f.count(survey.Attempts), err)
		}
	}
}

func (f *fixture) count(c survey.Collection) int {
	f.Helper()
	n := 0
	if err := f.file.Scan(f.Context(), c, "", "", func(bson.Raw) error { n++; return nil }); err != nil {
		f.Fatal(err)
	}
	return n
}

// A backup that was written in the midst holds the mark and the response.
func TestARestoredResponseIsErasedAgain(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r, code := f.answer()
	if err := f.takeBack(code); err != nil {
		t.Fatal(err)
	}
	if err := f.file.Delete(ctx, survey.Responses, string(r.ID), 1); err != nil {
		t.Fatal(err)
	}
	f.insert(r)
	for _, want := range []int{1, 0} {
		if n, err := f.receipts.EraseAgain(ctx); err != nil || n != want {
			t.Errorf("erased again %d, want %d (%v)", n, want, err)
		}
	}
	if bytes.Contains(f.everything(), []byte(comment)) {
		t.Error("the answers are there")
	}
}
