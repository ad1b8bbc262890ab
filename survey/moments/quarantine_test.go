package moments_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/moments"
	"hailong/survey/quarantine"
	"hailong/survey/surveytest"
	"hailong/survey/verification"
)

// office is a point whose responses are judged, day by day.
type office struct {
	testing.TB
	store  survey.Store
	now    time.Time
	random *rand.Rand
	stated map[survey.Date]int

	arriving []survey.Response
	*quarantine.Quarantine
}

func newOffice(t testing.TB, seed uint64) *office {
	t.Helper()
	o := &office{TB: t, store: surveytest.Store(t), random: rand.New(rand.NewPCG(seed, 7)), stated: map[survey.Date]int{}}
	o.restart()
	return o
}

// restart is another server on the same store, which knows what is stored.
func (o *office) restart() {
	clock := func() time.Time { return o.now }
	o.Quarantine = quarantine.New(survey.NewChanges(o.store, audit.New(o.store, clock), clock), nil)
	o.Stated = func(context.Context, survey.Date) (map[survey.PointCode]map[survey.Date]int, error) {
		days := map[survey.Date]int{}
		for d, n := range o.stated {
			days[d] = n
		}
		return map[survey.PointCode]map[survey.Date]int{"HA1L0N3": days}, nil
	}
}

func (o *office) judge() int {
	o.Helper()
	n, err := o.Judge(o.Context())
	if err != nil {
		o.Fatal(err)
	}
	return n
}

func (o *office) blur() int {
	o.Helper()
	n, err := moments.New(o.store, o.Judge, func() time.Time { return o.now }).Blur(o.Context())
	if err != nil {
		o.Fatal(err)
	}
	return n
}

// arrive has a response come in at a moment.
func (o *office) arrive(at time.Time, answers int, change func(*survey.Response)) {
	o.Helper()
	var id uuid.UUID
	for i := range id {
		id[i] = byte(o.random.Uint32())
	}
	r := survey.Response{
		ID: survey.ResponseID(id.String()), Campaign: tthc, Form: survey.FormRef{Code: "tthc-quick", Version: 1}, Point: "HA1L0N3",
		Unit: unit, Channel: survey.ChannelQR, Day: survey.DateOf(at), Received: at.UTC().Truncate(time.Millisecond),
		Answers: []survey.Answer{{Item: "overall", Codes: []int{1 + answers%5}}, {Item: "visits", Number: float64(answers)}},
	}
	change(&r)
	o.arriving = append(o.arriving, r)
}

// keep stores what has arrived, and tells of it.
func (o *office) keep() {
	o.Helper()
	if _, err := survey.InsertAll(o.Context(), o.store, survey.Responses, o.arriving); err != nil {
		o.Fatal(err)
	}
	for _, r := range o.arriving {
		o.Arrived(r)
	}
	o.arriving = nil
}

// day lets people come on a day of a kind that is drawn: honest ones over the day, and
// often a script that sends the same answers within a few minutes, hurried ones, a full
// day, or a crowd.
func (o *office) day(date survey.Date) {
	o.Helper()
	proofs := []survey.Proof{survey.Unverified, survey.Unverified, survey.VerifiedSlip, survey.VerifiedDevice}
	moment := func(hour, within int) time.Time {
		return date.Time().Add(time.Duration(hour)*time.Hour + time.Duration(o.random.IntN(within*1000))*time.Millisecond)
	}
	for hour := 7; hour < 17; hour++ {
		for range o.random.IntN(9) {
			proof := proofs[o.random.IntN(len(proofs))]
			o.arrive(moment(hour, 3600), o.random.IntN(40), func(r *survey.Response) { r.Proof = proof })
		}
	}
	for range o.random.IntN(4) {
		hour, proof, answers := 7+o.random.IntN(10), proofs[o.random.IntN(len(proofs))], 100+o.random.IntN(3)
		n, within, doubt := 5+o.random.IntN(16), 20+o.random.IntN(200), survey.NoDoubt
		switch o.random.IntN(4) {
		case 0:
			doubt = survey.DoubtInstant
		case 1:
			n, within = n*4, 3600
		}
		for range n {
			o.arrive(moment(hour, within), answers, func(r *survey.Response) { r.Proof, r.Doubt = proof, doubt })
		}
	}
	o.keep()
	if o.random.IntN(3) == 0 {
		o.stated[date] = 20 + o.random.IntN(150)
	}
}

// tellAgain is a server that follows another one, and meets blurred responses.
func (o *office) tellAgain() {
	o.Helper()
	err := o.store.Scan(o.Context(), survey.Responses, "", "", func(doc bson.Raw) error {
		var r survey.Response
		err := r.UnmarshalBSON(doc)
		o.Arrived(r)
		return err
	})
	if err != nil {
		o.Fatal(err)
	}
}

// held are the suspects as they are stored, and whether they were found in a cluster.
func (o *office) held() (all []string, clusters int) {
	o.Helper()
	err := verification.SuspectsOf(o.Context(), o.store, "", func(s verification.Suspect) error {
		all = append(all, fmt.Sprint(s.ID, s.Burst, s.Sign, s.Hour, s.At.UTC(), s.Cluster))
		if s.Cluster {
			clusters++
		}
		return nil
	})
	if err != nil {
		o.Fatal(err)
	}
	return all, clusters
}

// Who judges a day by its seconds when it is over, and who judges it again after they
// were forgotten, in another server or the same, hold the same responses: nothing new
// appears, and nothing that was held becomes free.
func TestTheQuarantineHoldsTheSame(t *testing.T) {
	t.Parallel()
	found := 0
	for seed := range uint64(6) {
		o := newOffice(t, seed)
		for n := range 12 {
			date := survey.DateOf(day.Time().AddDate(0, 0, n))
			o.now = date.Time().Add(time.Hour)
			o.day(date)
			o.now = date.Time().AddDate(0, 0, 1).Add(10 * time.Minute)
			o.StatedAnew()
			if o.random.IntN(3) == 0 { // it was away in the night: the job comes before any judging
				o.restart()
			} else {
				o.judge()
			}
			o.blur()
			judged, _ := o.held()
			for _, again := range []string{"the same server", "told once more", "another one", "another one the day after"} {
				switch again {
				case "the same server":
					o.StatedAnew()
				case "told once more":
					o.tellAgain()
				case "another one the day after":
					o.now = o.now.Add(20 * time.Hour)
					fallthrough
				default:
					o.restart()
				}
				fresh := o.judge()
				after, _ := o.held()
				if diff := cmp.Diff(judged, after); diff != "" || fresh != 0 {
					t.Fatalf("seed %d, %s, %s: %d more are held (-judged +again): %s", seed, date, again, fresh, diff)
				}
			}
		}
		all, clusters := o.held()
		if found += clusters; !slices.IsSorted(all) {
			t.Error("suspects are not in order")
		}
		t.Logf("seed %d: %d are held, %d of them found in clusters", seed, len(all), clusters)
	}
	if found == 0 {
		t.Error("no cluster was found, so that nothing was tried")
	}
}

// Of the ends of an hour no cluster is made: twenty that answered alike over an hour are
// no more suspect afterwards than before.
func TestNoClusterComesFromBlurring(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	for n := range 10 { // a past in which a third answer alike
		date := survey.DateOf(day.Time().AddDate(0, 0, n))
		o.now = date.Time().Add(time.Hour)
		for i := range 60 {
			answers := i + 1
			if i%3 == 0 {
				answers = 100
			}
			at := date.Time().Add(time.Duration(8*60+i*5) * time.Minute)
			o.arrive(at, answers, func(*survey.Response) {})
		}
		o.keep()
		o.now = date.Time().AddDate(0, 0, 1).Add(10 * time.Minute)
		o.blur()
	}
	o.restart()
	if n := o.judge(); n != 0 {
		t.Errorf("%d are held after the minutes were forgotten, want none", n)
	}
}

// What was found in a cluster counts for the rules of the day as it did: the transactions
// of a day are enough for the others, then and afterwards.
func TestAClusterStandsInItsPlaceAfterwards(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 2)
	slip := func(r *survey.Response) { r.Channel, r.Proof = survey.ChannelLink, survey.VerifiedSlip }
	date := day
	for n := range 11 { // ten days on which a third answers alike, and one on which a script does
		date = survey.DateOf(day.Time().AddDate(0, 0, n))
		for i := range 60 {
			answers := i + 1
			if i%3 == 0 {
				answers = 100
			}
			at := date.Time().Add(time.Duration(9*60+4*i) * time.Minute)
			o.arrive(at, answers, slip)
		}
		o.now = date.Time().AddDate(0, 0, 1).Add(-time.Hour)
		o.keep()
		o.judge()
	}
	for i := range 22 {
		o.arrive(date.Time().Add(9*time.Hour+20*time.Minute+time.Duration(2*i)*time.Second), 100, slip)
	}
	o.keep()
	o.now = date.Time().AddDate(0, 0, 1).Add(10 * time.Minute)
	n := o.judge()
	if _, clusters := o.held(); n == 0 || clusters != n {
		t.Fatalf("%d are held, %d of them found in a cluster; want some, all in the cluster", n, clusters)
	}
	o.stated[date] = 82 - n
	for _, again := range []string{"as it was judged", "after the minutes were forgotten", "in another server"} {
		switch again {
		case "after the minutes were forgotten":
			if blurred := o.blur(); blurred == 0 {
				t.Error("nothing was blurred")
			}
		case "in another server":
			o.restart()
		}
		o.StatedAnew()
		if more := o.judge(); more != 0 {
			t.Errorf("%s: %d more are held where the transactions are enough for all but the cluster", again, more)
		}
	}
}
