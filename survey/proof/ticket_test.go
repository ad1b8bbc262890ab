package proof_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/proof"
	"hailong/survey/surveytest"
)

// oneTap is a face that was touched, on a form with one short question.
var oneTap = proof.Fill{Taps: 1, Syllables: 10}

// thirty is the form of residents, filled in whole.
var thirty = proof.Fill{Taps: 30, Syllables: 400}

func TestTicketSaysHowLongFillingInTook(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for name, tt := range map[string]struct {
		after time.Duration
		fill  proof.Fill
		want  survey.Doubt
	}{
		"AtOnce":             {0, oneTap, survey.DoubtInstant},
		"AfterASecond":       {time.Second, oneTap, survey.DoubtInstant},
		"FirstTap":           {2 * time.Second, oneTap, survey.NoDoubt},
		"ThirtyInTwoSeconds": {2 * time.Second, thirty, survey.DoubtInstant},
		"ThirtyByATyper":     {20 * time.Second, thirty, survey.DoubtHasty},
		"ThirtyReadFast":     {60 * time.Second, thirty, survey.NoDoubt},
		"LaterTheSameDay":    {9 * time.Hour, thirty, survey.NoDoubt},
		"KeptByATelephone":   {14 * day, oneTap, survey.NoDoubt},
		"KeptTooLong":        {14*day + time.Second, oneTap, survey.DoubtLate},
		"ClocksDiffer":       {-time.Minute, oneTap, survey.NoDoubt},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			ticket := f.issue(t, point, response, "")
			f.now = f.now.Add(tt.after)
			verified, doubt := f.decided(t, point, response, ticket, tt.fill)
			if doubt != tt.want {
				t.Errorf("doubt %q, want %q", doubt, tt.want)
			}
			if verified != survey.Unverified {
				t.Errorf("verified by %q: a ticket proves nothing", verified)
			}
		})
	}
}

// A ticket is one response's. Whatever else it comes with, it is none.
func TestTicketOfAnotherResponse(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ticket := f.issue(t, point, response, "")
	f.now = f.now.Add(time.Minute)
	const other survey.ResponseID = "0199b2a4-7c1e-7d3a-9f00-1234567890ac"
	for name, doubt := range map[string]survey.Doubt{
		"None":         doubtOf(f.decided(t, point, response, "", oneTap)),
		"OtherID":      doubtOf(f.decided(t, point, other, ticket, oneTap)),
		"OtherPoint":   doubtOf(f.decided(t, otherPoint, response, ticket, oneTap)),
		"Made up":      doubtOf(f.decided(t, point, response, strings.Repeat("A", proof.TicketLength), oneTap)),
		"NotBase64":    doubtOf(f.decided(t, point, response, strings.Repeat("!", proof.TicketLength), oneTap)),
		"Longer":       doubtOf(f.decided(t, point, response, ticket+"A", oneTap)),
		"OtherKeys":    doubtOf((&fixture{Proofs: newFixture(t).Proofs}).decided(t, point, response, ticket, oneTap)),
		"ScreenForged": doubtOf(f.decided(t, point, response, ticket[:6]+"Q"+ticket[7:], oneTap)),
	} {
		if doubt != survey.DoubtUnticketed {
			t.Errorf("%s: doubt %q, want %q", name, doubt, survey.DoubtUnticketed)
		}
	}
}

func doubtOf(_ survey.Proof, d survey.Doubt) survey.Doubt { return d }

// A replica, and a server that was started again, know the tickets of the first.
// A second sending is read as the first: what became of it was decided then.
func TestTicketAtAReplica(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ticket := f.issue(t, point, response, "")
	f.now = f.now.Add(time.Minute)
	other := fixture{Proofs: f.replica()}
	for range 2 {
		if _, doubt := other.decided(t, point, response, ticket, oneTap); doubt != survey.NoDoubt {
			t.Errorf("doubt %q, want none", doubt)
		}
	}
}

// Changing any character of a ticket makes it none: what it says cannot be said by
// anybody else.
func TestTicketCannotBeChanged(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ticket := f.issue(t, point, response, "")
	f.now = f.now.Add(time.Minute)
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	rapid.Check(t, func(rt *rapid.T) {
		// The last character holds four bits that say nothing.
		at := rapid.IntRange(0, proof.TicketLength-2).Draw(rt, "at")
		c := alphabet[rapid.IntRange(0, len(alphabet)-1).Draw(rt, "character")]
		if c == ticket[at] {
			return
		}
		changed := ticket[:at] + string(c) + ticket[at+1:]
		if _, doubt := f.decided(t, point, response, changed, oneTap); doubt != survey.DoubtUnticketed {
			rt.Errorf("%s is believed to be %s", changed, ticket)
		}
	})
}

func TestWithoutKeys(t *testing.T) {
	t.Parallel()
	store := surveytest.Store(t)
	p := proof.New(survey.NewChanges(store, audit.New(store, time.Now), time.Now), noKeys{})
	_, err := p.Issue(t.Context(), point, response, "")
	surveytest.WantKind(t, err, survey.Unavailable)
	_, err = p.Read(t.Context(), point, response, strings.Repeat("A", proof.TicketLength))
	surveytest.WantKind(t, err, survey.Unavailable)
}
