package transactions_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/surveytest"
	"hailong/survey/transactions"
)

var lan = survey.Actor{Login: "lan"}

type service struct {
	*transactions.Transactions
	log    *audit.Log
	points []survey.PointCode
	told   int
}

func newService(t *testing.T) *service {
	t.Helper()
	store, catalog := surveytest.FirstStart(t, "2026-03-02")
	now := func() time.Time { return time.Date(2026, 3, 5, 9, 0, 0, 0, survey.Zone) }
	s := &service{log: audit.New(store, now)}
	s.Transactions = transactions.New(survey.NewChanges(store, s.log, now), func() *survey.Catalog { return catalog })
	s.Stated = func() { s.told++ }
	for _, p := range catalog.Points {
		s.points = append(s.points, p.Code)
	}
	return s
}

// entries is how many entries the audit log has of transactions.
func (s *service) entries(t *testing.T) int {
	t.Helper()
	n := 0
	if err := s.log.Each(t.Context(), audit.EntryFilter{Action: "transaction"}, func(audit.ChainedEntry) error {
		n++
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func wantInvalid(t *testing.T, err error, field, key string) {
	t.Helper()
	if got := survey.FieldsOf(err)[field].Key; !survey.Is(err, survey.Invalid) || got != key {
		t.Errorf("error %v, want %s at %s", err, key, field)
	}
}

func TestSaveMonth(t *testing.T) {
	t.Parallel()
	s := newService(t)
	p := s.points[0]
	if err := s.SaveMonth(t.Context(), lan, p, "2026-03", 0, map[survey.Date]int{"2026-03-02": 30, "2026-03-04": 0}, false); err != nil {
		t.Fatal(err)
	}
	m, err := s.Month(t.Context(), p, "2026-03")
	want := transactions.Month{ID: "2026-03/" + string(p), Rev: 1, Point: p, Days: []transactions.StatedDay{{Day: "2026-03-02", Statement: by("lan", 30)}, {Day: "2026-03-04", Statement: by("lan", 0)}}}
	if diff := cmp.Diff(want, m); diff != "" || err != nil {
		t.Errorf("stored (-want +got), %v:\n%s", err, diff)
	}
	// A day that is emptied is no longer known.
	if err := s.SaveMonth(t.Context(), lan, p, "2026-03", 1, map[survey.Date]int{"2026-03-04": 12}, false); err != nil {
		t.Fatal(err)
	}
	stated, err := s.Since(t.Context(), "2026-03-01")
	if diff := cmp.Diff(transactions.Numbers{p: {"2026-03-04": 12}}, stated); diff != "" || err != nil {
		t.Errorf("stated (-want +got), %v:\n%s", err, diff)
	}
	if later, err := s.Since(t.Context(), "2026-03-05"); err != nil || len(later) != 0 {
		t.Errorf("since the day after: %v, %v", later, err)
	}
	if err := s.SaveMonth(t.Context(), lan, p, "2026-03", 1, nil, false); !survey.Is(err, survey.Conflict) {
		t.Errorf("over a later revision: %v, want a conflict", err)
	}
	if s.told != 2 || s.entries(t) != 2 {
		t.Errorf("told %d times, %d entries; want 2 and 2", s.told, s.entries(t))
	}
}

func TestSaveMonthRefuses(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for _, test := range []struct {
		name string
		day  survey.Date
		n    int
		key  string
	}{
		{"Tomorrow", "2026-03-06", 3, "transaction.bad_day"},
		{"NoNumber", "2026-03-02", -1, "transaction.bad_number"},
		{"TooMany", "2026-03-02", transactions.Most + 1, "transaction.bad_number"},
		{"OtherMonth", "2026-02-02", 3, "transaction.bad_number"},
		{"NoDay", "2026-02-30", 3, "transaction.bad_day"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := s.SaveMonth(t.Context(), lan, s.points[0], "2026-03", 0, map[survey.Date]int{test.day: test.n}, false)
			wantInvalid(t, err, string(test.day), test.key)
		})
	}
	if err := s.SaveMonth(t.Context(), lan, "0000000", "2026-03", 0, nil, false); !survey.Is(err, survey.NotFound) {
		t.Errorf("at no point: %v", err)
	}
	if days := transactions.DaysOf("2026-13"); days != nil {
		t.Errorf("days of a month that is none: %v", days)
	}
	if days := transactions.DaysOf("2028-02"); len(days) != 29 || days[28] != "2028-02-29" {
		t.Errorf("days of February 2028: %v", days)
	}
}

// Stating the same again changes nothing, and leaves no entry.
func TestStateIsIdempotent(t *testing.T) {
	t.Parallel()
	s := newService(t)
	counts := []transactions.Count{{s.points[0], "2026-02-27", 9}, {s.points[0], "2026-03-02", 30}, {s.points[0], "2026-03-03", 31}, {s.points[1], "2026-03-02", 5}}
	if n, err := s.State(t.Context(), lan, counts); n != 4 || err != nil {
		t.Fatalf("%d changed, %v; want 4", n, err)
	}
	if n, err := s.State(t.Context(), lan, counts); n != 0 || err != nil || s.entries(t) != 3 || s.told != 1 {
		t.Errorf("again: %d changed, %d entries, told %d times, %v; want 0, 3, 1", n, s.entries(t), s.told, err)
	}
	if n, err := s.State(t.Context(), lan, []transactions.Count{{s.points[0], "2026-03-03", 40}}); n != 1 || err != nil {
		t.Errorf("another number: %d changed, %v; want 1", n, err)
	}
	want := transactions.Numbers{s.points[0]: {"2026-02-27": 9, "2026-03-02": 30, "2026-03-03": 40}, s.points[1]: {"2026-03-02": 5}}
	if stated, err := s.Since(t.Context(), "2026-02-01"); err != nil || !cmp.Equal(want, stated) {
		t.Errorf("stated %v, want %v, %v", stated, want, err)
	}
	_, err := s.State(t.Context(), lan, append(counts, transactions.Count{Point: "0000000", Day: "2026-03-02", Number: 1}))
	wantInvalid(t, err, "point", "point.unknown")
	_, err = s.State(t.Context(), lan, []transactions.Count{{s.points[0], "2026-03-09", 1}})
	wantInvalid(t, err, "day", "transaction.bad_day")
	_, err = s.State(t.Context(), lan, []transactions.Count{{s.points[0], "2026-03-02", -1}})
	wantInvalid(t, err, "number", "transaction.bad_number")
}

func TestReadList(t *testing.T) {
	t.Parallel()
	s := newService(t)
	a, b := string(s.points[0]), string(s.points[1])
	if _, err := s.State(t.Context(), lan, []transactions.Count{{s.points[0], "2026-03-02", 1200}}); err != nil {
		t.Fatal(err)
	}
	list, problems, err := s.ReadList(t.Context(), "x.csv", []byte("mã điểm;ngày;số lượt\n"+a+";02/03/2026;1.200\n"+b+";2026-03-02;0\n"))
	if err != nil || len(problems) != 0 || list.Changed != 1 || list.Same != 1 {
		t.Errorf("%+v, %v, %v", list, problems, err)
	}
	_, problems, err = s.ReadList(t.Context(), "x.csv", []byte("point,day,number\nABC,06/03/2026,many\n"+a+",02/03/2026,3\n"+a+",02/03/2026,4\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []survey.RowProblem{
		{Row: 2, Column: "point", Message: survey.Message{Key: "point.unknown"}},
		{Row: 2, Column: "day", Message: survey.Message{Key: "transaction.bad_day"}},
		{Row: 4, Column: "day", Message: survey.Message{Key: "transaction.day_twice"}},
	}
	if diff := cmp.Diff(want, problems); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	_, _, err = s.ReadList(t.Context(), "x.csv", []byte("point,day\nABC,06/03/2026\n"))
	var e *survey.Error
	if !errors.As(err, &e) || e.Key != "list.file_columns" {
		t.Errorf("without a column: %v", err)
	}
}

func TestRates(t *testing.T) {
	t.Parallel()
	stated := transactions.Numbers{"A": {"2026-03-02": 10, "2026-03-03": 10}, "B": {"2026-03-02": 5}, "C": {"2026-03-02": 100}}
	answered := []transactions.Answered{
		{"A", survey.ChannelQR, "2026-03-02", 6},
		{"A", survey.ChannelKiosk, "2026-03-03", 4},
		{"A", survey.ChannelQR, "2026-03-04", 99}, // of a day that is not known
		{"B", survey.ChannelQR, "2026-03-02", 9},
		{"C", survey.ChannelQR, "2026-03-02", 50}, // of somebody else's scope
		{"D", survey.ChannelQR, "2026-03-02", 50}, // of a point that is not known
	}
	got := transactions.RatesOf(answered, stated, func(p survey.PointCode) bool { return p != "C" })
	want := transactions.ResponseRates{
		All:      transactions.Rate{Responses: 19, Transactions: 25},
		Points:   []transactions.PointRate{{transactions.Rate{Responses: 10, Transactions: 20}, "A"}, {transactions.Rate{Responses: 9, Transactions: 5}, "B"}},
		Channels: []transactions.ChannelRate{{transactions.Rate{Responses: 15, Transactions: 25}, survey.ChannelQR}, {transactions.Rate{Responses: 4, Transactions: 25}, survey.ChannelKiosk}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.All.Impossible() || !got.Points[1].Impossible() || got.Points[0].Share() != 0.5 {
		t.Errorf("%+v", got)
	}
	if (transactions.Rate{Responses: 3}).Known() {
		t.Error("a rate of no transactions is known")
	}
}
