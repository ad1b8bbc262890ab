package survey_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hailong/survey"
)

func TestParseDate(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		written string
		want    survey.Date
	}{
		{"2026-03-31", "2026-03-31"},
		{"31/03/2026", "2026-03-31"},
		{"1/3/2026", "2026-03-01"},
		{"29/02/2028", "2028-02-29"},
		{"29/02/2026", ""},
		{"03/31/2026", ""},
		{"2026-3-1", ""},
		{"", ""},
	} {
		got, err := survey.ParseDate(test.written)
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%q was read as %q, error %v; want %q", test.written, got, err, test.want)
		}
	}
}

func TestDayBeginsInVietNam(t *testing.T) {
	t.Parallel()
	// Viet Nam is seven hours ahead of UTC all year.
	midnight := time.Date(2026, 6, 30, 17, 0, 0, 0, time.UTC)
	if got := survey.DateOf(midnight.Add(-time.Nanosecond)); got != "2026-06-30" {
		t.Errorf("just before midnight is %s", got)
	}
	if got := survey.DateOf(midnight); got != "2026-07-01" {
		t.Errorf("midnight is %s", got)
	}
	if got := survey.Date("2026-07-01").Time(); !got.Equal(midnight) {
		t.Errorf("the day begins at %s", got)
	}
}

func TestDateParts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		date        survey.Date
		month, year string
		valid       bool
	}{
		{"2026-03-31", "2026-03", "2026", true},
		{"2026-02-30", "2026-02", "2026", false},
		{"20", "", "", false},
		{"", "", "", false},
	} {
		d := test.date
		if d.Month() != test.month || d.Year() != test.year || d.Valid() != test.valid || d.Time().IsZero() == test.valid {
			t.Errorf("%q: month %q, year %q, valid %t, time %s", d, d.Month(), d.Year(), d.Valid(), d.Time())
		}
	}
}

func TestDatesOrderAsTime(t *testing.T) {
	t.Parallel()
	instants := rapid.Int64Range(0, 4_000_000_000)
	rapid.Check(t, func(t *rapid.T) {
		a, b := time.Unix(instants.Draw(t, "a"), 0), time.Unix(instants.Draw(t, "b"), 0)
		da, db := survey.DateOf(a), survey.DateOf(b)
		if a.Before(b) && da > db {
			t.Fatalf("%s is before %s, but %s after %s", a, b, da, db)
		}
		if read, err := survey.ParseDate(string(da)); err != nil || read != da || survey.DateOf(da.Time()) != da {
			t.Fatalf("%s does not come back: %s, %v", da, read, err)
		}
	})
}

func TestSpan(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		span survey.Span
		on   survey.Date
		want bool
	}{
		{survey.Span{}, "2026-01-01", true},
		{survey.Span{From: "2026-01-01", To: "2026-01-01"}, "2026-01-01", true},
		{survey.Span{From: "2026-01-02"}, "2026-01-01", false},
		{survey.Span{To: "2025-12-31"}, "2026-01-01", false},
	} {
		if got := test.span.Contains(test.on); got != test.want {
			t.Errorf("%v contains %s: %t", test.span, test.on, got)
		}
	}
}
