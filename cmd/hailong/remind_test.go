package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"hailong/survey"
)

func TestWarnOfCampaignsThatNothingFollows(t *testing.T) {
	t.Parallel()
	c := (&survey.Catalog{Campaigns: []survey.Campaign{
		{ID: "tthc-2026", State: survey.Open, Period: survey.Span{From: "2026-01-01", To: "2026-12-31"}},
		{ID: "edu-2026", State: survey.Open, Period: survey.Span{From: "2026-01-01", To: "2027-05-31"}},
	}}).Index()
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	warnUnfollowed(c, "2026-06-01", log)
	if out.Len() > 0 {
		t.Errorf("in June: %s", &out)
	}
	warnUnfollowed(c, "2026-12-01", log)
	if s := out.String(); !strings.Contains(s, `campaigns="tthc-2026 (2026-12-31)"`) || strings.Count(s, "\n") != 1 {
		t.Errorf("in December: %s", s)
	}
}
