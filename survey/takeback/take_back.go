package takeback

import (
	"context"
	"encoding/hex"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/verification"
)

// TakeBack erases the response of a receipt code, for ever. client is who asks, as
// far as attempts are counted by it. When it returns nil the answers are gone from
// the store.
//
// Errors: Invalid (a code that cannot be: the key tells what is wrong), RateLimited,
// NotFound: no response has the code, or it was taken back before. Which of the two
// is not told: it would say of a found code whether its owner answered.
func (r *Receipts) TakeBack(ctx context.Context, client, typed string) error {
	code, err := ParseReceiptCode(typed)
	if err != nil {
		return err
	}
	if err := r.countAttempt(ctx, client); err != nil {
		return err
	}
	for {
		response, err := r.find(ctx, code)
		if err != nil {
			return err
		}
		err = r.erase(ctx, response)
		if !survey.Is(err, survey.Conflict) { // else a second tap was faster, or part of it was just erased
			return err
		}
	}
}

// Recorded returns what is stored of the response of a code, to somebody who typed it.
// What it costs and tells is limited as TakeBack is. Errors are those of TakeBack.
func (r *Receipts) Recorded(ctx context.Context, client, typed string) (ReceiptCode, bson.Raw, error) {
	code, err := ParseReceiptCode(typed)
	if err != nil {
		return "", nil, err
	}
	if err := r.countAttempt(ctx, client); err != nil {
		return "", nil, err
	}
	response, err := r.find(ctx, code)
	if err != nil {
		return "", nil, err
	}
	doc, err := r.changes.Store.Get(ctx, survey.Responses, string(response.ID))
	return code, doc, err
}

// find returns the response of a code. It tries each day on which a form may have
// been shown, the latest first, and, behind today, no day, for a page that a device had
// kept.
func (r *Receipts) find(ctx context.Context, code ReceiptCode) (survey.Response, error) {
	bits, err := r.bits(ctx, "response", string(code))
	if err != nil {
		return survey.Response{}, err
	}
	missing := &survey.Error{Kind: survey.NotFound, Op: "take back response", Key: "takeback.unknown"}
	responses := survey.Documents[survey.Response]{Store: r.changes.Store, Collection: survey.Responses}
	today := survey.DateOf(r.now())
	days := []survey.Date{today, noDay}
	for day, first := before(today), r.firstDay(); day >= first; day = before(day) {
		days = append(days, day)
	}
	for _, day := range days {
		response, err := responses.Get(ctx, string(survey.ResponseIDOf(day, bits)))
		switch {
		case err == nil && response.TakenBack:
			return survey.Response{}, missing
		case err == nil:
			return response, nil
		case !survey.Is(err, survey.NotFound):
			return survey.Response{}, err
		}
	}
	return survey.Response{}, missing
}

func before(day survey.Date) survey.Date { return survey.DateOf(day.Time().AddDate(0, 0, -1)) }

// longestSearch bounds the days that are tried, where a campaign has been open for
// longer than anybody keeps a receipt.
const longestSearch = 5 * 366

// firstDay is the first day on which a form may have been shown.
func (r *Receipts) firstDay() survey.Date {
	today := survey.DateOf(r.now())
	first := today
	for _, c := range r.catalog().Campaigns {
		if c.Period.From.Valid() && c.Period.From < first {
			first = c.Period.From
		}
	}
	return max(first, survey.DateOf(today.Time().AddDate(0, 0, -longestSearch)))
}

// TakeBackAction is the action of the entry that the audit log has of each response that
// was taken back, with its campaign and day.
const TakeBackAction survey.Action = "response.take_back"

// erase puts a mark in the place of a response, as one act.
func (r *Receipts) erase(ctx context.Context, response survey.Response) error {
	mark := survey.TakenBack{
		ID: response.ID, Campaign: response.Campaign, Day: response.Day, Mark: true, Rev: 1,
		Counted: &survey.TakenBackCount{
			Unit: response.Unit, Verified: verification.ClassOf(response.Proof, response.Batch) == verification.Verified, Received: response.Received,
		},
	}
	stored, err := r.changes.Store.Get(ctx, survey.Responses, string(response.ID))
	if err != nil {
		return err
	}
	if survey.IsTakenBack(stored) {
		return survey.NewError(survey.Conflict, "take back response", nil)
	}
	_, err = r.changes.Store.Get(ctx, survey.TakenBackMarks, string(response.ID))
	marked := err == nil // of a restored backup that was written while it was taken back
	if err != nil && !survey.Is(err, survey.NotFound) {
		return err
	}
	if r.Erasing != nil {
		if err := r.Erasing(response.ID); err != nil {
			return survey.NewError(survey.Unavailable, "take back response", err)
		}
	}
	// Two servers may be here at once, each with the same two documents to write; and a
	// restored backup is erased again. It happened once, and the log says so once.
	once, err := r.bits(ctx, "entry", string(response.ID))
	if err != nil {
		return err
	}
	act := r.changes.Begin(survey.Actor{}).OnDay().Entry(TakeBackAction, "campaigns/"+string(response.Campaign), nil, struct {
		Day survey.Date `json:"day"`
	}{response.Day}).Once(hex.EncodeToString(once[:]))
	if !marked {
		survey.Create(act, survey.TakenBackMarks, mark.Bare())
	}
	survey.Overwrite(act, survey.Responses, survey.DocumentRev(stored), mark)
	return act.Do(ctx)
}

// EraseAgain erases the responses that were taken back and are there all the same: a
// backup that was written while one was taken back may hold it and its mark. It
// returns how many there were.
func (r *Receipts) EraseAgain(ctx context.Context) (int, error) {
	marks, err := survey.Documents[survey.TakenBack]{Store: r.changes.Store, Collection: survey.TakenBackMarks}.All(ctx)
	if err != nil {
		return 0, err
	}
	responses := survey.Documents[survey.Response]{Store: r.changes.Store, Collection: survey.Responses}
	erased := 0
	for _, mark := range marks {
		response, err := responses.Get(ctx, string(mark.ID))
		if survey.Is(err, survey.NotFound) || err == nil && response.TakenBack {
			continue
		}
		if err == nil {
			err = r.erase(ctx, response)
		}
		if survey.Is(err, survey.Conflict) { // another process was faster
			continue
		}
		if err != nil {
			return erased, err
		}
		erased++
	}
	return erased, nil
}
