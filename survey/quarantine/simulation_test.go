package quarantine

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"hailong/survey"
)

// The simulation: what the rules do to eight weeks of honest people at six points,
// and to somebody who stuffs the box of one of them in the ninth. Everybody is
// unverified, and nobody states transactions, unless a scenario says so: that is
// the hardest case. Where somebody attacks by a way that verifies, half of the
// honest people are verified too. At a new point the attack comes on its first day,
// on which people come as often as on market days. `make bench` prints the table.

// simulated is a response, and the truth about it.
type simulated struct {
	arrival
	point     survey.PointCode
	day       survey.Date
	satisfied bool
	attacker  bool
	peak      bool // in an hour of three to five times the usual number
	near      bool // honest, at the point and on the day that is attacked
	caughtIn  bool // suspect when its hour had just been judged
}

// attack is somebody who sends perfect answers.
type attack struct {
	name      string
	anHour    int
	hours     int
	addresses int
	varied    bool // answers that differ a little
	everyhour bool // at all hours of the day, at night too
	spread    bool // over all points
	stated    bool // the office states its transactions
	boasts    bool // and 5,000 on the day of the attack
	by        way
	newPoint  bool // at a point of which nobody has heard before
	ramp      ramp
}

// way is how responses are sent.
type way int

// The ways.
const (
	byForm  way = iota // opened by the code of the poster
	byKiosk            // with a copied cookie of an enrolled kiosk
	bySlips            // with slips of one's own
)

// flood reports whether so many come from each address that it is noticed when
// they arrive.
func (a *attack) flood() bool { return a.anHour/6 > 100*max(1, a.addresses) }

// office is a point: how many answer in an hour, and what share is content.
type office struct {
	code survey.PointCode
	rate float64
	mood float64
}

var offices = []office{
	{"A", 1, 0.9}, {"B", 2, 0.3}, {"C", 3, 0.7}, {"D", 5, 0.2}, {"E", 8, 0.5}, {"F", 15, 0.8},
}

var (
	simulationStart = survey.Date("2026-03-02") // a Monday
	simulatedKind   = &kind{"tthc-2026", survey.FormRef{Code: "quick", Version: 1}, false}
	verifiedKind    = &kind{"tthc-2026", survey.FormRef{Code: "quick", Version: 1}, true}
)

const (
	honestWeeks = 8
	newOffice   = survey.PointCode("N")
)

// people makes honest and other responses. The same seed makes the same ones.
type people struct {
	random *rand.Rand
	items  int
	peaks  bool
	halves bool // half of the honest people are verified
	all    []simulated
}

func (p *people) poisson(mean float64) int {
	n, limit, product := 0, math.Exp(-mean), 1.0
	for mean > 500 {
		return int(mean)
	}
	for {
		if product *= p.random.Float64(); product < limit {
			return n
		}
		n++
	}
}

// answer is one of five, from how content somebody is.
func answer(content float64) int {
	for code, cut := range []float64{-2.2, -1.5, -0.8, 0.5} {
		if content < cut {
			return code + 1
		}
	}
	return 5
}

func (p *people) person(o *office, mood float64) (answers uint64, satisfied bool) {
	content := o.mood + mood + p.random.NormFloat64()
	r := survey.Response{Sector: survey.SectorID(fmt.Sprint(p.random.IntN(9)))}
	for i := range p.items {
		a := answer(content + 0.5*p.random.NormFloat64())
		satisfied = satisfied || i == 0 && a >= 4
		r.Answers = append(r.Answers, survey.Answer{Item: fmt.Sprint(i), Codes: []int{a}})
	}
	return answersHash(&r), satisfied
}

func (p *people) add(s simulated, code survey.PointCode, day survey.Date, hour int) {
	var id uuid.UUID
	for i := range id {
		id[i] = byte(p.random.Uint32())
	}
	s.id, s.kind, s.point, s.day = id, simulatedKind, code, day
	if s.verified {
		s.kind = verifiedKind
	}
	s.second = int32(hour*3600 + p.random.IntN(3600)) // of a day
	p.all = append(p.all, s)
}

// busy is how many times the usual number come in an hour: on market days, after
// the harvest, and at the end of the school year.
func (p *people) busy(o, day, hour int) float64 {
	switch {
	case !p.peaks:
	case day%7 == 4 && o < 3 && hour < 11: // Friday market at three points
		return 3 + 2*p.random.Float64()
	case day >= 38 && day < 40 && o >= 2: // two days after the harvest
		return 3
	case day >= 51 && day < 54 && o%2 == 1: // the end of the school year
		return 3 + 2*p.random.Float64()
	}
	return 1
}

// honest lets people come for eight weeks and two days more.
func (p *people) honest() {
	for day := range 7*honestWeeks + 2 {
		date := survey.DateOf(simulationStart.Time().AddDate(0, 0, day))
		for o := range offices {
			rate := offices[o].rate * math.Exp(0.25*p.random.NormFloat64())
			mood := 0.3 * p.random.NormFloat64()
			for hour := 7; hour < 22; hour++ {
				mean, busy := 0.03*rate, 1.0
				if open := hour < 11 || hour >= 13 && hour < 17; open && day%7 < 5 {
					busy = p.busy(o, day, hour)
					mean = busy * rate
				}
				for range p.poisson(mean) {
					answers, satisfied := p.person(&offices[o], mood)
					s := simulated{satisfied: satisfied, peak: busy > 1, near: day == 7*honestWeeks && offices[o].code == "C"}
					s.answers, s.verified = answers, p.halves && p.random.IntN(2) == 0
					p.add(s, offices[o].code, date, hour)
				}
			}
		}
	}
}

// firstDay lets people come to a new point on the first day of the ninth week: to
// a market in the morning, and to a meeting of 45 in one hall in the afternoon.
func (p *people) firstDay() {
	date := survey.DateOf(simulationStart.Time().AddDate(0, 0, 7*honestWeeks))
	for hour, number := range map[int]int{8: 20, 9: 20, 10: 20, 14: 45} {
		for range number {
			answers, satisfied := p.person(&offices[2], 0)
			s := simulated{satisfied: satisfied, peak: true, near: true}
			if s.answers, s.verified = answers, p.halves && hour < 14; hour == 14 {
				s.origin = 1
			}
			p.add(s, newOffice, date, hour)
		}
	}
}

// attacker sends one response.
func (p *people) attacker(a attack) simulated {
	r := survey.Response{Sector: "0"}
	if a.varied {
		r.Sector = survey.SectorID(fmt.Sprint(p.random.IntN(9)))
	}
	for i := range p.items {
		code := 5
		if a.varied && p.random.Float64() < 0.4 {
			code = 4
		}
		r.Answers = append(r.Answers, survey.Answer{Item: fmt.Sprint(i), Codes: []int{code}})
	}
	s := simulated{attacker: true, satisfied: true}
	s.answers, s.verified, s.device = answersHash(&r), a.by != byForm, a.by == byKiosk
	if a.flood() {
		s.doubt = survey.DoubtFlood
	}
	return s
}

// attackers come on the first day of the ninth week.
func (p *people) attackers(a attack) {
	date := survey.DateOf(simulationStart.Time().AddDate(0, 0, 7*honestWeeks))
	first := 9
	if a.everyhour {
		first = 0
	}
	for hour := first; hour < first+a.hours; hour++ {
		for range a.anHour {
			s := p.attacker(a)
			code := survey.PointCode("C")
			switch {
			case a.spread:
				code = offices[p.random.IntN(len(offices))].code
			case a.newPoint:
				code = newOffice
			}
			p.add(s, code, date, hour)
		}
	}
}

// outcome is a row of the table.
type outcome struct {
	honest, wrongly            int // responses; of them suspect
	peak, peakWrongly          int // of hours of three to five times the usual number
	near, nearWrongly          int // of the point and day that are attacked
	attackers, caught, caught1 int // in the end; when their hour had been judged
	truth, published           float64
	counted                    map[rampHour]int // of the attackers of a ramp
}

// run lets everybody arrive hour by hour, and judges at the end of each.
func run(all []simulated, stated func(survey.PointCode, survey.Date) (int, bool)) outcome {
	h := newHistory()
	type place struct {
		point survey.PointCode
		day   survey.Date
		hour  int
	}
	byHour := map[place][]int{}
	for i := range all {
		byHour[place{all[i].point, all[i].day, all[i].hour()}] = append(byHour[place{all[i].point, all[i].day, all[i].hour()}], i)
	}
	byID := map[uuid.UUID]int{}
	for i := range all {
		byID[all[i].id] = i
	}
	held := map[int]bool{}
	for day := range 7*honestWeeks + 2 {
		date := survey.DateOf(simulationStart.Time().AddDate(0, 0, day))
		for hour := range 24 {
			for _, o := range append(offices[:len(offices):len(offices)], office{code: newOffice}) {
				for _, i := range byHour[place{o.code, date, hour}] {
					h.add(o.code, date, all[i].arrival)
				}
				p := h.points[o.code]
				if p == nil || p.days[date] == nil {
					continue
				}
				found := h.judgeDay(o.code, date, []byte("key"), hour+1, date.Time(), func(d survey.Date) (statedDay, bool) {
					if stated == nil {
						return statedDay{}, false
					}
					n, known := stated(o.code, d)
					return statedDay{n, true}, known
				})
				for _, suspects := range found.suspects {
					for _, s := range suspects {
						id := uuid.MustParse(string(s.Response))
						d := p.days[date]
						d.arrivals[d.place[id]].held = true
						i := byID[id]
						held[i] = true
						all[i].caughtIn = all[i].hour() == hour
					}
				}
			}
		}
	}
	return measure(all, held)
}

func measure(all []simulated, held map[int]bool) outcome {
	o := outcome{counted: map[rampHour]int{}}
	var truth, published [2]float64 // satisfied, all
	for i := range all {
		s := &all[i]
		satisfied := 0.0
		if s.satisfied {
			satisfied = 1
		}
		if !held[i] {
			published[0], published[1] = published[0]+satisfied, published[1]+1
		}
		if s.attacker {
			o.attackers++
			if held[i] {
				o.caught++
			} else {
				o.counted[rampHour{s.day, s.hour()}]++
			}
			if s.caughtIn {
				o.caught1++
			}
			continue
		}
		truth[0], truth[1] = truth[0]+satisfied, truth[1]+1
		o.honest++
		if s.peak {
			o.peak++
		}
		if s.near {
			o.near++
		}
		if held[i] {
			o.wrongly++
			if s.near {
				o.nearWrongly++
			}
			if s.peak {
				o.peakWrongly++
			}
		}
	}
	o.truth, o.published = 100*truth[0]/truth[1], 100*published[0]/published[1]
	return o
}

func (o *outcome) caughtShare() float64  { return share(o.caught, o.attackers) }
func (o *outcome) caught1Share() float64 { return share(o.caught1, o.attackers) }
func (o *outcome) wronglyShare() float64 { return share(o.wrongly, o.honest) }
func (o *outcome) moved() float64        { return math.Abs(o.published - o.truth) }

func share(part, whole int) float64 {
	if whole == 0 {
		return math.NaN()
	}
	return 100 * float64(part) / float64(whole)
}

// simulate runs an attack over several seeds and adds up what came of it.
func simulate(a attack, peaks bool, items, seeds int) outcome {
	sum := outcome{counted: map[rampHour]int{}}
	for seed := range seeds {
		p := people{random: rand.New(rand.NewPCG(uint64(seed), 7)), items: items, peaks: peaks, halves: a.by != byForm} // a seed
		p.honest()
		if a.newPoint {
			p.firstDay()
		}
		if a.anHour > 0 {
			p.attackers(a)
		}
		if a.ramp.days > 0 {
			p.ramp(a)
		}
		var stated func(survey.PointCode, survey.Date) (int, bool)
		if a.stated {
			stated = statedBy(p.all, a.boasts)
		}
		o := run(p.all, stated)
		sum.honest, sum.wrongly, sum.peak, sum.peakWrongly = sum.honest+o.honest, sum.wrongly+o.wrongly, sum.peak+o.peak, sum.peakWrongly+o.peakWrongly
		sum.near, sum.nearWrongly = sum.near+o.near, sum.nearWrongly+o.nearWrongly
		for at, n := range o.counted {
			sum.counted[at] += n
		}
		sum.attackers, sum.caught, sum.caught1 = sum.attackers+o.attackers, sum.caught+o.caught, sum.caught1+o.caught1
		sum.truth, sum.published = sum.truth+o.truth/float64(seeds), sum.published+o.published/float64(seeds)
	}
	return sum
}

// statedBy states three times as many transactions as honest people answered, and
// 5,000 on the day of the attack where somebody boasts.
func statedBy(all []simulated, boasts bool) func(survey.PointCode, survey.Date) (int, bool) {
	type place struct {
		point survey.PointCode
		day   survey.Date
	}
	n := map[place]int{}
	for i := range all {
		if !all[i].attacker {
			n[place{all[i].point, all[i].day}] += 3
		}
	}
	attacked := survey.DateOf(simulationStart.Time().AddDate(0, 0, 7*honestWeeks))
	return func(code survey.PointCode, day survey.Date) (int, bool) {
		if boasts && day == attacked {
			return 5000, true
		}
		return n[place{code, day}], true
	}
}

// scenarios of the table.
func scenarios() []attack {
	list := []attack{{name: "nobody attacks"}, {name: "nobody attacks, transactions stated", stated: true}}
	for _, anHour := range []int{10, 100, 1000} {
		for _, hours := range []int{1, 8, 24} {
			for _, addresses := range []int{1, 50} {
				list = append(list, attack{
					name: fmt.Sprintf("%d an hour, %d h, %d addr.", anHour, hours, addresses), anHour: anHour, hours: hours, addresses: addresses, everyhour: hours == 24,
				})
			}
		}
	}
	for _, anHour := range []int{10, 100, 1000} {
		list = append(list,
			attack{name: fmt.Sprintf("%d an hour, 8 h, varied answers", anHour), anHour: anHour, hours: 8, addresses: 50, varied: true},
			attack{name: fmt.Sprintf("%d an hour, 8 h, varied, over 6 points", anHour), anHour: anHour, hours: 8, addresses: 50, varied: true, spread: true},
			attack{name: fmt.Sprintf("%d an hour, 8 h, varied, stated", anHour), anHour: anHour, hours: 8, addresses: 50, varied: true, stated: true})
	}
	for _, anHour := range []int{100, 1000} {
		list = append(list,
			attack{name: fmt.Sprintf("%d an hour, 8 h, varied, 5,000 stated", anHour), anHour: anHour, hours: 8, addresses: 50, varied: true, stated: true, boasts: true},
			attack{name: fmt.Sprintf("%d an hour, 1 h, varied, new point", anHour), anHour: anHour, hours: 1, addresses: 50, varied: true, newPoint: true},
			attack{name: fmt.Sprintf("%d an hour, 8 h, varied, new point", anHour), anHour: anHour, hours: 8, addresses: 50, varied: true, newPoint: true})
	}
	list = append(list, attack{name: "nobody attacks, half verified", by: byKiosk}, attack{name: "nobody attacks, new point", newPoint: true})
	for _, by := range []way{byKiosk, bySlips} {
		name := map[way]string{byKiosk: "copied cookie", bySlips: "own slips"}[by]
		for _, anHour := range []int{10, 100, 1000} {
			list = append(list,
				attack{name: fmt.Sprintf("%d an hour, 8 h, %s", anHour, name), anHour: anHour, hours: 8, addresses: 1, by: by},
				attack{name: fmt.Sprintf("%d an hour, 8 h, %s, varied", anHour, name), anHour: anHour, hours: 8, addresses: 50, by: by, varied: true},
				attack{name: fmt.Sprintf("%d an hour, 8 h, %s, varied, new point", anHour, name), anHour: anHour, hours: 8, addresses: 50, by: by, varied: true, newPoint: true})
		}
	}
	return list
}

// print writes the table.
func table(seeds int) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "attack\titems\tpeaks\tcaught in the hour\tin the end\thonest wrongly\tof those at peaks\tbeside the attack\tfigure moved")
	for _, items := range []int{3, 22} {
		for _, a := range scenarios() {
			o := simulate(a, true, items, seeds)
			fmt.Fprintf(w, "%s\t%d\tyes\t%.1f %%\t%.1f %%\t%.2f %%\t%.2f %%\t%.2f %%\t%.2f points\n", a.name, items,
				o.caught1Share(), o.caughtShare(), o.wronglyShare(), share(o.peakWrongly, o.peak), share(o.nearWrongly, o.near), o.moved())
		}
	}
	for _, a := range ramps() {
		o := simulate(a, true, 3, seeds)
		fmt.Fprintf(w, "%s\t3\tyes\t%.1f %%\t%.1f %%\t%.2f %%\t%.2f %%\t%.2f %%\t%.2f points\n", a.name,
			o.caught1Share(), o.caughtShare(), o.wronglyShare(), share(o.peakWrongly, o.peak), share(o.nearWrongly, o.near), o.moved())
	}
	_ = w.Flush() // into memory
	return b.String()
}

func BenchmarkSimulation(b *testing.B) {
	start := time.Now()
	for range b.N {
		fmt.Fprint(os.Stderr, "\n", table(3))
	}
	b.ReportMetric(time.Since(start).Seconds()/float64(b.N), "s/table")
}

// The goals. The table of all scenarios is printed by the benchmark.
func TestGoalsOfTheSimulation(t *testing.T) {
	t.Parallel()
	seeds := 1
	if n, err := strconv.Atoi(os.Getenv("HAILONG_TEST_SEEDS")); err == nil { // 3 in make faults
		seeds = n
	}
	for _, a := range []attack{
		{name: "1000 an hour for an hour from one address", anHour: 1000, hours: 1, addresses: 1},
		{name: "1000 an hour for a day from 50 addresses", anHour: 1000, hours: 24, addresses: 50, everyhour: true},
		{name: "1000 an hour, varied answers", anHour: 1000, hours: 8, addresses: 50, varied: true},
		{name: "100 an hour for eight hours", anHour: 100, hours: 8, addresses: 50},
		{name: "nobody attacks"},
		{name: "nobody attacks, transactions stated", stated: true},
		{name: "nobody attacks, half verified", by: byKiosk},
		{name: "nobody attacks, new point", newPoint: true},
		{name: "1000 an hour, copied cookie", anHour: 1000, hours: 8, addresses: 1, by: byKiosk},
		{name: "1000 an hour, own slips, varied answers", anHour: 1000, hours: 8, addresses: 50, by: bySlips, varied: true},
		{name: "1000 an hour, own slips, new point", anHour: 1000, hours: 8, addresses: 50, by: bySlips, varied: true, newPoint: true},
		{name: "1000 an hour, 5,000 stated", anHour: 1000, hours: 8, addresses: 50, varied: true, stated: true, boasts: true},
		{name: "100 an hour for an hour, new point", anHour: 100, hours: 1, addresses: 50, varied: true, newPoint: true},
	} {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			o := simulate(a, true, 3, seeds)
			if a.anHour > 0 && o.caught1Share() < 99 {
				t.Errorf("%.1f %% were caught when their hour had been judged, want 99 %%", o.caught1Share())
			}
			if o.wronglyShare() > 0.5 {
				t.Errorf("%.2f %% of honest answers are held back, want at most 0.5 %%", o.wronglyShare())
			}
			if o.moved() > 0.5 {
				t.Errorf("the figure moved by %.2f points, want at most 0.5", o.moved())
			}
			if o.peak == 0 || o.honest < 1500*seeds {
				t.Errorf("%d honest answers, %d of them at peaks: the scenario is not what it should be", o.honest, o.peak)
			}
		})
	}
}
