package quarantine

import (
	"context"

	"hailong/survey"
	"hailong/survey/verification"
)

// Held counts the responses that figures leave out, of all campaigns, and those of them
// about which nobody has decided. It reads every suspect. The numbers are for who operates
// the server, who can read them in the store anyway, and are of no point or day.
func (q *Quarantine) Held(ctx context.Context) (held, undecided int, err error) {
	decisions, err := verification.DecisionsOf(ctx, q.store, "")
	if err != nil {
		return 0, 0, err
	}
	waits := map[survey.ResponseID]bool{} // by each that is held
	err = verification.SuspectsOf(ctx, q.store, "", func(s verification.Suspect) error {
		if d := decisions.Of(s.Burst, s.Sign); d.LeavesOut() {
			waits[s.Response] = waits[s.Response] || d.Choice == ""
		}
		return nil
	})
	for _, w := range waits {
		if w {
			undecided++
		}
	}
	return len(waits), undecided, err
}
