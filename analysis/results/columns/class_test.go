package columns

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/releases"
	"hailong/survey/surveytest"
)

// A release goes further in one class than in the other: what it holds of each is
// counted, and the rest waits as what it is, found in the store or told of later.
func TestColumnsFollowAReleaseByClass(t *testing.T) {
	t.Parallel()
	at := func(after time.Duration) time.Time { return surveytest.Received.Add(after) }
	for name, c := range map[string]struct {
		place releases.UnitRelease
		held  map[string]int64
		waits releases.WaitingResponses
	}{
		"OpenFurther": {
			releases.UnitRelease{Through: at(time.Hour), Verified: &releases.Extent{Through: at(time.Second)}},
			map[string]int64{"": 2, VerifiedKey: 1},
			releases.WaitingResponses{Verified: 2},
		},
		"VerifiedFurther": {
			releases.UnitRelease{Through: at(time.Second), Verified: &releases.Extent{Through: at(time.Hour)}},
			map[string]int64{"": 1, VerifiedKey: 2},
			releases.WaitingResponses{Open: 1, Verified: 1},
		},
		"VerifiedAlone": {
			releases.UnitRelease{Verified: &releases.Extent{Through: at(time.Hour)}},
			map[string]int64{VerifiedKey: 2},
			releases.WaitingResponses{Open: 2, Verified: 1},
		},
		"BeforeTheClasses": {
			releases.UnitRelease{Through: at(time.Hour)},
			map[string]int64{"": 2, VerifiedKey: 2},
			releases.WaitingResponses{Verified: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newFixture(t)
			response := func(proof survey.Proof, received time.Time) survey.Response {
				r := w.Response(4)
				r.Proof, r.Received = proof, received
				return r
			}
			w.Insert(
				response(survey.Unverified, at(0)), response(survey.Unverified, at(time.Minute)),
				response(survey.VerifiedSlip, at(0)), response(survey.VerifiedScreen, at(time.Minute)),
			)
			unit := w.Response(4).Unit
			c.place.Unit = unit
			release := releases.Release{ID: tthc, Rev: 1, Number: 1, Places: []releases.UnitRelease{c.place}}
			if err := (survey.Documents[releases.Release]{Store: w.Store, Collection: survey.Releases}).Insert(t.Context(), release); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.held, w.countBy(tthc, Proof)); diff != "" {
				t.Errorf("held by class (-want +got): %s", diff)
			}
			w.keep(response(survey.VerifiedDevice, at(2*time.Hour)))
			waiting, err := w.responses.Waiting(t.Context(), tthc)
			if err != nil || waiting[unit] != c.waits {
				t.Errorf("%+v wait, error %v, want %+v", waiting[unit], err, c.waits)
			}
		})
	}
}
