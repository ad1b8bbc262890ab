package quarantine

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/verification"
)

// usualAnswers says that a third of honest people give any answers, so that none
// are too many unless nearly everybody gives them.
func usualAnswers(*kind, uint64) float64 { return 1.0 / 3 }

// unknownAnswers knows no usual share.
func unknownAnswers(*kind, uint64) float64 { return 1 }

func hourLimits(hour, day int) limits {
	l := limits{day: day, stated: -1, past: true}
	for h := range l.hour {
		l.hour[h] = hour
	}
	return l
}

// arrivalsAt makes n arrivals in an hour, each with answers of its own.
func arrivalsAt(random *rand.Rand, hour, n int, change ...func(i int, a *arrival)) []arrival {
	list := make([]arrival, n)
	for i := range list {
		a := &list[i]
		for b := range a.id {
			a.id[b] = byte(random.Uint32())
		}
		a.kind, a.second, a.answers = simulatedKind, int32(hour*3600+random.IntN(3600)), random.Uint64() // of a day
		for _, f := range change {
			f(i, a)
		}
	}
	return list
}

// suspects judges arrivals and returns the signs by id.
func suspects(arrivals []arrival, l limits, usual usualShares, over int) map[uuid.UUID]verification.SuspectSign {
	j := judgement{arrivals: arrivals, open: l, verified: l, usual: usual, key: []byte("key"), over: over}
	found := map[uuid.UUID]verification.SuspectSign{}
	for i, sign := range j.judge() {
		found[arrivals[i].id] = sign
	}
	return found
}

func count(found map[uuid.UUID]verification.SuspectSign, sign verification.SuspectSign) int {
	n := 0
	for _, s := range found {
		if s == sign {
			n++
		}
	}
	return n
}

func TestCrowd(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		arrived, want int
	}{{"AsManyAsFit", 20, 0}, {"OneMore", 21, 1}, {"TwiceAsMany", 40, 20}, {"MoreThanTwice", 41, 41}, {"AThousand", 1000, 1000}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			found := suspects(arrivalsAt(rand.New(rand.NewPCG(1, 1)), 9, test.arrived), hourLimits(20, 100), unknownAnswers, 10)
			if got := count(found, verification.SignCrowd); got != test.want || len(found) != got {
				t.Errorf("%d of %d are suspect, want %d", len(found), test.arrived, test.want)
			}
		})
	}
}

// A flood is held while it arrives, an hour that is just too full when it is over.
func TestAFloodDoesNotWaitForTheEndOfItsHour(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(8, 1))
	if found := suspects(arrivalsAt(random, 9, 40), hourLimits(20, 100), unknownAnswers, 9); len(found) != 0 {
		t.Errorf("%d are suspect of an hour that is not over, want none", len(found))
	}
	if found := suspects(arrivalsAt(random, 9, 41), hourLimits(20, 100), unknownAnswers, 9); len(found) != 41 {
		t.Errorf("%d are suspect of a flood of 41", len(found))
	}
}

// Who answers otherwise than the script is not silenced by it.
func TestAFloodOfTheSameAnswers(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(9, 1))
	script := arrivalsAt(random, 9, 500, func(_ int, a *arrival) { a.answers = 5 })
	honest := arrivalsAt(random, 9, 8)
	found := suspects(append(script, honest...), hourLimits(20, 100), unknownAnswers, 24)
	if len(found) != 500 {
		t.Errorf("%d are suspect, want the 500 of the script", len(found))
	}
	for _, a := range honest {
		if _, suspect := found[a.id]; suspect {
			t.Error("somebody who answered otherwise is suspect")
		}
	}
	// A script that varies its answers is not told apart from them.
	varied := arrivalsAt(random, 9, 30)
	if found := suspects(append(append(script, honest...), varied...), hourLimits(20, 100), unknownAnswers, 9); len(found) != 538 {
		t.Errorf("%d are suspect, want all 538", len(found))
	}
}

// Hours are judged by themselves, and the day when it is over.
func TestFullDay(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(2, 1))
	var all []arrival
	for hour := range 8 {
		all = append(all, arrivalsAt(random, hour, 20)...)
	}
	if found := suspects(all, hourLimits(20, 100), unknownAnswers, 23); len(found) != 0 {
		t.Errorf("%d are suspect before the day is over, want none", len(found))
	}
	if found := suspects(all, hourLimits(20, 100), unknownAnswers, 24); count(found, verification.SignFullDay) != 60 || len(found) != 60 {
		t.Errorf("%d are suspect of 160 where 100 fit, want 60", len(found))
	}
}

// One queue does not silence the other.
func TestTwoQueues(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 1))
	for name, flooded := range map[string]bool{"Open": false, "Verified": true} {
		flood := arrivalsAt(random, 9, 1000, func(_ int, a *arrival) { a.verified = flooded })
		few := arrivalsAt(random, 9, 20, func(_ int, a *arrival) { a.verified = !flooded })
		for _, over := range []int{9, 24} {
			found := suspects(append(flood, few...), hourLimits(20, 100), usualAnswers, over)
			if n := count(found, verification.SignCrowd); n != 1000 || len(found) != n {
				t.Errorf("%s: %d of a flood of 1000 are suspect, and %d in all, when %d hours are over", name, n, len(found), over)
			}
		}
	}
}

// A key of a kiosk can be copied, slips can be filled in by whoever issues them, and
// the code of a screen can be told: what they verify is judged as everything else.
func TestVerifiedResponses(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 2))
	verified := func(_ int, a *arrival) { a.verified = true }
	same := func(_ int, a *arrival) { a.answers = 5 }
	hasty := func(_ int, a *arrival) { a.doubt = survey.DoubtInstant }
	phone := func(_ int, a *arrival) { a.origin = 1 }
	for name, test := range map[string]struct {
		arrivals    []arrival
		sign        verification.SuspectSign
		least, most int
	}{
		"Crowd":      {arrivalsAt(random, 9, 8100, verified, same), verification.SignCrowd, 8100, 8100},
		"Slips":      {arrivalsAt(random, 9, 190, verified, hasty), verification.SignCrowd, 190, 190},
		"Alike":      {append(arrivalsAt(random, 9, 18, verified, same), arrivalsAt(random, 9, 2, verified)...), verification.SignAlike, 12, 18},
		"Hurried":    {append(arrivalsAt(random, 9, 12, verified, hasty), arrivalsAt(random, 9, 8, verified)...), verification.SignHurried, 10, 12},
		"OneNetwork": {append(arrivalsAt(random, 9, 30, verified, phone), arrivalsAt(random, 9, 8, verified)...), verification.SignFlood, 20, 20},
		"FullDay": {
			append(arrivalsAt(random, 8, 20, verified), append(arrivalsAt(random, 9, 20, verified), append(arrivalsAt(random, 10, 20, verified),
				append(arrivalsAt(random, 11, 20, verified), append(arrivalsAt(random, 13, 20, verified), arrivalsAt(random, 14, 20, verified)...)...)...)...)...),
			verification.SignFullDay, 20, 20,
		},
	} {
		found := suspects(test.arrivals, hourLimits(20, 100), usualAnswers, 24)
		if n := count(found, test.sign); n < test.least || n > test.most {
			t.Errorf("%s: %d of %d are suspect, want %d to %d", name, n, len(test.arrivals), test.least, test.most)
		}
	}
}

// All that a kiosk takes in comes from one network: that is no sign.
func TestAKioskIsOneNetwork(t *testing.T) {
	t.Parallel()
	kiosk := arrivalsAt(rand.New(rand.NewPCG(3, 3)), 9, 25, func(_ int, a *arrival) { a.verified, a.device, a.origin = true, true, 1 })
	if found := suspects(kiosk, hourLimits(20, 100), usualAnswers, 10); count(found, verification.SignCrowd) != 5 || len(found) != 5 {
		t.Errorf("%d of a kiosk are suspect, want what exceeds the capacity: 5", len(found))
	}
}

// More proofs than transactions are suspect, and a flood uses up those of nobody.
func TestTransactionsOfTheDay(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	var verified []arrival
	for hour := 8; hour < 14; hour++ {
		verified = append(verified, arrivalsAt(random, hour, 10, func(_ int, a *arrival) { a.verified = true })...)
	}
	flood := arrivalsAt(random, 15, 500, func(_ int, a *arrival) { a.verified = true })
	l := hourLimits(20, 100)
	l.stated = 60
	if found := suspects(append(flood, verified...), l, usualAnswers, 24); count(found, verification.SignCrowd) != 500 || len(found) != 500 {
		t.Errorf("%d are suspect beside a flood of 500", len(found)-500)
	}
	for stated, want := range map[int]int{100: 0, 60: 0, 50: 10, 5: 40} { // at least 20 are kept
		l := hourLimits(20, 100)
		l.stated = stated
		if got := count(suspects(verified, l, usualAnswers, 24), verification.SignTransactions); got != want {
			t.Errorf("%d transactions, 60 proofs: %d are suspect, want %d", stated, got, want)
		}
	}
}

// The same answers are no sign where honest people give them, and as many are
// kept as are usual where somebody else does.
func TestAlike(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(4, 1))
	same := func(_ int, a *arrival) { a.answers = 5 }
	honest := append(arrivalsAt(random, 9, 6, same), arrivalsAt(random, 9, 10)...)
	if found := suspects(honest, hourLimits(100, 500), usualAnswers, 10); len(found) != 0 {
		t.Errorf("%d of honest people are suspect", len(found))
	}
	stuffed := append(arrivalsAt(random, 9, 40, same), arrivalsAt(random, 9, 10)...)
	if found := suspects(stuffed, hourLimits(100, 500), usualAnswers, 9); len(found) != 0 {
		t.Errorf("%d are suspect before their hour is over", len(found))
	}
	found := suspects(stuffed, hourLimits(100, 500), usualAnswers, 10)
	if n := count(found, verification.SignAlike); n < 28 || n > 36 || n != len(found) {
		t.Errorf("%d of 40 with the same answers beside 10 others are suspect, want about 30", n)
	}
	for _, a := range stuffed[40:] {
		if _, suspect := found[a.id]; suspect {
			t.Error("somebody with other answers is suspect")
		}
	}
	if found := suspects(stuffed, hourLimits(100, 500), unknownAnswers, 24); len(found) != 0 {
		t.Errorf("%d are suspect although nobody knows what is usual", len(found))
	}
}

// A short attack is seen within a busy hour: a cluster by itself is no sign.
func TestClusters(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 1))
	meeting := func(_ int, a *arrival) { a.second = int32(9*3600 + 600 + random.IntN(60)) } // of a day
	honest := append(arrivalsAt(random, 9, 60), arrivalsAt(random, 9, 30, meeting)...)
	if found := suspects(honest, hourLimits(200, 500), usualAnswers, 10); len(found) != 0 {
		t.Errorf("%d of a meeting are suspect", len(found))
	}
	stuffed := append(arrivalsAt(random, 9, 60), arrivalsAt(random, 9, 30, meeting, func(_ int, a *arrival) { a.answers = 5 })...)
	if n := len(suspects(stuffed, hourLimits(200, 500), usualAnswers, 10)); n < 10 {
		t.Errorf("%d of 30 with the same answers within a minute are suspect, of an hour in which a third is usual", n)
	}
}

func TestHurried(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(6, 1))
	doubt := func(d survey.Doubt) func(int, *arrival) { return func(_ int, a *arrival) { a.doubt = d } }
	all := append(arrivalsAt(random, 9, 12, doubt(survey.DoubtHasty)), arrivalsAt(random, 9, 8, doubt(survey.NoDoubt))...)
	if n := count(suspects(all, hourLimits(100, 500), unknownAnswers, 10), verification.SignHurried); n < 10 {
		t.Errorf("%d of 12 hurried ones beside 8 others are suspect", n)
	}
	one := append(arrivalsAt(random, 9, 1, doubt(survey.DoubtHasty)), arrivalsAt(random, 9, 8, doubt(survey.NoDoubt))...)
	if found := suspects(one, hourLimits(100, 500), unknownAnswers, 24); len(found) != 0 {
		t.Error("somebody who was fast is suspect")
	}
	// A flood is not usual, also where its part at one point is small.
	for _, n := range []int{1, 12, 28} {
		flood := append(arrivalsAt(random, 9, n, doubt(survey.DoubtFlood)), arrivalsAt(random, 9, 20)...)
		if found := suspects(flood, hourLimits(48, 500), unknownAnswers, 10); count(found, verification.SignFlood) != n || len(found) != n {
			t.Errorf("%d of %d of a flood beside 20 others are suspect, %d in all", count(found, verification.SignFlood), n, len(found))
		}
	}
	// Of a crowd the hurried ones go first.
	crowd := append(arrivalsAt(random, 9, 10, doubt(survey.DoubtHasty)), arrivalsAt(random, 9, 20)...)
	found := suspects(crowd, hourLimits(20, 500), unknownAnswers, 10)
	for _, a := range crowd[:10] {
		if _, suspect := found[a.id]; !suspect || len(found) != 10 {
			t.Fatalf("%d are suspect, and not the hurried ones", len(found))
		}
	}
}

// One network takes half a capacity at most, once the capacity is exceeded.
func TestOneNetwork(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 1))
	from := func(o Origin) func(int, *arrival) { return func(_ int, a *arrival) { a.origin = o } }
	all := append(arrivalsAt(random, 9, 30, from(1)), arrivalsAt(random, 9, 8, from(2))...)
	found := suspects(all, hourLimits(20, 500), unknownAnswers, 0)
	left := 0
	for _, a := range all[:30] {
		if _, suspect := found[a.id]; !suspect {
			left++
		}
	}
	if left != 10 || len(found) != 20 {
		t.Errorf("%d of one network are left and %d are suspect, want 10 of a capacity of 20", left, len(found))
	}
	if found := suspects(all, hourLimits(40, 500), unknownAnswers, 0); len(found) != 0 {
		t.Errorf("%d are suspect below the capacity", len(found))
	}
}

// A hall shares one network, and where nothing is known of a point yet its hour may
// be a busy one: a meeting of parents is not held back. A flood is.
func TestAMeetingAtANewPoint(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 2))
	hall := func(_ int, a *arrival) { a.origin = 1 }
	p := &pointHistory{first: "2026-03-02", days: map[survey.Date]*dayArrivals{}}
	for _, verified := range []bool{false, true} {
		queue := func(_ int, a *arrival) { a.verified = verified }
		l := p.limits("2026-03-02", verified, notStated)
		for n, want := range map[int]int{45: 0, leastNewHour: 0, leastNewHour + 4: 4, 100: 100, 1000: 1000} {
			for name, all := range map[string][]arrival{
				"Meeting": arrivalsAt(random, 9, n, queue, hall), "MarketDay": arrivalsAt(random, 9, n, queue),
			} {
				if found := suspects(all, l, usualAnswers, 10); len(found) != want {
					t.Errorf("%s: %d of %d are suspect, want %d (verified: %t)", name, len(found), n, want, verified)
				}
			}
		}
	}
}

// The order of arrival plays no part, and what is suspect of a part of a crowd
// stays suspect when the rest of it has come: two servers agree in the end.
func TestSuspectsDoNotDependOnTheOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		var all []arrival
		for range rapid.IntRange(1, 4).Draw(t, "hours") {
			all = append(all, arrivalsAt(random, random.IntN(24), rapid.IntRange(0, 90).Draw(t, "n"), func(_ int, a *arrival) {
				a.verified, a.answers = random.IntN(4) == 0, uint64(random.IntN(4)) // small
				a.doubt = []survey.Doubt{survey.NoDoubt, survey.DoubtHasty, survey.DoubtFlood, survey.DoubtUnticketed}[random.IntN(4)]
			})...)
		}
		l := hourLimits(rapid.IntRange(5, 60).Draw(t, "capacity"), 100)
		l.stated = rapid.IntRange(-1, 60).Draw(t, "stated")
		over := rapid.SampledFrom([]int{0, 12, 24}).Draw(t, "over")
		want := suspects(all, l, usualAnswers, over)
		shuffled := append([]arrival(nil), all...)
		random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if diff := cmp.Diff(want, suspects(shuffled, l, usualAnswers, over)); diff != "" {
			t.Fatalf("in another order (-one +other):\n%s", diff)
		}
		whole := suspects(all, l, usualAnswers, 0)
		for id := range suspects(shuffled[:len(shuffled)/2], l, usualAnswers, 0) {
			if _, still := whole[id]; !still {
				t.Fatal("what was suspect of a part is not suspect of the whole")
			}
		}
		later := suspects(all, l, usualAnswers, 24)
		for id := range suspects(all, l, usualAnswers, 12) {
			if _, still := later[id]; !still {
				t.Fatal("what was suspect at noon is not suspect in the evening")
			}
		}
	})
}
