package slips

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// Issue is what one person or program issued for a point on a day. It is one
// document, so that the limit of a day holds whoever asks at the same time.
type Issue struct {
	ID      string           `bson:"_id" json:"-"` // day, point and who, with a slash between
	Rev     int64            `bson:"rev" json:"-"`
	Day     survey.Date      `bson:"day" json:"day"`
	Point   survey.PointCode `bson:"point" json:"point"`
	By      string           `bson:"by" json:"by"` // as Actor.String writes them
	Batches []SlipBatch      `bson:"batches" json:"-"`
	// Forgotten says that nothing is left of the slips; see ForgetSlips.
	Forgotten bool `bson:"forgotten,omitempty" json:"-"`
}

// SlipBatch is slips that were asked for at once.
type SlipBatch struct {
	ID    string      `bson:"id"` // the UUID that the request for it carries
	Count int         `bson:"count"`
	Until survey.Date `bson:"until"` // the last day they are good for
}

// Slip is what the store holds of one slip.
type Slip struct {
	ID    string           `bson:"_id"` // keyed hash of the code
	Rev   int64            `bson:"rev"`
	Point survey.PointCode `bson:"point"`
	Until survey.Date      `bson:"until"`
	Mark  string           `bson:"mark"` // keyed hash of its place in its batch: two batches never share a slip
}

// IssueRequest asks for slips.
type IssueRequest struct {
	// ID is a UUID that whoever asks makes before asking: asking again with it gets
	// the same slips. It is random, and must not be the code of an application.
	ID       string
	Point    survey.PointCode
	Count    int
	Dossiers []string // codes of applications that get no second slip; may be none
}

// Issued is slips with their codes, which the store does not hold.
type Issued struct {
	SlipBatch
	Point survey.PointCode
	Day   survey.Date // of issue
	Codes []SlipCode
	Again bool // they had been issued before
}

// MostAtOnce bounds a request.
const MostAtOnce = 500

func issueID(day survey.Date, point survey.PointCode, who string) string {
	return string(day) + "/" + string(point) + "/" + who
}

// Total is how many slips were issued.
func (i *Issue) Total() (n int) {
	for _, b := range i.Batches {
		n += b.Count
	}
	return n
}

func (i *Issue) batch(id string) *SlipBatch {
	at := slices.IndexFunc(i.Batches, func(b SlipBatch) bool { return b.ID == id })
	if at < 0 {
		return nil
	}
	return &i.Batches[at]
}

func (s *Slips) issues() survey.Documents[Issue] {
	return survey.Documents[Issue]{Store: s.store, Collection: survey.SlipIssues}
}

// Issue issues slips. The same request, asked again by the same person or program on
// that day or the next, gets the same slips, also after a kill at any moment: the
// batch is stored before its slips, and those follow from it. Errors: Invalid (Fields
// point, count, dossiers, request), Closed if no campaign asks at the point now.
func (s *Slips) Issue(ctx context.Context, actor survey.Actor, r IssueRequest) (Issued, error) {
	if id, err := uuid.Parse(r.ID); err != nil || len(r.ID) != 36 || id == uuid.Nil {
		return Issued{}, survey.InvalidField("issue slips", "slip.invalid", "request", "slip.bad_request")
	}
	if known, batch, err := s.asked(ctx, actor, r); err != nil || batch != nil {
		return s.again(ctx, known, batch, r, err)
	}
	rules, err := s.Rules(ctx)
	if err != nil {
		return Issued{}, err
	}
	dossiers, err := s.check(ctx, actor, rules, r)
	if err != nil {
		return Issued{}, err
	}
	claim, err := s.claim(ctx, r.ID, dossiers)
	if err != nil {
		return Issued{}, err
	}
	batch := SlipBatch{ID: r.ID, Count: r.Count, Until: survey.DateOf(s.now().AddDate(0, 0, rules.Days))}
	stored, err := s.record(ctx, actor, rules, r.Point, batch)
	if err != nil {
		return Issued{}, claim.release(ctx, err)
	}
	issued, err := s.hand(ctx, &stored, stored.batch(r.ID))
	if err == nil {
		claim.settle(ctx)
	}
	return issued, err
}

// asked returns the batch of a request that was made before, nil if it was not.
func (s *Slips) asked(ctx context.Context, actor survey.Actor, r IssueRequest) (*Issue, *SlipBatch, error) {
	for _, day := range []survey.Date{s.today(), survey.DateOf(s.now().AddDate(0, 0, -1))} {
		known, err := s.issues().Get(ctx, issueID(day, r.Point, actor.String()))
		if survey.Is(err, survey.NotFound) {
			continue
		}
		if batch := known.batch(r.ID); err != nil || batch != nil {
			return &known, batch, err
		}
	}
	return nil, nil, nil
}

// again hands out a batch once more.
func (s *Slips) again(ctx context.Context, known *Issue, batch *SlipBatch, r IssueRequest, err error) (Issued, error) {
	if err == nil && batch.Count != r.Count {
		err = survey.InvalidField("issue slips", "slip.invalid", "request", "slip.request_taken")
	}
	if err != nil {
		return Issued{}, err
	}
	issued, err := s.hand(ctx, known, batch)
	issued.Again = true
	return issued, err
}

// check returns the applications of a request as they are compared, or what is wrong
// with it.
func (s *Slips) check(ctx context.Context, actor survey.Actor, rules Rules, r IssueRequest) ([]string, error) {
	fields := survey.Fields{}
	p := s.catalog().Point(r.Point)
	if p == nil || p.Off || p.Channel == survey.ChannelPaper {
		fields.Add("point", "slip.bad_point")
	}
	dossiers := normalDossiers(rules, r, fields)
	if r.Count < 1 || r.Count > MostAtOnce {
		fields.Add("count", "slip.bad_number", 1, MostAtOnce)
	} else {
		known, err := s.issues().Get(ctx, issueID(s.today(), r.Point, actor.String()))
		if err != nil && !survey.Is(err, survey.NotFound) {
			return nil, err
		}
		if known.batch(r.ID) == nil { // else the same request, sent twice at once, was faster
			checkMost(rules, known.Total(), r.Count, fields)
		}
	}
	if err := fields.Err("issue slips", "slip.invalid"); err != nil {
		return nil, err
	}
	_, _, err := s.catalog().CampaignFor(p, s.today())
	return dossiers, err
}

// checkMost holds a person to what they may issue for a point on a day.
func checkMost(rules Rules, issued, count int, fields survey.Fields) {
	if issued+count > rules.Most {
		fields.Add("count", "slip.too_many", rules.Most, max(rules.Most-issued, 0))
	}
}

// record adds a batch to what somebody issued today, unless it is there.
func (s *Slips) record(ctx context.Context, actor survey.Actor, rules Rules, point survey.PointCode, batch SlipBatch) (Issue, error) {
	id := issueID(s.today(), point, actor.String())
	fresh := Issue{ID: id, Day: s.today(), Point: point, By: actor.String()}
	there := errors.New("the batch is there")
	edit := survey.Edit[Issue]{
		Collection: survey.SlipIssues, ID: id, Seen: survey.AnyRevision, Actor: actor, Action: "slip.issue",
		Do: func(i *Issue) error {
			if i.ID == "" {
				*i = fresh
			}
			if i.batch(batch.ID) != nil { // the same request came twice at once
				return there
			}
			fields := survey.Fields{}
			checkMost(rules, i.Total(), batch.Count, fields)
			i.Batches = append(i.Batches, batch)
			return fields.Err("issue slips", "slip.invalid")
		},
		Show: func(i *Issue) any {
			return struct {
				Issue
				Issued int `json:"issued"`
			}{*i, i.Total()}
		},
	}
	for {
		edit.Seen = survey.AnyRevision
		stored, err := survey.Change(ctx, s.changes, edit)
		if survey.Is(err, survey.NotFound) {
			edit.Seen = 0
			stored, err = survey.Change(ctx, s.changes, edit)
		}
		switch {
		case errors.Is(err, there):
			return stored, nil
		case !survey.Is(err, survey.Conflict): // Conflict: another request of today was the first
			return stored, err
		}
	}
}

// hand stores the slips of a batch, as far as they are not, and returns their codes.
func (s *Slips) hand(ctx context.Context, i *Issue, batch *SlipBatch) (Issued, error) {
	codes, err := s.codes(ctx, i, batch)
	return Issued{SlipBatch: *batch, Point: i.Point, Day: i.Day, Codes: codes}, err
}

// Batch returns a batch that somebody issued. NotFound if it is not theirs, or no longer
// good.
func (s *Slips) Batch(ctx context.Context, actor survey.Actor, point survey.PointCode, day survey.Date, id string) (SlipBatch, error) {
	_, batch, err := s.printable(ctx, actor, point, day, id)
	if err != nil {
		return SlipBatch{}, err
	}
	return *batch, nil
}

func (s *Slips) printable(ctx context.Context, actor survey.Actor, point survey.PointCode, day survey.Date, id string) (*Issue, *SlipBatch, error) {
	known, err := s.issues().Get(ctx, issueID(day, point, actor.String()))
	if err != nil {
		return nil, nil, err
	}
	batch := known.batch(id)
	if batch == nil || batch.Until < s.today() {
		return nil, nil, survey.NewError(survey.NotFound, "find slips", nil)
	}
	return &known, batch, nil
}

// Print returns a batch with its codes, as Batch does, and the log says so.
func (s *Slips) Print(ctx context.Context, actor survey.Actor, point survey.PointCode, day survey.Date, id string) (Issued, error) {
	known, batch, err := s.printable(ctx, actor, point, day, id)
	if err != nil {
		return Issued{}, err
	}
	issued, err := s.hand(ctx, known, batch)
	if err != nil {
		return Issued{}, err
	}
	return issued, s.changes.Log.Record(ctx, actor, "slip.print", string(survey.SlipIssues)+"/"+known.ID, nil, struct {
		Count int `json:"count"`
	}{batch.Count})
}

// Mine returns what somebody issued on a day, by point.
func (s *Slips) Mine(ctx context.Context, actor survey.Actor, day survey.Date) ([]Issue, error) {
	var mine []Issue
	err := s.eachIssue(ctx, day, day, func(i *Issue) {
		if i.By == actor.String() {
			mine = append(mine, *i)
		}
	})
	return mine, err
}

// eachIssue visits what was issued from a day to a day. The ids begin with the day.
func (s *Slips) eachIssue(ctx context.Context, from, to survey.Date, visit func(*Issue)) error {
	return s.store.Scan(ctx, survey.SlipIssues, string(from), afterDay(to), func(raw bson.Raw) error {
		var i Issue
		err := s.issues().Decode(raw, &i)
		if err == nil {
			visit(&i)
		}
		return err
	})
}

// codes derives the codes of a batch and stores their hashes. A code that another
// batch has is passed over, the same one each time.
func (s *Slips) codes(ctx context.Context, i *Issue, batch *SlipBatch) ([]SlipCode, error) {
	h, err := s.hasher(ctx)
	if err != nil {
		return nil, err
	}
	codes := make([]SlipCode, batch.Count)
	slips := make([]Slip, batch.Count)
	left := make([]int, batch.Count) // places whose slip is not stored yet
	for n := range codes {
		left[n] = n
	}
	for attempt := 0; len(left) > 0; attempt++ {
		docs := make([]bson.Raw, len(left))
		for k, n := range left {
			codes[n], slips[n] = h.slip(i, batch, n, attempt)
			if docs[k], err = bson.Marshal(slips[n]); err != nil {
				return nil, survey.NewError(survey.Internal, "encode slips", err)
			}
		}
		fresh, err := s.store.Insert(ctx, survey.SlipCodes, docs...)
		if err != nil {
			return nil, err
		}
		var taken []int
		for k, n := range left {
			if fresh[k] {
				continue
			}
			stored, err := s.slips().Get(ctx, slips[n].ID)
			if err != nil {
				return nil, err
			}
			if stored.Mark != slips[n].Mark {
				taken = append(taken, n)
			}
		}
		left = taken
	}
	return codes, nil
}

func (s *Slips) slips() survey.Documents[Slip] {
	return survey.Documents[Slip]{Store: s.store, Collection: survey.SlipCodes}
}

// slip makes the nth slip of a batch.
func (h hasher) slip(i *Issue, batch *SlipBatch, n, attempt int) (SlipCode, Slip) {
	place := []string{i.ID, batch.ID, strconv.Itoa(n)}
	code := NewSlipCode([8]byte(h.sum("code", append(place, strconv.Itoa(attempt))...)[:8]))
	return code, Slip{ID: h.id("slip", string(code)), Rev: 1, Point: i.Point, Until: batch.Until, Mark: h.id("mark", place...)}
}
