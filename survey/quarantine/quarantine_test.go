package quarantine_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/quarantine"
	"hailong/survey/surveytest"
	"hailong/survey/verification"
)

const (
	campaign survey.CampaignID    = "tthc-2026"
	point    survey.PointCode     = "HA1L0N3"
	day      survey.Date          = "2026-03-05"
	burst    verification.BurstID = "tthc-2026/HA1L0N3/2026-03-05"
)

var (
	lan  = survey.Actor{Login: "lan"}
	binh = survey.Actor{Login: "binh"}
)

// service is a quarantine over a real store, and a clock that tests set.
type service struct {
	*quarantine.Quarantine
	t      *testing.T
	store  survey.Store
	log    *audit.Log
	now    time.Time
	random *rand.Rand
}

func at(hour, minute int) time.Time { return time.Date(2026, 3, 5, hour, minute, 0, 0, survey.Zone) }

func newService(t *testing.T) *service {
	t.Helper()
	return serviceOn(t, surveytest.Store(t))
}

func serviceOn(t *testing.T, store survey.Store) *service {
	t.Helper()
	s := &service{t: t, store: store, now: at(9, 30), random: rand.New(rand.NewPCG(1, 2))}
	now := func() time.Time { return s.now }
	s.log = audit.New(store, now)
	s.Quarantine = quarantine.New(survey.NewChanges(store, s.log, now), nil)
	return s
}

// response arrives now.
func (s *service) response(change ...func(*survey.Response)) survey.Response {
	var id uuid.UUID
	for i := range id {
		id[i] = byte(s.random.Uint32())
	}
	r := survey.Response{
		ID: survey.ResponseID(id.String()), Campaign: campaign, Form: survey.FormRef{Code: "tthc-quick", Version: 1}, Point: point,
		Unit: "xa", Channel: survey.ChannelQR, Day: survey.DateOf(s.now), Received: s.now.UTC(),
		Answers: []survey.Answer{{Item: "overall", Codes: []int{5}}, {Item: "visits", Number: s.random.Float64()}},
	}
	for _, f := range change {
		f(&r)
	}
	return r
}

// arrive stores responses, and tells of them.
func (s *service) arrive(n int, change ...func(*survey.Response)) []survey.Response {
	s.t.Helper()
	all := make([]survey.Response, n)
	for i := range all {
		all[i] = s.response(change...)
		s.keep(all[i])
		s.Arrived(all[i])
	}
	return all
}

func (s *service) keep(r survey.Response) {
	s.t.Helper()
	doc, err := r.MarshalBSON()
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.store.Insert(s.t.Context(), survey.Responses, doc); err != nil {
		s.t.Fatal(err)
	}
}

func (s *service) judge() int {
	s.t.Helper()
	n, err := s.Judge(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// out are the responses that figures leave out.
func (s *service) out() map[survey.ResponseID]survey.CampaignID {
	s.t.Helper()
	held, err := verification.HeldResponses(s.t.Context(), s.store, campaign)
	if err != nil {
		s.t.Fatal(err)
	}
	return held
}

// documents are the suspects as they are stored.
func documents(t *testing.T, store survey.Store) []string {
	t.Helper()
	var all []string
	if err := verification.SuspectsOf(t.Context(), store, "", func(s verification.Suspect) error {
		s.At = time.Time{} // of the server that came first
		all = append(all, fmt.Sprint(s))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// decide chooses about what is held of the burst now, for a sign.
func (s *service) decide(who survey.Actor, choice verification.BurstChoice, sign ...verification.SuspectSign) (verification.BurstDecision, error) {
	s.t.Helper()
	b, err := s.Burst(s.t.Context(), burst)
	if err != nil {
		s.t.Fatal(err)
	}
	g := &b.Groups[0]
	if len(sign) > 0 {
		g = b.Group(sign[0])
	}
	decisions, err := s.Decide(s.t.Context(), who, quarantine.DecisionRequest{
		Groups: []quarantine.GroupChoice{{Burst: burst, Sign: g.Sign, Rev: g.Decision.Rev, Responses: g.Told(), Choice: choice}},
		Reason: "Một cửa xác nhận không đông",
	})
	if err != nil {
		return verification.BurstDecision{}, err
	}
	return decisions[0], nil
}

func wantError(t *testing.T, err error, kind survey.Kind, key string) {
	t.Helper()
	var e *survey.Error
	if !errors.As(err, &e) || e.Kind != kind || e.Key != key {
		t.Errorf("error %v, want kind %s and key %q", err, kind, key)
	}
}

func TestAFloodIsHeldWhileItArrives(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.arrive(20)
	if n := s.judge(); n != 0 {
		t.Fatalf("%d are held of as many as fit", n)
	}
	s.arrive(115)
	if n := s.judge(); n != 135 || len(s.out()) != 135 {
		t.Errorf("%d are held, want all 135", n)
	}
	if n := s.judge(); n != 0 {
		t.Errorf("%d more are held of nothing new", n)
	}
}

// What staff enter, import, or send by a program is none of it.
func TestWhatIsNotJudged(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.arrive(200, func(r *survey.Response) {
		r.Channel, r.Batch, r.Proof = survey.ChannelPaper, "b1", survey.VerifiedSerial
	})
	s.arrive(200, func(r *survey.Response) { r.Channel = survey.ChannelFile })
	s.arrive(200, func(r *survey.Response) { r.Channel = survey.ChannelAPI })
	s.arrive(200, func(r *survey.Response) { r.Proof = survey.VerifiedSerial }) // of a device that was offline
	s.now = at(23, 0).AddDate(0, 0, 1)
	if n := s.judge(); n != 0 {
		t.Errorf("%d are held", n)
	}
}

// A key of a kiosk was copied, somebody issued slips and filled them in, a screen's
// code went to a telephone: each is held as a flood of open responses is, and neither
// silences the other.
func TestAFloodOfVerifiedResponses(t *testing.T) {
	t.Parallel()
	for name, attack := range map[string]func(*survey.Response){
		"CopiedKey": func(r *survey.Response) { r.Channel, r.Proof = survey.ChannelKiosk, survey.VerifiedDevice },
		"OwnSlips":  func(r *survey.Response) { r.Channel, r.Proof = survey.ChannelLink, survey.VerifiedSlip },
		"Screen":    func(r *survey.Response) { r.Proof = survey.VerifiedScreen },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			open := s.arrive(20)
			flood := s.arrive(190, attack)
			if n := s.judge(); n != 190 {
				t.Errorf("%d are held, want the 190 verified ones", n)
			}
			out := s.out()
			if _, held := out[open[0].ID]; held || len(out) != len(flood) {
				t.Errorf("%d are out of figures, and of the open ones: %t", len(out), held)
			}
		})
	}
}

// A server that starts anew finds what another one left to do, and both write the
// same documents.
func TestTheSameSuspectsAfterARestart(t *testing.T) {
	t.Parallel()
	a := newService(t)
	b := serviceOn(t, a.store)
	for i := range 120 {
		r := a.response()
		a.keep(r)
		a.Arrived(r)
		if i%2 == 0 { // the other server hears of half of them, in time
			b.Arrived(r)
		}
	}
	a.judge()
	want := documents(t, a.store)
	if n := b.judge(); n != 0 || len(want) != 120 {
		t.Errorf("the other server holds %d more than %d", n, len(want))
	}
	again := newService(t)
	for _, r := range responses(t, a.store) {
		again.keep(r)
	}
	settings, err := a.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := (survey.Documents[quarantine.Settings]{Store: again.store, Collection: survey.Settings}).Insert(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	again.now = at(9, 40) // nobody told it of anything
	again.judge()
	if diff := cmp.Diff(want, documents(t, again.store)); diff != "" {
		t.Errorf("after a restart (-first +again):\n%s", diff)
	}
}

func responses(t *testing.T, store survey.Store) []survey.Response {
	t.Helper()
	all, err := survey.Documents[survey.Response]{Store: store, Collection: survey.Responses}.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A busy past raises the capacity; what was held of it does not.
func TestCapacityFollowsThePast(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for week := 8; week >= 1; week-- {
		s.now = at(9, 30).AddDate(0, 0, -7*week)
		s.arrive(18)
		s.judge()
	}
	s.now = at(9, 30)
	s.arrive(54)
	if n := s.judge(); n != 0 {
		t.Errorf("%d are held of three times the usual number", n)
	}
	s.arrive(1)
	if n := s.judge(); n != 0 {
		t.Errorf("%d are held of one more before the hour is over", n)
	}
	s.now = at(10, 1)
	if n := s.judge(); n != 0 {
		t.Errorf("%d are held before other servers can have told of all", n)
	}
	s.now = at(10, 3)
	if n := s.judge(); n != 1 {
		t.Errorf("%d are held of one more, want 1", n)
	}
	s.now = at(9, 30)
	s.arrive(1000)
	s.judge()
	s.now = at(9, 30).AddDate(0, 0, 7)
	s.arrive(56)
	s.now = s.now.Add(time.Hour)
	if n := s.judge(); n != 2 {
		t.Errorf("%d are held a week later, want 2: the flood is no past", n)
	}
}

// Transactions that are stated later bound the proofs of the day, however they are
// spread over it; who answered without one is not held because somebody states a small
// number.
func TestStatedTransactions(t *testing.T) {
	t.Parallel()
	s := newService(t)
	stated := map[survey.PointCode]map[survey.Date]int{}
	s.Stated = func(context.Context, survey.Date) (map[survey.PointCode]map[survey.Date]int, error) {
		return stated, nil
	}
	open := map[survey.ResponseID]bool{}
	for hour := 8; hour < 12; hour++ {
		s.now = at(hour, 30)
		s.arrive(12, byKiosk)
		for _, r := range s.arrive(12) {
			open[r.ID] = true
		}
	}
	s.now = at(23, 0).AddDate(0, 0, 1)
	if n := s.judge(); n != 0 {
		t.Fatalf("%d are held before anything is stated", n)
	}
	stated = map[survey.PointCode]map[survey.Date]int{point: {day: 30}}
	s.StatedAnew()
	if n := s.judge(); n != 18 {
		t.Errorf("%d are held of 48 proofs where 30 were served, want 18", n)
	}
	b, err := s.Burst(t.Context(), burst)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Groups) != 1 || b.Groups[0].Sign != verification.SignTransactions || len(b.Groups[0].Responses) != 18 || b.Stated != 30 || b.From < 8 || b.To > 12 || !b.Over {
		t.Errorf("burst %+v", b)
	}
	stated = map[survey.PointCode]map[survey.Date]int{point: {day: 1}}
	s.StatedAnew()
	s.judge()
	for id := range s.out() {
		if open[id] {
			t.Error("a small number that is stated holds who answered without a proof")
		}
	}
}

// How many came in is told of days that are over, and where they are not few.
func TestReceived(t *testing.T) {
	t.Parallel()
	s := newService(t)
	received := func(code survey.PointCode) int {
		t.Helper()
		n, err := s.Received(t.Context(), code, day)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	s.arrive(quarantine.Fewest)
	s.arrive(quarantine.Fewest-1, func(r *survey.Response) { r.Point = "HA1L0N4" })
	s.arrive(9, func(r *survey.Response) { r.Batch = "2026-01" }) // nobody sent them by themselves
	if n := received(point); n != 0 {
		t.Errorf("%d are told of while the day is under way", n)
	}
	s.now = at(8, 0).AddDate(0, 0, 1)
	if n := received(point); n != quarantine.Fewest {
		t.Errorf("%d are told of, want %d", n, quarantine.Fewest)
	}
	if n := received("HA1L0N4"); n != 0 {
		t.Errorf("%d are told of, which are few", n)
	}
}

// A clerk enrolled the kiosk and states what its counter served: her number bounds the
// proofs and opens the hour to nobody. That of somebody else opens it, and she cannot
// raise that one.
func TestWhoMakesTheProofsOpensNothing(t *testing.T) {
	t.Parallel()
	numbers := func(n int) func(context.Context, survey.Date) (map[survey.PointCode]map[survey.Date]int, error) {
		return func(context.Context, survey.Date) (map[survey.PointCode]map[survey.Date]int, error) {
			if n < 0 {
				return nil, nil
			}
			return map[survey.PointCode]map[survey.Date]int{point: {day: n}}, nil
		}
	}
	for _, test := range []struct {
		name            string
		stated, vouched int // -1: nobody
		arrive, want    int
	}{
		{"NobodyStates", -1, -1, 60, 12},    // a new point takes 48 in an hour
		{"SheStates", 5000, -1, 60, 12},     // as if nobody did
		{"SheStatesFew", 30, -1, 60, 30},    // her own bound
		{"SomebodyElse", 5000, 5000, 60, 0}, // three times 48
		{"SheRaisesWhatAnotherSaid", 5000, 50, 60, 10},
		{"SheEmptiesWhatAnotherSaid", -1, 50, 60, 10},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			s.Stated, s.Vouched = numbers(test.stated), numbers(test.vouched)
			s.arrive(test.arrive, byKiosk)
			s.now = at(23, 0).AddDate(0, 0, 1)
			if n := s.judge(); n != test.want {
				t.Errorf("%d are held of %d, want %d", n, test.arrive, test.want)
			}
		})
	}
}

func TestTwoPeopleDecide(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.arrive(100)
	s.judge()
	if _, err := s.decide(lan, verification.CountThem); true {
		wantError(t, err, survey.Invalid, "suspect.day_not_over")
	}
	s.now = at(8, 0).AddDate(0, 0, 1)
	d, err := s.decide(lan, verification.CountThem)
	if err != nil || d.Choice != "" || d.Proposed == nil || len(s.out()) != 100 {
		t.Fatalf("one person decided: %+v, %v", d, err)
	}
	_, err = s.decide(lan, verification.CountThem)
	wantError(t, err, survey.Invalid, "suspect.second_person")
	if d, err = s.decide(binh, verification.LeaveOut); err != nil || d.Choice != "" || d.Proposed.By != "binh" {
		t.Fatalf("somebody who chose otherwise decided: %+v, %v", d, err)
	}
	if d, err = s.decide(lan, verification.LeaveOut); err != nil || d.Choice != verification.LeaveOut || d.First.By != "binh" || d.Decided.By != "lan" {
		t.Fatalf("two who chose the same did not decide: %+v, %v", d, err)
	}
	if len(s.out()) != 100 {
		t.Error("what is left out is in the figures")
	}
	// What is in force can be changed in the same way, and stays until then.
	if _, err = s.decide(lan, verification.CountThem); err != nil || len(s.out()) != 100 {
		t.Fatalf("one person released: %v", err)
	}
	if _, err = s.decide(binh, verification.CountThem); err != nil || len(s.out()) != 0 {
		t.Fatalf("released: %v", err)
	}
	s.arrive(1) // of the day after; that of before is not judged again
	if s.judge(); len(s.out()) != 0 {
		t.Error("the program judges again what people have decided about")
	}
	var actions []survey.Action
	if err := s.log.Each(t.Context(), audit.EntryFilter{Action: "suspect"}, func(e audit.ChainedEntry) error {
		actions = append(actions, e.Action)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := []survey.Action{"suspect.count", "suspect.leave_out", "suspect.leave_out", "suspect.count", "suspect.count"}
	if diff := cmp.Diff(want, actions); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

func TestOnePersonDecidesWhereThereIsNoOther(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.arrive(100)
	s.judge()
	settings, err := s.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DecideAlone(t.Context(), lan, settings.Rev-1, true); !survey.Is(err, survey.Conflict) {
		t.Errorf("over somebody else's change: %v, want a conflict", err)
	}
	deciders := 2
	s.Deciders = func(context.Context) (int, error) { return deciders, nil }
	wantError(t, s.DecideAlone(t.Context(), lan, settings.Rev, true), survey.Invalid, "suspect.others_decide")
	deciders = 1
	if err := s.DecideAlone(t.Context(), lan, settings.Rev, true); err != nil {
		t.Fatal(err)
	}
	s.now = at(8, 0).AddDate(0, 0, 1)
	deciders = 2 // somebody came since
	if d, err := s.decide(lan, verification.CountThem); err != nil || d.Choice != "" || d.Proposed == nil {
		t.Errorf("with a second person: %+v, %v", d, err)
	}
	deciders = 1
	if d, err := s.decide(lan, verification.CountThem); err != nil || d.Choice != verification.CountThem || len(s.out()) != 0 {
		t.Errorf("%+v, %v", d, err)
	}
	again, err := s.Settings(t.Context())
	if err != nil || string(again.Key) != string(settings.Key) {
		t.Errorf("the key changed: %v", err)
	}
}

func TestDecideRefuses(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.arrive(100)
	s.judge()
	s.now = at(8, 0).AddDate(0, 0, 1)
	good := func() quarantine.DecisionRequest {
		return quarantine.DecisionRequest{
			Groups: []quarantine.GroupChoice{{Burst: burst, Sign: verification.SignCrowd, Responses: 100, Choice: verification.CountThem}}, Reason: "Đã hỏi bộ phận một cửa",
		}
	}
	for _, test := range []struct {
		name   string
		change func(*quarantine.DecisionRequest)
		kind   survey.Kind
		key    string
	}{
		{"NoReason", func(c *quarantine.DecisionRequest) { c.Reason = "  " }, survey.Invalid, "suspect.invalid"},
		{"NoChoice", func(c *quarantine.DecisionRequest) { c.Groups[0].Choice = "" }, survey.Invalid, "suspect.invalid"},
		{"NoGroup", func(c *quarantine.DecisionRequest) { c.Groups = nil }, survey.Invalid, "suspect.invalid"},
		{"NoSuchSign", func(c *quarantine.DecisionRequest) { c.Groups[0].Sign = verification.SignAlike }, survey.NotFound, ""},
		{"NoSuchBurst", func(c *quarantine.DecisionRequest) { c.Groups[0].Burst = "tthc-2026/HA1L0N3/2026-03-01" }, survey.NotFound, ""},
		{"NoBurst", func(c *quarantine.DecisionRequest) { c.Groups[0].Burst = "x" }, survey.NotFound, ""},
		{"MoreThanWasSeen", func(c *quarantine.DecisionRequest) { c.Groups[0].Responses = 99 }, survey.Conflict, ""},
		{"SomebodyElseChose", func(c *quarantine.DecisionRequest) { c.Groups[0].Rev = 1 }, survey.Conflict, ""}, // there is no decision of revision 1
	} {
		t.Run(test.name, func(t *testing.T) {
			c := good()
			test.change(&c)
			_, err := s.Decide(t.Context(), lan, c)
			wantError(t, err, test.kind, test.key)
		})
	}
	if _, err := s.Decide(t.Context(), lan, good()); err != nil {
		t.Fatal(err)
	}
	_, err := s.Decide(t.Context(), binh, good()) // who did not see the first choice
	wantError(t, err, survey.Conflict, "")
}

func TestPublicationWaits(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.arrive(100) // nobody has judged them yet
	err := s.GuardPublication(t.Context(), campaign, "", 8000)
	wantError(t, err, survey.Invalid, "suspect.undecided")
	if err := s.GuardPublication(t.Context(), campaign, "", 9900); err != nil {
		t.Errorf("one in a hundred: %v", err)
	}
	if err := s.GuardPublication(t.Context(), "sipas-2026", "", 0); err != nil {
		t.Errorf("of another campaign: %v", err)
	}
	today := survey.DateOf(s.now)
	wantError(t, s.GuardPublication(t.Context(), campaign, today, 4000), survey.Invalid, "suspect.undecided")
	yesterday := survey.DateOf(s.now.AddDate(0, 0, -1))
	if err := s.GuardPublication(t.Context(), campaign, yesterday, 4000); err != nil {
		t.Errorf("of the next edition: %v", err)
	}
	s.now = at(8, 0).AddDate(0, 0, 1)
	for _, who := range []survey.Actor{lan, binh} {
		if _, err := s.decide(who, verification.LeaveOut); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.GuardPublication(t.Context(), campaign, "", 0); err != nil {
		t.Errorf("after the decision: %v", err)
	}
}

// insert stores a response, as another server may.
func insert(t *testing.T, store survey.Store, r survey.Response) {
	t.Helper()
	doc, err := r.MarshalBSON()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Insert(t.Context(), survey.Responses, doc); err != nil {
		t.Fatal(err)
	}
}

// Whatever call of the store fails, what it did not write is written later.
func TestJudgeWhenTheStoreFails(t *testing.T) {
	t.Parallel()
	store := &surveytest.Failing{Store: surveytest.Store(t)}
	n := 0
	store.FailEach(t, func() error {
		n++
		s := serviceOn(t, store)
		s.random = rand.New(rand.NewPCG(uint64(n), 3)) // a seed
		for range 100 {
			r := s.response(func(r *survey.Response) { r.Point = survey.PointCode(fmt.Sprint("P", n)) })
			insert(t, store.Store, r)
			s.Arrived(r)
		}
		_, err := s.Judge(t.Context())
		if err != nil {
			if _, again := s.Judge(t.Context()); again != nil {
				t.Errorf("after a failure: %v", again)
			}
		}
		held, scan := verification.HeldResponses(t.Context(), store.Store, campaign)
		if scan != nil || len(held) != 100*n {
			t.Errorf("%d are held after %d rounds of 100: %v", len(held), n, scan)
		}
		return err
	})
}
