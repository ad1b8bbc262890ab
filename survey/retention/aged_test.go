package retention_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/retention"
)

func forgets(n int, err error) retention.Forgetting {
	return func(context.Context) (int, error) { return n, err }
}

// What was forgotten is counted, and the log says so; where there was nothing it is
// silent.
func TestTheRecordCountsWhatWasForgotten(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	broken := errors.New("the disk is full")
	for _, run := range []map[retention.AgedKind]retention.Forgetting{
		{retention.AgedSlips: forgets(0, nil), retention.AgedMoments: forgets(0, nil)},
		{retention.AgedSlips: forgets(3, nil), retention.AgedMoments: forgets(2, nil)},
		{retention.AgedSlips: forgets(4, nil), retention.AgedDevices: forgets(1, broken)},
	} {
		if _, err := f.eraser.ForgetAged(t.Context(), job, run); err != nil && !errors.Is(err, broken) {
			t.Fatal(err)
		}
	}
	record, err := survey.Documents[retention.AgedRecord]{Store: f.file, Collection: survey.Settings}.Get(t.Context(), retention.AgedRecordID)
	if err != nil {
		t.Fatal(err)
	}
	want := map[retention.AgedKind]int{retention.AgedSlips: 7, retention.AgedMoments: 2, retention.AgedDevices: 1}
	if diff := cmp.Diff(want, record.Forgotten); diff != "" || record.Day != survey.DateOf(f.now) {
		t.Errorf("on %s the record says (-want +got): %s", record.Day, diff)
	}
	entries, err := survey.Documents[audit.ChainedEntry]{Store: f.file, Collection: survey.Audit}.All(t.Context())
	if err != nil || len(entries) != 2 || entries[1].After != `{"devices":1,"slips":4}` || entries[1].Action != "retention.forget" {
		t.Errorf("the log has %+v, %v", entries, err)
	}
}
