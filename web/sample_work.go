package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/sampling"
)

// sampleWorkPage gives places to surveyors.
type sampleWorkPage struct {
	StaffPage
	Form     form
	Campaign *survey.Campaign
	Units    []workUnit
	Conflict *conflict

	Surveyors []option
}

// workUnit is a unit with its villages.
type workUnit struct {
	Name   string
	Field  string // sets every place of the unit that has no own choice
	Places []workPlace
}

// workPlace is a place with how many rows in force it has.
type workPlace struct {
	Field string
	Name  string
	sampling.Fieldcount
}

// Pick is the choice of a surveyor for a place, or for all of a unit.
func (p sampleWorkPage) Pick(name string) field {
	options := slices.Clone(p.Surveyors)
	if strings.HasPrefix(name, wholePrefix) {
		options[0] = blank("sample.each_place")
	}
	return p.Form.Select(name, "", options)
}

const (
	placePrefix = "place|"
	wholePrefix = "all|"
)

func placeField(p sampling.Place) string { return placePrefix + string(p.Unit) + "|" + p.Village }

func (s *Server) sampleWork(c *fiber.Ctx, who *signedIn) error {
	campaign, err := s.campaignOf(c)
	if err != nil {
		return err
	}
	sample, err := s.samples.Sample(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	return s.sampleWorkShow(c, who, fiber.StatusOK, sampleWorkPage{Campaign: &campaign, Form: workForm(&sample)})
}

func workForm(sample *sampling.Sample) form {
	typed := formWith().revised(sample.Rev)
	for _, w := range sample.Work {
		typed.values.Set(placeField(w.Place), string(w.Surveyor))
	}
	return typed
}

func (s *Server) sampleWorkShow(c *fiber.Ctx, who *signedIn, status int, page sampleWorkPage) error {
	page.StaffPage = s.samplePage(c, who, page.Campaign, "sample.work")
	people, err := s.accounts.People(c.UserContext())
	if err != nil {
		return err
	}
	page.Surveyors = []option{blank("sample.nobody")}
	for _, u := range people {
		if u.Grant.Role == survey.Surveyor && !u.Disabled {
			page.Surveyors = append(page.Surveyors, option{Value: string(u.Login), Label: u.Name + " (" + string(u.Login) + ")"})
		}
	}
	rows, err := s.rowsOf(c, who, page.Campaign)
	if err != nil {
		return err
	}
	at := map[sampling.Place]*workPlace{}
	order := map[survey.UnitID][]sampling.Place{}
	for i := range rows {
		d := &rows[i]
		if at[d.Place] == nil {
			at[d.Place] = &workPlace{Field: placeField(d.Place), Name: d.Village}
			order[d.Unit] = append(order[d.Unit], d.Place)
		}
		at[d.Place].Add(d)
	}
	known := s.Catalog()
	walkUnits(known, s.today(), func(u *survey.Unit, _ int) {
		if len(order[u.ID]) == 0 {
			return
		}
		unit := workUnit{Name: u.Name.In(page.Lang), Field: wholePrefix + string(u.ID)}
		slices.SortFunc(order[u.ID], func(a, b sampling.Place) int { return strings.Compare(survey.Fold(a.Village), survey.Fold(b.Village)) })
		for _, p := range order[u.ID] {
			unit.Places = append(unit.Places, *at[p])
		}
		page.Units = append(page.Units, unit)
	})
	return s.render(c, status, "staff/sample_work", page)
}

// workTyped reads who visits what. A choice for a whole unit goes to every place
// of it; what lies outside the person's scope stays as it is.
func (s *Server) workTyped(who *signedIn, campaign *survey.Campaign, sample *sampling.Sample, typed form) []sampling.Assignment {
	known := s.Catalog()
	work := slices.DeleteFunc(slices.Clone(sample.Work), func(w sampling.Assignment) bool { return who.Covers(known, w.Unit, campaign.Family) })
	for name := range typed.values {
		rest, ok := strings.CutPrefix(name, placePrefix)
		unit, village, _ := strings.Cut(rest, "|")
		if !ok || known.Unit(survey.UnitID(unit)) == nil || !who.Covers(known, survey.UnitID(unit), campaign.Family) {
			continue
		}
		login := typed.Value(name)
		if whole := typed.Value(wholePrefix + unit); whole != "" {
			login = whole
		}
		if login != "" {
			work = append(work, sampling.Assignment{Place: sampling.Place{Unit: survey.UnitID(unit), Village: village}, Surveyor: survey.Login(login)})
		}
	}
	slices.SortFunc(work, func(a, b sampling.Assignment) int {
		return strings.Compare(placeField(a.Place), placeField(b.Place))
	})
	return work
}

func (s *Server) sampleWorkSave(c *fiber.Ctx, who *signedIn) error {
	campaign, err := s.campaignOf(c)
	if err != nil {
		return err
	}
	typed := formOf(c)
	sample, err := s.samples.Sample(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	work := s.workTyped(who, &campaign, &sample, typed)
	_, err = s.samples.AssignWork(c.UserContext(), who.Actor(), campaign.ID, typed.rev(), work)
	if err == nil {
		return s.done(c, samplePath(campaign.ID), "sample_assigned")
	}
	page := sampleWorkPage{Campaign: &campaign, Form: typed}
	if wrong, ok := typed.wrong(err); ok {
		page.Form = wrong
		return s.sampleWorkShow(c, who, fiber.StatusUnprocessableEntity, page)
	}
	if survey.KindOf(err) != survey.Conflict {
		return err
	}
	if sample, err = s.samples.Sample(c.UserContext(), campaign.ID); err != nil {
		return err
	}
	page.Form = typed.revised(sample.Rev)
	page.Conflict = &conflict{Rev: sample.Rev, Reload: samplePath(campaign.ID) + "/work"}
	mine := sampling.Sample{Work: work}
	for _, w := range append(slices.Clone(sample.Work), work...) {
		name := s.whereOf(&sampling.Drawn{Place: w.Place}, viewOf(c).Lang)
		if !slices.ContainsFunc(page.Conflict.Fields, func(f conflictField) bool { return f.Label == name }) {
			page.Conflict.add(name, string(mine.SurveyorOf(w.Place)), string(sample.SurveyorOf(w.Place)))
		}
	}
	return s.sampleWorkShow(c, who, fiber.StatusConflict, page)
}

// keepForm is the form of how long contacts are kept.
func keepForm(sample *sampling.Sample) form {
	return formWith("keep_days", strconv.Itoa(sample.KeepDays)).revised(sample.Rev)
}

func (s *Server) sampleKeep(c *fiber.Ctx, who *signedIn) error {
	campaign, err := s.campaignOf(c)
	if err != nil {
		return err
	}
	typed := formOf(c)
	_, err = s.samples.KeepContacts(c.UserContext(), who.Actor(), campaign.ID, typed.rev(), wholeTyped(typed.Value("keep_days")))
	if err == nil {
		return s.done(c, samplePath(campaign.ID), "sample_keep")
	}
	if wrong, ok := typed.wrong(err); ok {
		return s.sampleShowWith(c, who, fiber.StatusUnprocessableEntity, &wrong)
	}
	if survey.KindOf(err) != survey.Conflict {
		return err
	}
	sample, err := s.samples.Sample(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	typed = typed.revised(sample.Rev)
	typed.errors = map[string]survey.Message{"keep_days": {Key: "sample.keep_conflict", Args: []any{sample.KeepDays}}}
	return s.sampleShowWith(c, who, fiber.StatusConflict, &typed)
}

func (s *Server) sampleEraseAsk(c *fiber.Ctx, who *signedIn) error {
	campaign, err := s.campaignOf(c)
	if err != nil {
		return err
	}
	return s.confirm(c, confirmation{
		StaffPage: s.samplePage(c, who, &campaign, "sample.erase"),
		Text:      survey.Message{Key: "sample.erase.text", Args: []any{campaign.Title}},
		Facts:     []survey.Message{{Key: "sample.erase.fact"}, {Key: "sample.erase.backups"}},
		Action:    samplePath(campaign.ID) + "/erase", Button: "sample.erase", Danger: true, Cancel: samplePath(campaign.ID),
	})
}

func (s *Server) sampleErase(c *fiber.Ctx, who *signedIn) error {
	campaign, err := s.campaignOf(c)
	if err != nil {
		return err
	}
	if err := s.samples.EraseContacts(c.UserContext(), who.Actor(), campaign.ID); err != nil {
		return err
	}
	return s.done(c, samplePath(campaign.ID), "sample_erased")
}
