package backup

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"hailong/survey"
)

// Policy says which backups are kept: the newest of each of the last days, weeks and
// months that have any, and the newest of all.
type Policy struct{ Days, Weeks, Months int }

// ErrPolicy is about words that make no policy.
var ErrPolicy = errors.New("--keep ghi số ngày (d), tuần (w), tháng (m), ví dụ 7d,4w,12m / --keep takes numbers of days (d), weeks (w) and months (m), such as 7d,4w,12m")

// mostKept bounds each number of a policy.
const mostKept = 1000

// ParsePolicy reads a policy: "7d,4w,12m".
func ParsePolicy(s string) (Policy, error) {
	var p Policy
	for part := range strings.SplitSeq(s, ",") {
		part = strings.TrimSpace(part)
		if len(part) < 2 {
			return Policy{}, ErrPolicy
		}
		into := map[byte]*int{'d': &p.Days, 'w': &p.Weeks, 'm': &p.Months}[part[len(part)-1]]
		n, err := strconv.Atoi(part[:len(part)-1])
		if into == nil || *into != 0 || err != nil || n < 1 || n > mostKept {
			return Policy{}, ErrPolicy
		}
		*into = n
	}
	return p, nil
}

// Superfluous returns the moments whose backups are not kept, the oldest first. The
// newest is always kept.
func (p Policy) Superfluous(moments []time.Time) []time.Time {
	sorted := slices.SortedFunc(slices.Values(moments), func(a, b time.Time) int { return b.Compare(a) })
	spans := []struct {
		most int
		name func(survey.Date) string
	}{
		{p.Days, func(d survey.Date) string { return string(d) }},
		{p.Weeks, func(d survey.Date) string {
			year, week := d.Time().ISOWeek()
			return fmt.Sprint(year, "/", week)
		}},
		{p.Months, func(d survey.Date) string { return string(d)[:len("2026-01")] }},
	}
	kept := map[int]bool{0: true}
	for _, span := range spans {
		seen := map[string]bool{}
		for i, at := range sorted {
			name := span.name(survey.DateOf(at))
			if !seen[name] && len(seen) < span.most {
				kept[i] = true
			}
			seen[name] = true
		}
	}
	var gone []time.Time
	for i, at := range slices.Backward(sorted) {
		if !kept[i] {
			gone = append(gone, at)
		}
	}
	return gone
}

// Names of the files of a series tell by whom and when: only what has such a name is ever
// deleted.
const (
	nameStart  = "hailong-"
	nameTime   = "20060102-150405"
	plainEnd   = ".zip"
	sealedEnd  = ".zip.age"
	shortBytes = 8
)

// FileName is the name of a backup in a series.
func FileName(key PublicKey, at time.Time, sealed bool) string {
	end := plainEnd
	if sealed {
		end = sealedEnd
	}
	return nameStart + key.Short() + "-" + at.UTC().Format(nameTime) + end
}

// ParseFileName returns when a file of the series of a key was made; false for every
// other name.
func ParseFileName(key PublicKey, name string) (time.Time, bool) {
	rest, ok := strings.CutPrefix(name, nameStart+key.Short()+"-")
	for _, end := range []string{sealedEnd, plainEnd} {
		if moment, found := strings.CutSuffix(rest, end); ok && found && len(key.Short()) == shortBytes {
			at, err := time.Parse(nameTime, moment)
			return at, err == nil
		}
	}
	return time.Time{}, false
}
