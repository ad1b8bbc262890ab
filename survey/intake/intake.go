package intake

import (
	"context"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/ledger"
	"hailong/survey/proof"
)

// Submission is what arrives for one response, before it is checked.
type Submission struct {
	ID      string // a UUID made before sending
	Point   survey.PointCode
	Form    survey.FormRef // the version that was shown; zero: the one the campaign asks
	Lang    survey.Lang
	Channel survey.Channel // empty: the point's
	Day     survey.Date    // on which it was answered; empty: today
	Sector  survey.SectorID
	Given   survey.Given
	// Partial keeps what was given although required items are missing: a
	// person walked away from a kiosk.
	Partial bool
	// Of a paper form: its batch, the campaign that the batch is of, which its
	// day then has to belong to, and who keys it in.
	Batch    survey.BatchID
	Campaign survey.CampaignID
	By       survey.Login
	// Checks are those of whoever calls. That of a form of a batch is its serial
	// number, which is known here.
	Checks proof.Checks
	// Origin is a class of the network or device that it came from: opaque, of the
	// day, never stored. 0: not known.
	Origin uint64
	// Retry tells the device that sends it from others, when it comes again; see
	// survey.Response. 0: it cannot be told.
	Retry int64
}

// Intake takes responses in: it resolves the point, checks the answers against
// the questionnaire and stores the response once.
type Intake struct {
	Store   survey.Store
	Ledger  *ledger.Ledger // of the store: the way in for responses
	Catalog func() *survey.Catalog
	Now     func() time.Time
	// DoubtsClock reports whether the clock that dates responses is known to be wrong;
	// nil: it never is.
	DoubtsClock func() bool
	// HoldUndated holds back those of responses that a wrong clock dates, before they are
	// stored. nil: they are marked alone.
	HoldUndated func(context.Context, ...survey.Response) error
	// Stored is called after a response is on disk for the first time, so that
	// figures of this process hold it at the next read.
	Stored func(survey.Response)
	// From is told of the origin of a response after it is on disk for the first
	// time, for who looks for bursts. nil: nobody is.
	From func(r survey.Response, origin uint64)
}

// Receipt says what became of a submission.
type Receipt struct {
	Response survey.Response
	Fresh    bool // false: it had arrived before, and counts once
	Own      bool // it had arrived before from the device that sends it again
	Differs  bool // it had arrived before with other answers; those count
}

// Submit stores one response and returns after it is on disk. Submitting the
// same id again succeeds and changes nothing; the receipt tells if the answers
// were others, which is for the sender alone: see Receipt.Own. Errors: NotFound (no such point or it is out of use), Closed,
// Invalid (Fields by item code), Conflict (the id belongs to a response of
// another point), Unavailable.
func (in *Intake) Submit(ctx context.Context, s Submission) (Receipt, error) {
	response, err := in.Prepare(s)
	if err != nil {
		return Receipt{}, err
	}
	outcomes, err := in.Keep(ctx, response)
	if err != nil {
		return Receipt{}, err
	}
	receipt := outcomes[0]
	if receipt.Fresh && s.Origin != 0 && in.From != nil {
		in.From(response, s.Origin)
	}
	if receipt.Fresh {
		return receipt, nil
	}
	stored, err := in.Store.Get(ctx, survey.Responses, string(response.ID))
	if err != nil {
		return receipt, err
	}
	retry, _ := stored.Lookup(survey.RetryField).Int64OK()
	receipt.Own = retry != 0 && retry == response.Retry
	receipt.Differs, err = compare(stored, response)
	return receipt, err
}

// Compare reports whether a response that Keep found stored already was stored
// with other answers. If what is stored under its id is not the same response
// at all, nothing of this one was kept: that is a Conflict.
func (in *Intake) Compare(ctx context.Context, r survey.Response) (differs bool, err error) {
	stored, err := in.Store.Get(ctx, survey.Responses, string(r.ID))
	if err != nil {
		return false, err
	}
	return compare(stored, r)
}

// compare is Compare with what is stored.
func compare(stored bson.Raw, r survey.Response) (differs bool, err error) {
	if survey.IsTakenBack(stored) { // it stays so; who sends it again need not hear why
		return false, nil
	}
	doc, err := r.MarshalBSON()
	if err != nil {
		return false, survey.NewError(survey.Internal, "submit response", err)
	}
	same := func(key string) bool { return stored.Lookup(key).Equal(bson.Raw(doc).Lookup(key)) }
	differs = !same("sector") || !same("answers") || !same("texts")
	// The same answers may count for another campaign when they come again: the
	// day is that of arrival where the phone does not tell it.
	if !same("point") || differs && !same("campaign") {
		return differs, &survey.Error{Kind: survey.Conflict, Op: "submit response", Key: "response.id_taken"}
	}
	return differs, nil
}

// Prepare checks a submission and makes the response, without storing it.
func (in *Intake) Prepare(s Submission) (survey.Response, error) {
	now := in.Now()
	today := survey.DateOf(now)
	id, err := survey.ParseResponseID(s.ID)
	if err != nil {
		return survey.Response{}, err
	}
	catalog := in.Catalog()
	point := catalog.Point(s.Point)
	if point == nil || point.Off {
		return survey.Response{}, &survey.Error{Kind: survey.NotFound, Op: "submit response", Key: "point.unknown"}
	}
	if point.Channel == survey.ChannelPaper && s.Batch == "" { // a form counts by its serial number, once
		return survey.Response{}, &survey.Error{Kind: survey.NotFound, Op: "submit response", Key: "point.paper"}
	}
	day := s.Day
	if day == "" {
		day = today
	}
	if !day.Valid() || day > today {
		return survey.Response{}, &survey.Error{Kind: survey.Invalid, Op: "submit response", Key: "response.bad_day", Fields: survey.Fields{"day": {Key: "response.bad_day"}}}
	}
	// A response answered in time may arrive late (a village without network),
	// so the campaign is asked for the day of the answer.
	campaign, ref, err := in.campaign(catalog, point, day, s.Campaign)
	if err != nil {
		return survey.Response{}, err
	}
	if s.Form != (survey.FormRef{}) && s.Form.Code == ref.Code {
		ref = s.Form // answered on an older version that was still on the phone
	}
	form := catalog.Questionnaire(ref)
	if form == nil {
		return survey.Response{}, &survey.Error{Kind: survey.Invalid, Op: "submit response", Key: "response.unknown_form"}
	}
	fixed := point.Sector
	if fixed == "" {
		fixed = s.Sector
	}
	if fixed != "" && catalog.Sector(fixed) == nil {
		return survey.Response{}, &survey.Error{Kind: survey.Invalid, Op: "submit response", Key: "response.unknown_sector", Fields: survey.Fields{"sector": {Key: "answer.unknown_choice"}}}
	}
	sheet, err := form.Check(s.Given, fixed, func(id survey.SectorID) bool { return catalog.Sector(id) != nil })
	if err != nil && !(s.Partial && len(sheet.Answers) > 0 && onlyMissing(err, &sheet)) {
		return survey.Response{}, err
	}
	channel := s.Channel
	if channel == "" {
		channel = point.Channel
		if channel.Supplied() {
			channel = survey.ChannelQR // a form that somebody opened is neither
		}
	}
	channel = s.Checks.Channel(channel)
	if !slices.Contains(survey.Channels, channel) {
		return survey.Response{}, &survey.Error{Kind: survey.Invalid, Op: "submit response", Key: "answer.unknown_choice", Fields: survey.Fields{"channel": {Key: "answer.unknown_choice"}}}
	}
	s.Checks.Serial = s.Batch != ""
	verified, doubt := s.Checks.Decide(proof.FillOf(form, &sheet))
	if s.Day == "" && in.DoubtsClock != nil && in.DoubtsClock() {
		doubt = survey.DoubtClock
	}
	lang := s.Lang
	if !lang.Valid() || !campaign.Offers(lang) { // a remark beside the answers; never a reason to lose them
		lang = ""
	}
	return survey.Response{
		ID: id, Campaign: campaign.ID, Form: ref, Point: point.Code, Unit: point.Unit, Sector: sheet.Sector,
		Channel: channel, Lang: lang, Day: day, Received: now.UTC().Truncate(time.Millisecond),
		Batch: s.Batch, By: s.By, Proof: verified, Doubt: doubt, Retry: s.Retry,
		Answers: sheet.Answers, Texts: sheet.Texts,
	}, nil
}

// campaign is what a response of a day belongs to: the campaign that is named,
// or else the one that is open for the point on that day.
func (in *Intake) campaign(catalog *survey.Catalog, point *survey.Point, day survey.Date, named survey.CampaignID) (*survey.Campaign, survey.FormRef, error) {
	if named == "" {
		return catalog.CampaignFor(point, day)
	}
	campaign := catalog.Campaign(named)
	if campaign == nil {
		return nil, survey.FormRef{}, &survey.Error{Kind: survey.Closed, Op: "submit response", Key: "campaign.none"}
	}
	ref, asks := campaign.Form(point.Form)
	if !asks {
		return nil, survey.FormRef{}, &survey.Error{Kind: survey.Closed, Op: "submit response", Key: "campaign.none"}
	}
	return campaign, ref, campaign.Takes(day)
}

// Keep stores prepared responses and tells for each whether it is new. One
// call with many is one durable write.
func (in *Intake) Keep(ctx context.Context, responses ...survey.Response) ([]Receipt, error) {
	if in.HoldUndated != nil {
		if err := in.HoldUndated(ctx, responses...); err != nil {
			return nil, err
		}
	}
	fresh, err := in.Ledger.Keep(ctx, in.Stored, responses...)
	if err != nil {
		return nil, err
	}
	receipts := make([]Receipt, len(responses))
	for i, r := range responses {
		receipts[i] = Receipt{Response: r, Fresh: fresh[i]}
	}
	return receipts, nil
}

// onlyMissing reports whether an error of Check says nothing but that required
// items were not answered.
func onlyMissing(err error, sheet *survey.CheckedAnswers) bool {
	fields := survey.FieldsOf(err)
	return len(fields) > 0 && len(fields) == len(sheet.Missing)
}
