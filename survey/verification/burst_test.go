package verification_test

import (
	"testing"

	"hailong/survey/verification"
)

func TestBurstID(t *testing.T) {
	t.Parallel()
	campaign, point, day := verification.NewBurstID("tthc-2026", "HA1L0N3", "2026-03-05").Parts()
	if campaign != "tthc-2026" || point != "HA1L0N3" || day != "2026-03-05" {
		t.Errorf("parts %q, %q, %q", campaign, point, day)
	}
	if campaign, _, _ := verification.BurstID("a/b").Parts(); campaign != "" {
		t.Errorf("part %q of what is no name", campaign)
	}
}
