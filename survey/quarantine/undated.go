package quarantine

import (
	"context"
	"time"

	"hailong/survey"
	"hailong/survey/verification"
)

// HoldUndated holds responses back that are about to be stored and are dated by a clock
// that is known to be wrong (survey.DoubtClock): nobody can say on which day they were
// given, and a day in a release that was cut already would move its figures.
//
// It is called before the response is stored, so that no figure ever holds one of them.
// After a kill between the two writes there is a suspect without a response; whoever sends
// it again completes it. What is stored already was counted or held when it came, and is
// left as it is.
func (q *Quarantine) HoldUndated(ctx context.Context, responses ...survey.Response) error {
	now := q.now().UTC().Truncate(time.Millisecond)
	var suspects []verification.Suspect
	for i := range responses {
		r := &responses[i]
		if r.Doubt != survey.DoubtClock {
			continue
		}
		switch _, err := q.store.Get(ctx, survey.Responses, string(r.ID)); {
		case err == nil:
			continue
		case !survey.Is(err, survey.NotFound):
			return err
		}
		burst := verification.NewBurstID(r.Campaign, r.Point, survey.DateOf(r.Received))
		suspects = append(suspects, verification.NewSuspect(burst, r.ID, verification.SignClock, r.Received.In(survey.Zone).Hour(), now))
	}
	if len(suspects) == 0 {
		return nil
	}
	_, err := survey.InsertAll(ctx, q.store, survey.Suspects, suspects)
	return err
}
