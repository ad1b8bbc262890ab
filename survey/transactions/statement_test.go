package transactions_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/transactions"
)

var binh = survey.Actor{Login: "binh"}

// by is a number as somebody stated it today.
func by(who string, number int) transactions.Statement {
	return transactions.Statement{Number: number, By: who, On: "2026-03-05"}
}

const servedDay = survey.Date("2026-03-04")

// clerk has lan make proofs at the first point since a day.
func (s *service) clerk(since survey.Date) {
	s.Provers = append(s.Provers, func(context.Context, survey.Date) (transactions.Provers, error) {
		return transactions.Provers{s.points[0]: {"lan": since}}, nil
	})
}

func (s *service) save(t *testing.T, who survey.Actor, number int, vouch bool) {
	t.Helper()
	m, err := s.Month(t.Context(), s.points[0], "2026-03")
	if err != nil {
		t.Fatal(err)
	}
	days := m.ByDay()
	if days[servedDay] = number; number < 0 {
		delete(days, servedDay)
	}
	if err := s.SaveMonth(t.Context(), who, s.points[0], "2026-03", m.Rev, days, vouch); err != nil {
		t.Fatal(err)
	}
}

func (s *service) numbers(t *testing.T) (stated, vouched string) {
	t.Helper()
	text := func(numbers transactions.Numbers, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		if n, known := numbers[s.points[0]][servedDay]; known {
			return fmt.Sprint(n)
		}
		return "-"
	}
	return text(s.Since(t.Context(), "2026-03-01")), text(s.Vouched(t.Context(), "2026-03-01"))
}

// Whoever makes the proofs of a point does not vouch for its numbers, and takes the
// place of no number that somebody else stated.
func TestWhoMakesProofsVouchesForNothing(t *testing.T) {
	t.Parallel()
	token := survey.Actor{Token: "onestop"}
	for name, test := range map[string]struct {
		since survey.Date // lan makes proofs
		do    func(*testing.T, *service)
		want  [2]string // stated, vouched
	}{
		"Alone":         {"2026-03-01", func(t *testing.T, s *service) { s.save(t, lan, 500, false) }, [2]string{"500", "-"}},
		"EvenIfSheSays": {"2026-03-01", func(t *testing.T, s *service) { s.save(t, lan, 500, true) }, [2]string{"500", "-"}},
		"MadeThemLater": {"2026-03-05", func(t *testing.T, s *service) { s.save(t, lan, 500, false) }, [2]string{"500", "500"}},
		"SomebodyElse":  {"2026-03-01", func(t *testing.T, s *service) { s.save(t, binh, 50, false) }, [2]string{"50", "50"}},
		"Overwritten":   {"2026-03-01", func(t *testing.T, s *service) { s.save(t, binh, 50, false); s.save(t, lan, 500, false) }, [2]string{"500", "50"}},
		"Emptied":       {"2026-03-01", func(t *testing.T, s *service) { s.save(t, binh, 50, false); s.save(t, lan, -1, false) }, [2]string{"-", "50"}},
		"EmptiedAndAnew": {"2026-03-01", func(t *testing.T, s *service) {
			s.save(t, binh, 50, false)
			s.save(t, lan, -1, false)
			s.save(t, lan, 500, false)
		}, [2]string{"500", "50"}},
		"PushedOut": {"2026-03-01", func(t *testing.T, s *service) {
			s.save(t, binh, 50, false)
			for n := range 30 {
				s.save(t, lan, 500+n, false)
			}
		}, [2]string{"529", "50"}},
		"SavedBeside":     {"2026-03-01", func(t *testing.T, s *service) { s.save(t, lan, 500, false); s.save(t, binh, 500, false) }, [2]string{"500", "-"}},
		"VouchedFor":      {"2026-03-01", func(t *testing.T, s *service) { s.save(t, lan, 500, false); s.save(t, binh, 500, true) }, [2]string{"500", "500"}},
		"Corrected":       {"2026-03-01", func(t *testing.T, s *service) { s.save(t, lan, 500, false); s.save(t, binh, 60, false) }, [2]string{"60", "60"}},
		"WithdrawnByBoth": {"2026-03-01", func(t *testing.T, s *service) { s.save(t, lan, 500, false); s.save(t, binh, -1, false) }, [2]string{"-", "-"}},
		"ByAProgram": {"2026-03-01", func(t *testing.T, s *service) {
			s.save(t, lan, 500, false)
			for range 2 { // the second says nothing new
				if n, err := s.State(t.Context(), token, []transactions.Count{{Point: s.points[0], Day: servedDay, Number: 500}}); err != nil || n != 0 {
					t.Errorf("%d days have another number, %v", n, err)
				}
			}
			if n := s.entries(t); n != 2 {
				t.Errorf("%d entries in the log, want 2", n)
			}
		}, [2]string{"500", "500"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			s.clerk(test.since)
			test.do(t, s)
			stated, vouched := s.numbers(t)
			if diff := cmp.Diff(test.want, [2]string{stated, vouched}); diff != "" {
				t.Errorf("stated and vouched for (-want +got):\n%s", diff)
			}
		})
	}
}

// A program speaks for who made its token: neither the clerk who enrolled the kiosk, nor
// one whose other program issues the slips, vouches by a token of hers.
func TestAProgramSpeaksForWhoMadeItsToken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		maker  string // of the token that states
		prover string
		want   string
	}{
		"OfWhoEnrolled":            {"lan", "lan", "-"},
		"OfSomebodyElse":           {"binh", "lan", "500"},
		"IssuesSlipsItself":        {"binh", "token:onestop", "-"},
		"AnotherOfHersIssuesSlips": {"lan", "token:slips", "-"},
		"AnotherIssuesSlips":       {"binh", "token:slips", "500"},
		"MadeOnTheServer":          {"", "lan", "500"},
		"MadeThereAndIssuesSlips":  {"", "token:onestop", "-"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			s.Provers = append(s.Provers, func(context.Context, survey.Date) (transactions.Provers, error) {
				return transactions.Provers{s.points[0]: {test.prover: "2026-03-01"}}, nil
			})
			s.TokenMakers = func(context.Context) (map[string]string, error) {
				makers := map[string]string{"token:slips": "lan"}
				if test.maker != "" {
					makers["token:onestop"] = test.maker
				}
				return makers, nil
			}
			_, err := s.State(t.Context(), survey.Actor{Token: "onestop"}, []transactions.Count{{Point: s.points[0], Day: servedDay, Number: 500}})
			if err != nil {
				t.Fatal(err)
			}
			if stated, vouched := s.numbers(t); stated != "500" || vouched != test.want {
				t.Errorf("%s is stated and %s vouched for, want %s", stated, vouched, test.want)
			}
			// Nor does she by hand, where a program of hers makes the proofs.
			m, err := s.Month(t.Context(), s.points[0], "2026-03")
			if err != nil {
				t.Fatal(err)
			}
			days, makes, err := s.Unvouched(t.Context(), &m, lan)
			if wantDays, wantMakes := test.want == "-", test.prover == "lan" || test.prover == "token:slips"; len(days) == 1 != wantDays || makes != wantMakes || err != nil {
				t.Errorf("unvouched %v, lan makes proofs: %t, %v", days, makes, err)
			}
		})
	}
}

// What was stated before stays with its author: people who decide see who changed it.
func TestStatements(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.save(t, lan, 50, false)
	s.save(t, binh, 500, false)
	got, err := s.Statements(t.Context(), s.points[0], servedDay)
	if diff := cmp.Diff([]transactions.Statement{by("lan", 50), by("binh", 500)}, got); diff != "" || err != nil {
		t.Errorf("statements (-want +got):\n%s%v", diff, err)
	}
	if none, err := s.Statements(t.Context(), s.points[0], "2026-03-01"); err != nil || none != nil {
		t.Errorf("of another day: %v, %v", none, err)
	}
}
