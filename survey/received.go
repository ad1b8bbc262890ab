package survey

import "time"

// When a response was received is exact on the day of receipt alone. Afterwards it is
// one of the two ends of its hour or of its day, and package moments says which.

// HourEnds are the first and the last moment of the hour of a moment, in Viet Nam and
// to the millisecond, as responses hold them.
func HourEnds(at time.Time) (first, last time.Time) {
	local := at.In(Zone)
	first = time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), 0, 0, 0, Zone)
	return first, first.Add(time.Hour - time.Millisecond)
}

// DayEnds are the first and the last moment of the day of a moment, likewise.
func DayEnds(at time.Time) (first, last time.Time) {
	first = DateOf(at).Time()
	return first, first.AddDate(0, 0, 1).Add(-time.Millisecond)
}
