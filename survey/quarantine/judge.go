package quarantine

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"hailong/survey"
	"hailong/survey/verification"
)

// settleTime is after how long an hour that is over is judged: by then every
// server has heard of what the others stored in it.
const settleTime = 2 * time.Minute

// statedAge is how old the transactions may be that are judged by.
const statedAge = 5 * time.Minute

// Judge holds back what is suspect of what has arrived, and returns how many
// responses that were not before. It is called every few seconds; the first call
// reads the store. Errors are those of the store: what was not written is written
// by a later call.
func (q *Quarantine) Judge(ctx context.Context) (int, error) {
	q.judging.Lock()
	defer q.judging.Unlock()
	if err := q.load(ctx); err != nil {
		return 0, err
	}
	if err := q.askStated(ctx); err != nil {
		return 0, err
	}
	settings, err := q.ownSettings(ctx)
	if err != nil {
		return 0, err
	}
	fresh, err := q.holdMisused(ctx)
	if err != nil {
		return fresh, err
	}
	for _, found := range q.judgeDays(settings.Key) {
		n, err := q.hold(ctx, found)
		if err != nil {
			return fresh, err
		}
		fresh += n
	}
	return fresh, nil
}

// askStated asks for the transactions, and has the days judged again whose
// number is another one now.
func (q *Quarantine) askStated(ctx context.Context) error {
	now := q.now()
	if q.Stated == nil || !q.statedIsOld(now) {
		return nil
	}
	stated, err := q.askNumbers(ctx)
	if err != nil {
		q.StatedAnew()
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for code, p := range q.history.points {
		for day, d := range p.days {
			before, was := q.stated[code][day]
			if n, is := stated[code][day]; is != was || n != before {
				d.changed = true
			}
		}
	}
	q.stated = stated
	return nil
}

// statedDay is how many transactions a point had on a day, as far as it is believed.
type statedDay struct {
	number  int
	vouched bool // somebody stated it who makes no proofs at the point
}

// askNumbers joins what was stated with what is vouched for. A number that is not
// bounds the proofs of its day and raises nothing; it does not take the place of a
// smaller one that is.
func (q *Quarantine) askNumbers(ctx context.Context) (map[survey.PointCode]map[survey.Date]statedDay, error) {
	stated, err := q.Stated(ctx, q.firstDay())
	if err != nil {
		return nil, err
	}
	vouched := stated
	if q.Vouched != nil {
		if vouched, err = q.Vouched(ctx, q.firstDay()); err != nil {
			return nil, err
		}
	}
	all := map[survey.PointCode]map[survey.Date]statedDay{}
	put := func(point survey.PointCode, day survey.Date, s statedDay) {
		if all[point] == nil {
			all[point] = map[survey.Date]statedDay{}
		}
		all[point][day] = s
	}
	for point, days := range stated {
		for day, n := range days {
			put(point, day, statedDay{number: n})
		}
	}
	for point, days := range vouched {
		for day, n := range days {
			if said, known := stated[point][day]; known {
				n = min(n, said)
			}
			put(point, day, statedDay{number: n, vouched: true})
		}
	}
	return all, nil
}

// statedIsOld reports whether transactions are to be asked for, and takes it that
// they are.
func (q *Quarantine) statedIsOld(now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.asked.IsZero() && now.Sub(q.asked) < statedAge && !now.Before(q.asked) {
		return false
	}
	q.asked = now // before asking: what is stated meanwhile is asked for the next time
	return true
}

// StatedAnew has transactions asked for at the next call of Judge.
func (q *Quarantine) StatedAnew() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.asked = time.Time{}
}

// foundDay is what is suspect at a point on a day.
type foundDay struct {
	point    survey.PointCode
	day      survey.Date
	over     int
	suspects map[survey.CampaignID][]verification.Suspect // that may be new
}

// judgeDays judges every day on which something changed or more hours are over.
func (q *Quarantine) judgeDays(key []byte) []foundDay {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.now()
	today := survey.DateOf(now)
	if q.cleared != today {
		q.history.forget(q.firstDay())
		q.history.forgetOrigins(today)
		q.cleared = today
	}
	first := survey.DateOf(now.AddDate(0, 0, -judgedDays))
	var found []foundDay
	for code, p := range q.history.points {
		for day, d := range p.days {
			over := hoursOver(day, now)
			if day < first || !d.changed && over <= d.over {
				continue
			}
			// What arrives while this is written is judged the next time.
			d.changed = false
			f := q.history.judgeDay(code, day, key, over, now, q.statedAt(code))
			found = append(found, f)
		}
	}
	slices.SortFunc(found, func(a, b foundDay) int { // an attack of today before what is long over
		if a.day != b.day {
			return -compare(a.day, b.day)
		}
		return compare(a.point, b.point)
	})
	return found
}

func compare[T ~string](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (q *Quarantine) statedAt(code survey.PointCode) func(survey.Date) (statedDay, bool) {
	return func(day survey.Date) (statedDay, bool) {
		s, known := q.stated[code][day]
		return s, known
	}
}

// hoursOver is how many hours of a day are over, and settled.
func hoursOver(day survey.Date, now time.Time) int {
	passed := now.Add(-settleTime).Sub(day.Time())
	return int(min(24, max(0, passed/time.Hour)))
}

// judgeDay judges what arrived at a point on a day of which some hours are over;
// what is suspect is held back from now on.
func (h *history) judgeDay(code survey.PointCode, day survey.Date, key []byte, over int, now time.Time, stated func(survey.Date) (statedDay, bool)) foundDay {
	p := h.points[code]
	d := p.days[day]
	f := foundDay{point: code, day: day, over: over, suspects: map[survey.CampaignID][]verification.Suspect{}}
	if !d.worthJudging() {
		return f
	}
	j := judgement{
		arrivals: d.arrivals, open: p.limits(day, false, stated), verified: p.limits(day, true, stated),
		usual: h.usual(code, day), key: key, over: over,
	}
	for i, sign := range j.judge() {
		a := &d.arrivals[i]
		if a.held {
			continue
		}
		campaign := a.kind.campaign
		suspect := verification.NewSuspect(verification.NewBurstID(campaign, code, day), survey.ResponseID(a.id.String()), sign, a.hour(), now.UTC().Truncate(time.Millisecond))
		suspect.Cluster = j.inCluster[i]
		f.suspects[campaign] = append(f.suspects[campaign], suspect)
	}
	return f
}

// worthJudging reports whether so many arrived that some may be too many.
func (d *dayArrivals) worthJudging() bool { return len(d.arrivals) >= 3 }

// hold writes the suspects of a day, unless people have decided about their
// burst, and tells of them.
func (q *Quarantine) hold(ctx context.Context, f foundDay) (fresh int, err error) {
	defer func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if d := q.history.points[f.point].days[f.day]; d != nil {
			if err != nil {
				d.changed = true
			} else {
				d.over = max(d.over, f.over)
			}
			if d.over >= 24 {
				d.place = nil
				d.forgetSeconds()
			}
		}
	}()
	for campaign, suspects := range f.suspects {
		if decided, err := q.decided(ctx, verification.NewBurstID(campaign, f.point, f.day)); err != nil || decided {
			if err != nil {
				return fresh, err
			}
			continue
		}
		// Whoever comes first writes a suspect; the others find the same bytes.
		inserted, err := survey.InsertAll(ctx, q.store, survey.Suspects, suspects)
		if err != nil {
			return fresh, err
		}
		ids := make([]survey.ResponseID, len(suspects))
		for i, s := range suspects {
			ids[i] = s.Response
			if inserted[i] {
				fresh++
			}
		}
		q.markDay(f.point, f.day, ids)
		q.markClusters(f.point, f.day, suspects)
		q.log.Info("responses are held back", "campaign", campaign, "point", f.point, "day", f.day, "responses", len(ids))
	}
	return fresh, nil
}

// decided reports whether people have decided about something that the rules held of a
// burst: then they have seen the day, and it is not judged again.
func (q *Quarantine) decided(ctx context.Context, burst verification.BurstID) (bool, error) {
	campaign, _, _ := burst.Parts()
	all, err := verification.DecisionsOf(ctx, q.store, campaign)
	for _, sign := range verification.SuspectSigns {
		if !sign.Apart() && all.Of(burst, sign).Choice != "" {
			return true, err
		}
	}
	return false, err
}

// markDay notes that responses are held back.
func (q *Quarantine) markDay(code survey.PointCode, day survey.Date, ids []survey.ResponseID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	p := q.history.points[code]
	if p == nil || p.days[day] == nil {
		return
	}
	wanted := make(map[survey.ResponseID]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	d := p.days[day]
	for i := range d.arrivals {
		if wanted[survey.ResponseID(d.arrivals[i].id.String())] {
			d.arrivals[i].held = true
		}
	}
	q.history.ofDay.day = "" // what is usual is another thing now
}

// markClusters notes which suspects were found in a cluster.
func (q *Quarantine) markClusters(code survey.PointCode, day survey.Date, suspects []verification.Suspect) {
	q.mu.Lock()
	defer q.mu.Unlock()
	p := q.history.points[code]
	if p == nil || p.days[day] == nil {
		return
	}
	found := map[survey.ResponseID]verification.SuspectSign{}
	for _, s := range suspects {
		if s.Cluster {
			found[s.Response] = s.Sign
		}
	}
	if len(found) == 0 {
		return
	}
	d := p.days[day]
	for i := range d.arrivals {
		if sign, in := found[survey.ResponseID(d.arrivals[i].id.String())]; in {
			d.arrivals[i].cluster = sign
		}
	}
}

// ownSettings returns the settings, and makes the key at the first need.
func (q *Quarantine) ownSettings(ctx context.Context) (Settings, error) {
	s, err := q.Settings(ctx)
	if err != nil || len(s.Key) > 0 {
		return s, err
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return Settings{}, survey.NewError(survey.Internal, "make the key of the quarantine", err)
	}
	s, err = q.changeSettings(ctx, survey.Actor{Shell: "serve"}, "quarantine.key", s.Rev, func(s *Settings) { s.Key = key })
	if survey.Is(err, survey.Conflict) { // another server was first
		return q.Settings(ctx)
	}
	return s, err
}
