package quarantine_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/quarantine"
	"hailong/survey/surveytest"
	"hailong/survey/verification"
)

func byKiosk(r *survey.Response) { r.Channel, r.Proof = survey.ChannelKiosk, survey.VerifiedDevice }

func bySlip(r *survey.Response) { r.Channel, r.Proof = survey.ChannelLink, survey.VerifiedSlip }

const misuseReason = "Máy bị mang về nhà, xác minh ngày 05/03"

// A clerk fills in the kiosk that she enrolled, seven answers a day, below every limit.
// The office finds out: all of it leaves the figures at once, and nothing else does.
func TestAMisusedKioskIsHeldAtOnce(t *testing.T) {
	t.Parallel()
	s := newService(t)
	var filledIn []survey.Response
	for ago := 20; ago >= 0; ago-- {
		s.now = at(9, 30).AddDate(0, 0, -ago)
		filledIn = append(filledIn, s.arrive(7, byKiosk)...)
		s.arrive(5)         // telephones
		s.arrive(3, bySlip) // slips of the same point
		s.arrive(2, byKiosk, func(r *survey.Response) { r.Point = "HA1L0N4" })
	}
	if n := s.judge(); n != 0 {
		t.Fatalf("%d are held by a rule", n)
	}
	r := quarantine.MisuseRequest{Point: point, Proof: survey.VerifiedDevice, From: survey.DateOf(at(0, 0).AddDate(0, 0, -9)), To: day, Reason: misuseReason}
	extent, err := s.Extent(t.Context(), r)
	if diff := cmp.Diff(quarantine.MisuseExtent{Days: 9, Responses: 63}, extent); diff != "" || err != nil { // of the day that is not over nothing is told
		t.Errorf("extent (-want +got):\n%s%v", diff, err)
	}
	if len(s.out()) != 0 {
		t.Error("asking what would be held holds it")
	}
	for range 2 { // pressing twice is pressing once
		if err := s.StateMisuse(t.Context(), lan, r); err != nil {
			t.Fatal(err)
		}
	}
	want := map[survey.ResponseID]survey.CampaignID{}
	for _, r := range filledIn[len(filledIn)-70:] {
		want[r.ID] = campaign
	}
	if diff := cmp.Diff(want, s.out()); diff != "" {
		t.Errorf("held (-want +got):\n%s", diff)
	}
	wantError(t, s.GuardPublication(t.Context(), campaign, "", 200), survey.Invalid, "suspect.undecided")
	if _, err := s.decide(lan, verification.CountThem, verification.SignMisusedDevice); true {
		wantError(t, err, survey.Invalid, "suspect.day_not_over")
	}
	// Another server, or this one after a restart, comes to the same.
	before := documents(t, s.store)
	again := serviceOn(t, s.store)
	again.now = s.now
	again.judge()
	if diff := cmp.Diff(before, documents(t, s.store)); diff != "" {
		t.Errorf("suspects of another server (-want +got):\n%s", diff)
	}
	if entries := s.actions("misuse"); len(entries) != 1 {
		t.Errorf("the log has %v, want one entry", entries)
	}
}

// Today's is held to its end, before anybody can decide about it.
func TestTheDayOfAMisuseIsHeldToItsEnd(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.arrive(6, byKiosk)
	r := quarantine.MisuseRequest{Point: point, Proof: survey.VerifiedDevice, From: day, To: day, Reason: misuseReason}
	if err := s.StateMisuse(t.Context(), lan, r); err != nil {
		t.Fatal(err)
	}
	s.arrive(2, byKiosk) // on their way, at another server
	s.now = at(9, 0).AddDate(0, 0, 1)
	s.arrive(4, byKiosk) // of the kiosk that took its place
	_, err := s.decide(lan, verification.LeaveOut, verification.SignMisusedDevice)
	wantError(t, err, survey.Conflict, "") // six were seen, and eight are held now
	if _, err := s.decide(lan, verification.LeaveOut, verification.SignMisusedDevice); err != nil {
		t.Fatal(err)
	}
	if d, err := s.decide(binh, verification.LeaveOut, verification.SignMisusedDevice); err != nil || d.Choice != verification.LeaveOut || len(s.out()) != 8 {
		t.Errorf("two decided: %+v, %v, %d are out", d, err, len(s.out()))
	}
	s.judge()
	if len(s.out()) != 8 {
		t.Errorf("%d are out, want 8", len(s.out()))
	}
}

// Attack: who issued one slip says that slips were misused on that day, and looks whether
// anything is held: then the slip was used. Four tell no more than none.
func TestAMisuseOfFewHoldsNothing(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.arrive(4, bySlip)
	s.now = at(9, 0).AddDate(0, 0, 1)
	r := quarantine.MisuseRequest{Point: point, Proof: survey.VerifiedSlip, From: day, To: day, Reason: misuseReason}
	if err := s.StateMisuse(t.Context(), lan, r); err != nil {
		t.Fatal(err)
	}
	s.judge()
	if len(s.out()) != 0 {
		t.Errorf("%d are held", len(s.out()))
	}
}

// What people counted before is held nevertheless: it is another question.
func TestMisuseOfWhatWasCounted(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.arrive(135, byKiosk)
	s.judge()
	s.now = at(9, 0).AddDate(0, 0, 1)
	for _, who := range []survey.Actor{lan, binh} {
		if _, err := s.decide(who, verification.CountThem, verification.SignCrowd); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.out()) != 0 {
		t.Fatalf("%d are out after they were counted", len(s.out()))
	}
	r := quarantine.MisuseRequest{Point: point, Proof: survey.VerifiedDevice, From: day, To: day, Reason: misuseReason}
	if err := s.StateMisuse(t.Context(), lan, r); err != nil || len(s.out()) != 135 {
		t.Errorf("%d are out, want 135: %v", len(s.out()), err)
	}
	b, err := s.Burst(t.Context(), burst)
	if err != nil || len(b.Responses()) != 135 || len(b.Waiting()) != 135 {
		t.Errorf("%d responses, %d wait: %v", len(b.Responses()), len(b.Waiting()), err)
	}
}

// A day with few slips tells nobody whether a slip was used: it is not counted, and its
// number does not follow from two ranges.
func TestTheExtentOfAMisuseTellsOfNoSlip(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for ago, n := range []int{0, 4, 5, 1, 6} {
		s.now = at(9, 30).AddDate(0, 0, -ago)
		s.arrive(n, bySlip)
	}
	s.now = at(9, 30)
	for ago, want := range []quarantine.MisuseExtent{{}, {}, {Days: 1, Responses: 5}, {Days: 1, Responses: 5}, {Days: 2, Responses: 11}} {
		r := quarantine.MisuseRequest{Point: point, Proof: survey.VerifiedSlip, From: survey.DateOf(at(0, 0).AddDate(0, 0, -ago)), To: day}
		if got, err := s.Extent(t.Context(), r); err != nil || got != want {
			t.Errorf("since %d days: %+v, %v; want %+v", ago, got, err, want)
		}
	}
}

func TestStateMisuseRefuses(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.arrive(5, byKiosk)
	for _, test := range []struct {
		name   string
		change func(*quarantine.MisuseRequest)
		field  string
	}{
		{"NoPoint", func(r *quarantine.MisuseRequest) { r.Point = "" }, "point"},
		{"NoProof", func(r *quarantine.MisuseRequest) { r.Proof = "" }, "proof"},
		{"Paper", func(r *quarantine.MisuseRequest) { r.Proof = survey.VerifiedSerial }, "proof"},
		{"NoDay", func(r *quarantine.MisuseRequest) { r.From = "" }, "from"},
		{"InTwoDays", func(r *quarantine.MisuseRequest) { r.To = "2026-03-07" }, "to"},
		{"Backwards", func(r *quarantine.MisuseRequest) { r.To = "2026-03-01" }, "to"},
		{"NoReason", func(r *quarantine.MisuseRequest) { r.Reason = "?" }, "reason"},
	} {
		r := quarantine.MisuseRequest{Point: point, Proof: survey.VerifiedDevice, From: "2026-03-02", To: day, Reason: misuseReason}
		test.change(&r)
		err := s.StateMisuse(t.Context(), lan, r)
		wantError(t, err, survey.Invalid, "misuse.invalid")
		if fields := survey.FieldsOf(err); len(fields) != 1 || fields[test.field].Key == "" {
			t.Errorf("%s: fields %v, want %s", test.name, fields, test.field)
		}
	}
	if len(s.out()) != 0 {
		t.Errorf("%d are held by what was refused", len(s.out()))
	}
}

// Whatever write fails or is the last one before a kill: what was said is held by
// whoever judges next.
func TestMisuseWhenTheStoreFails(t *testing.T) {
	t.Parallel()
	store := &surveytest.Failing{Store: surveytest.Store(t)}
	n := 0
	store.FailEach(t, func() error {
		n++
		s := serviceOn(t, store)
		s.random = rand.New(rand.NewPCG(uint64(n), 3)) // a seed
		s.now = at(9, 30).AddDate(0, 0, n)             // a day of its own
		var r survey.Response
		for range quarantine.Fewest {
			r = s.response(byKiosk)
			insert(t, store.Store, r)
		}
		s.now = s.now.Add(24 * time.Hour)
		today := survey.DateOf(r.Received)
		err := s.StateMisuse(t.Context(), lan, quarantine.MisuseRequest{Point: point, Proof: survey.VerifiedDevice, From: today, To: today, Reason: misuseReason})
		said, getErr := store.Store.Get(t.Context(), survey.Misuses, string(point)+"/device/"+string(today)+"/"+string(today))
		if err == nil && getErr != nil {
			t.Errorf("acknowledged and not stored: %v", getErr)
		}
		after := serviceOn(t, store.Store) // a server that was started again
		after.now = s.now
		if _, again := after.Judge(t.Context()); again != nil {
			t.Fatal(again)
		}
		if _, held := after.out()[r.ID]; held != (said != nil) {
			t.Errorf("round %d: said %t, held %t", n, said != nil, held)
		}
		return err
	})
}
