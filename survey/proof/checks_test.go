package proof_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/proof"
	"hailong/survey/surveytest"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		checks proof.Checks
		proof  survey.Proof
		doubt  survey.Doubt
	}{
		"RowOfAFile":      {proof.Checks{}, survey.Unverified, survey.NoDoubt},
		"PaperForm":       {proof.Checks{Serial: true}, survey.VerifiedSerial, survey.NoDoubt},
		"BareForm":        {proof.Checks{Form: true}, survey.Unverified, survey.DoubtUnticketed},
		"SlipWithoutForm": {proof.Checks{Slip: true}, survey.VerifiedSlip, survey.NoDoubt},
		"Slip":            {proof.Checks{Form: true, Slip: true}, survey.VerifiedSlip, survey.DoubtUnticketed},
		"Kiosk":           {proof.Checks{Form: true, Device: true}, survey.VerifiedDevice, survey.NoDoubt},
		"SlipAtAKiosk":    {proof.Checks{Form: true, Slip: true, Device: true}, survey.VerifiedSlip, survey.NoDoubt},
		"Flood":           {proof.Checks{Form: true, Flood: true}, survey.Unverified, survey.DoubtFlood},
		"FloodAtAKiosk":   {proof.Checks{Form: true, Flood: true, Device: true}, survey.VerifiedDevice, survey.DoubtFlood},
		"ImportedFlood":   {proof.Checks{Flood: true}, survey.Unverified, survey.NoDoubt},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verified, doubt := tt.checks.Decide(oneTap)
			if verified != tt.proof {
				t.Errorf("verified by %q, want %q", verified, tt.proof)
			}
			if doubt != tt.doubt {
				t.Errorf("doubt %q, want %q", doubt, tt.doubt)
			}
		})
	}
}

// Whatever is made up, nothing but a device is a kiosk's, and no other channel is
// touched.
func TestChannel(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		checks        proof.Checks
		claimed, want survey.Channel
	}{
		"Kiosk":          {proof.Checks{Form: true, Device: true}, survey.ChannelKiosk, survey.ChannelKiosk},
		"KioskElsewhere": {proof.Checks{Form: true}, survey.ChannelKiosk, survey.ChannelQR},
		"KioskInAFile":   {proof.Checks{}, survey.ChannelKiosk, survey.ChannelKiosk},
		"Telephone":      {proof.Checks{Form: true}, survey.ChannelQR, survey.ChannelQR},
		"Link":           {proof.Checks{Form: true}, survey.ChannelLink, survey.ChannelLink},
	} {
		if got := tt.checks.Channel(tt.claimed); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// More to fill in never takes less time, reading never less than touching, and
// a first tap is in nobody's doubt after two seconds.
func TestFillTakesTime(t *testing.T) {
	t.Parallel()
	if least := oneTap.ByEye(); least > 2*time.Second {
		t.Errorf("a first tap is in doubt for %s", least)
	}
	rapid.Check(t, func(t *rapid.T) {
		less := proof.Fill{Taps: rapid.IntRange(0, 80).Draw(t, "taps"), Syllables: rapid.IntRange(0, 1000).Draw(t, "syllables")}
		more := proof.Fill{Taps: less.Taps + rapid.IntRange(0, 9).Draw(t, "more taps"), Syllables: less.Syllables + rapid.IntRange(0, 99).Draw(t, "more syllables")}
		if more.ByHand() < less.ByHand() || more.ByEye() < less.ByEye() {
			t.Errorf("%+v takes less time than %+v", more, less)
		}
		if less.ByEye() < less.ByHand() {
			t.Errorf("%+v is read before it is touched", less)
		}
	})
}

func TestFillOf(t *testing.T) {
	t.Parallel()
	form := surveytest.Shipped(t).Latest("tthc-quick")
	sheet := survey.CheckedAnswers{
		Answers: []survey.Answer{{Item: "overall", Codes: []int{2}}, {Item: "wrong", Codes: []int{1, 3}}, {Item: "gone", Number: 3}},
		Texts:   []survey.Words{{Item: "comment", Text: "Chờ lâu"}},
	}
	fill := proof.FillOf(form, &sheet)
	if fill.Taps != 5 {
		t.Errorf("%d taps, want 5", fill.Taps)
	}
	if fill.Syllables < 10 || fill.Syllables > 60 {
		t.Errorf("%d syllables in three questions", fill.Syllables)
	}
}
