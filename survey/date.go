package survey

import (
	"fmt"
	"time"
	_ "time/tzdata"
)

// Date is a calendar day in Viet Nam, written YYYY-MM-DD, so that dates order
// as strings and read the same in every store. The empty Date means "open".
type Date string

// Zone is the time zone in which days and months are counted.
var Zone = func() *time.Location {
	loc, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil { // cannot happen: tzdata is embedded
		return time.FixedZone("+07", 7*3600)
	}
	return loc
}()

// DateOf returns the day of t in Viet Nam.
func DateOf(t time.Time) Date { return Date(t.In(Zone).Format(time.DateOnly)) }

// ParseDate reads YYYY-MM-DD or the Vietnamese dd/mm/yyyy.
func ParseDate(s string) (Date, error) {
	for _, layout := range []string{time.DateOnly, "02/01/2006", "2/1/2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return Date(t.Format(time.DateOnly)), nil
		}
	}
	return "", fmt.Errorf("%q is not a date: write 2026-03-31 or 31/03/2026", s)
}

// Valid reports whether d is a real calendar day.
func (d Date) Valid() bool {
	_, err := time.Parse(time.DateOnly, string(d))
	return err == nil
}

// Time returns the first instant of the day in Viet Nam; the zero time for an
// open or malformed date.
func (d Date) Time() time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), Zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Month returns "YYYY-MM", or "" for an open or malformed date.
func (d Date) Month() string {
	if len(d) < 7 {
		return ""
	}
	return string(d[:7])
}

// Year returns "YYYY", or "" for an open or malformed date.
func (d Date) Year() string {
	if len(d) < 4 {
		return ""
	}
	return string(d[:4])
}

// Span is a period of days, both ends included; an empty end is open.
type Span struct {
	From Date `bson:"from,omitempty" yaml:"from" json:"from"`
	To   Date `bson:"to,omitempty" yaml:"to" json:"to"`
}

// Contains reports whether d lies in the span.
func (s Span) Contains(d Date) bool {
	return (s.From == "" || s.From <= d) && (s.To == "" || d <= s.To)
}

// Meets reports whether two spans have a day in common.
func (s Span) Meets(o Span) bool {
	return (s.To == "" || o.From == "" || o.From <= s.To) && (o.To == "" || s.From == "" || s.From <= o.To)
}
