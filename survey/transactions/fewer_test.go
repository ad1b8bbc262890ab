package transactions_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/transactions"
)

// Numbers below what came in are told of before they are stored, on the page and of a
// file, unless they are stated already.
func TestFewerThanReceived(t *testing.T) {
	t.Parallel()
	s := newService(t)
	days := map[survey.Date]int{"2026-03-02": 30, "2026-03-03": 44, "2026-03-04": 45}
	if fewer, err := s.DaysFewerThanReceived(t.Context(), s.points[0], days); len(fewer) != 0 || err != nil {
		t.Errorf("%v are fewer than nobody knows, %v", fewer, err)
	}
	s.Received = func(_ context.Context, code survey.PointCode, _ survey.Date) (int, error) {
		if code == s.points[0] {
			return 45, nil
		}
		return 0, nil
	}
	if _, err := s.State(t.Context(), lan, []transactions.Count{{Point: s.points[0], Day: "2026-03-02", Number: 30}}); err != nil {
		t.Fatal(err)
	}
	fewer, err := s.DaysFewerThanReceived(t.Context(), s.points[0], days)
	if diff := cmp.Diff([]survey.Date{"2026-03-03"}, fewer); diff != "" || err != nil {
		t.Errorf("days (-want +got):\n%s%v", diff, err)
	}
	file := "point,day,number\n" + string(s.points[0]) + ",2026-03-04,1\n" + string(s.points[1]) + ",2026-03-04,1\n"
	list, problems, err := s.ReadList(t.Context(), "x.csv", []byte(file))
	if list.Fewer != 1 || len(problems) != 0 || err != nil {
		t.Errorf("%d days of the file are fewer, want 1; %v, %v", list.Fewer, problems, err)
	}
	broken := errors.New("broken")
	s.Received = func(context.Context, survey.PointCode, survey.Date) (int, error) { return 0, broken }
	if _, err := s.DaysFewerThanReceived(t.Context(), s.points[0], days); !errors.Is(err, broken) {
		t.Errorf("error %v, want that of the store", err)
	}
}
