package proof_test

import (
	"testing"
	"time"

	"hailong/survey"
	"hailong/survey/proof"
)

// opened is what proves the response of a form that was opened by a code and sent
// after a while.
func (f *fixture) opened(t *testing.T, at survey.PointCode, code string, after time.Duration) survey.Proof {
	t.Helper()
	id, err := survey.NewResponseID()
	if err != nil {
		t.Fatal(err)
	}
	ticket := f.issue(t, at, id, code)
	before := f.now
	f.now = f.now.Add(after)
	defer func() { f.now = before }()
	verified, _ := f.decided(t, at, id, ticket, oneTap)
	return verified
}

func (f *fixture) codes(t *testing.T, screen proof.Device) proof.ScreenCodes {
	t.Helper()
	codes, err := f.ScreenCodes(t.Context(), screen)
	if err != nil {
		t.Fatal(err)
	}
	return codes
}

func TestScreenHasCodesForADay(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.now = f.now.Add(45 * time.Second)
	screen, _ := f.enrol(t, proof.Screen)
	codes := f.codes(t, screen)
	if len(codes.Codes) != 720 || codes.Window != 2*time.Minute || f.now.Sub(codes.First) != 45*time.Second || !codes.Now.Equal(f.now) {
		t.Errorf("%d codes of %s from %s on", len(codes.Codes), codes.Window, codes.First)
	}
	seen := map[string]bool{}
	for _, code := range codes.Codes {
		seen[code] = true
	}
	if len(seen) != 720 {
		t.Errorf("only %d codes differ", len(seen))
	}
	// Offline since the morning, the code of the afternoon is good.
	f.now = codes.First.Add(400*proof.ScreenWindow + time.Second)
	if got := f.opened(t, point, codes.Codes[400], time.Minute); got != survey.VerifiedScreen {
		t.Errorf("verified by %q, want by the screen", got)
	}
}

// A code is good while it is shown, half a minute around, and nowhere else.
func TestScreenCodeIsGoodForItsWindow(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		at   time.Duration // from the beginning of the window
		want survey.Proof
	}{
		"Tomorrow's":   {-24 * time.Hour, survey.Unverified},
		"TooEarly":     {-31 * time.Second, survey.Unverified},
		"ClockBehind":  {-30 * time.Second, survey.VerifiedScreen},
		"Begins":       {0, survey.VerifiedScreen},
		"Ends":         {2*time.Minute - time.Second, survey.VerifiedScreen},
		"ClockAhead":   {2*time.Minute + 29*time.Second, survey.VerifiedScreen},
		"Photographed": {2*time.Minute + 30*time.Second, survey.Unverified},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			screen, _ := f.enrol(t, proof.Screen)
			codes := f.codes(t, screen)
			f.now = codes.First.Add(5*proof.ScreenWindow + tt.at)
			if got := f.opened(t, point, codes.Codes[5], time.Minute); got != tt.want {
				t.Errorf("verified by %q, want %q", got, tt.want)
			}
		})
	}
}

func TestScreenTicketIsGoodForADay(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	screen, _ := f.enrol(t, proof.Screen)
	code := f.codes(t, screen).Codes[0]
	if got := f.opened(t, point, code, 24*time.Hour); got != survey.VerifiedScreen {
		t.Errorf("after a day without a network: %q", got)
	}
	if got := f.opened(t, point, code, 24*time.Hour+time.Second); got != survey.Unverified {
		t.Errorf("after more than a day: %q", got)
	}
}

// One code photographed does not open a thousand forms.
func TestScreenCodeIsUsedUp(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	screen, _ := f.enrol(t, proof.Screen)
	codes := f.codes(t, screen).Codes
	prove := func(code string, n int) (verified int) {
		for range n {
			if f.opened(t, point, code, time.Minute) == survey.VerifiedScreen {
				verified++
			}
		}
		return verified
	}
	if got := prove(codes[0], 8); got != 8 {
		t.Errorf("%d of 8 are verified", got)
	}
	f.now = f.now.Add(proof.ScreenWindow) // within the tolerance, which gives nothing back
	if got := prove(codes[0], 1000); got != proof.ScreenUses-8 {
		t.Errorf("%d more are verified, want %d", got, proof.ScreenUses-8)
	}
	if got := prove(codes[1], 1); got != 1 {
		t.Error("the next code is used up with the last one")
	}
}

func TestOtherCodes(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	screen, _ := f.enrol(t, proof.Screen)
	kiosk, _ := f.enrol(t, proof.Kiosk)
	code := f.codes(t, screen).Codes[0]
	for name, got := range map[string]survey.Proof{
		"Invented":   f.opened(t, point, "00000000", time.Minute),
		"Short":      f.opened(t, point, code[:7], time.Minute),
		"OtherPoint": f.opened(t, otherPoint, code, time.Minute),
		"Kiosk's":    f.opened(t, point, f.codes(t, kiosk).Codes[0], time.Minute),
	} {
		if got != survey.Unverified {
			t.Errorf("%s: verified by %q", name, got)
		}
	}
	if got := f.opened(t, point, code, time.Minute); got != survey.VerifiedScreen {
		t.Fatalf("the right code: %q", got)
	}
	if err := f.Revoke(t.Context(), clerk, screen.ID, proof.Lost); err != nil {
		t.Fatal(err)
	}
	if got := f.opened(t, point, code, time.Minute); got != survey.Unverified {
		t.Errorf("of a revoked screen: %q", got)
	}
}
