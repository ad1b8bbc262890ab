package transactions

import (
	"hailong/analysis/quality"
	"hailong/survey"
)

// usualDays is how many days before one tell what is usual.
const usualDays = 56

// before is the first day of those that tell what is usual on a day.
func before(day survey.Date) survey.Date {
	return survey.DateOf(day.Time().AddDate(0, 0, -usualDays))
}

// FarAbove reports whether the number of a day is far above what the days before it
// make usual, and how many of it count at most where suspect responses are looked
// for (survey/quarantine). It is stored all the same: who states it is asked to look
// at it again.
func FarAbove(stated map[survey.Date]int, day survey.Date) (most int, far bool) {
	var past []int
	for other, n := range stated {
		if n > 0 && other < day && other >= before(day) {
			past = append(past, n)
		}
	}
	most, known := quality.BusyDay(past)
	return most, known && stated[day] > most
}

// farAbove counts the counts that are far above what is usual, given what is stated
// and that they take its place.
func farAbove(stated Numbers, counts []Count) int {
	all := Numbers{}
	for _, c := range counts {
		if all[c.Point] == nil {
			all[c.Point] = map[survey.Date]int{}
			for day, n := range stated[c.Point] {
				all[c.Point][day] = n
			}
		}
		all[c.Point][c.Day] = c.Number
	}
	n := 0
	for _, c := range counts {
		if _, far := FarAbove(all[c.Point], c.Day); far {
			n++
		}
	}
	return n
}
