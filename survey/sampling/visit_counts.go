package sampling

import (
	"hailong/survey"
)

// VisitCounts is how the visits of a sample go: its rows by unit and by
// surveyor, and how many of those that ended brought no answer.
type VisitCounts struct {
	Total      OutcomeCounts
	Units      map[survey.UnitID]*OutcomeCounts
	Surveyors  map[survey.Login]*OutcomeCounts // rows in force; of the empty login those that nobody visits
	Stored     map[int]int                     // rows that are there, by draw
	Unassigned int                             // rows that wait for a visit and that nobody visits
	Ended      int                             // rows in force that ended, wrong addresses left out
	Answers    int                             // of these, those that were answered
}

// CountVisits counts rows of the sample.
func (s *Sample) CountVisits(rows []Drawn) VisitCounts {
	v := VisitCounts{Units: map[survey.UnitID]*OutcomeCounts{}, Surveyors: map[survey.Login]*OutcomeCounts{}, Stored: map[int]int{}}
	for i := range rows {
		d := &rows[i]
		v.Stored[d.Draw]++
		v.Total.Add(d)
		if v.Units[d.Unit] == nil {
			v.Units[d.Unit] = &OutcomeCounts{}
		}
		v.Units[d.Unit].Add(d)
		if d.InForce() {
			v.addVisited(d, s.SurveyorOf(d.Place))
		}
	}
	return v
}

// addVisited counts a row in force, which a surveyor visits, or nobody yet.
func (v *VisitCounts) addVisited(d *Drawn, surveyor survey.Login) {
	if v.Surveyors[surveyor] == nil {
		v.Surveyors[surveyor] = &OutcomeCounts{}
	}
	v.Surveyors[surveyor].Add(d)
	if surveyor == "" && d.Due() {
		v.Unassigned++
	}
	if d.Ended() && d.Outcome() != WrongAddress {
		v.Ended++
		if d.Outcome() == Answered {
			v.Answers++
		}
	}
}

// Nonresponse is the share of the rows that ended which brought no answer; 0
// where none ended. The reserve of a plan is to make up for it.
func (v *VisitCounts) Nonresponse() float64 {
	if v.Ended == 0 {
		return 0
	}
	return 1 - float64(v.Answers)/float64(v.Ended)
}
