package sampling

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/sampling"
	"hailong/web/page"
	"hailong/web/staff"
)

// sampleWorkPage gives places to surveyors.
type sampleWorkPage struct {
	staff.BasePage
	Form     page.Form
	Campaign *survey.Campaign
	Units    []workUnit
	Conflict *staff.Conflict

	Surveyors []page.Choice
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
	sampling.OutcomeCounts
}

// Pick is the choice of a surveyor for a place, or for all of a unit.
func (p sampleWorkPage) Pick(name string) page.Field {
	options := slices.Clone(p.Surveyors)
	if strings.HasPrefix(name, wholePrefix) {
		options[0] = staff.Blank("sample.each_place")
	}
	return p.Form.Select(name, "", options)
}

const (
	placePrefix = "place|"
	wholePrefix = "all|"
)

func placeField(p sampling.Place) string { return placePrefix + string(p.Unit) + "|" + p.Village }

func (h *Handlers) sampleWork(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	sample, err := h.samples.Sample(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	return h.sampleWorkShow(c, who, fiber.StatusOK, sampleWorkPage{Campaign: &campaign, Form: workForm(&sample)})
}

func workForm(sample *sampling.Sample) page.Form {
	typed := page.FormWith().Revised(sample.Rev)
	for _, w := range sample.Work {
		typed.Typed.Set(placeField(w.Place), string(w.Surveyor))
	}
	return typed
}

func (h *Handlers) sampleWorkShow(c *fiber.Ctx, who *staff.SignedIn, status int, view sampleWorkPage) error {
	view.BasePage = h.samplePage(c, who, view.Campaign, "sample.work")
	surveyors, err := h.SurveyorChoices(c.UserContext())
	if err != nil {
		return err
	}
	view.Surveyors = append([]page.Choice{staff.Blank("sample.nobody")}, surveyors...)
	rows, err := h.rowsOf(c, who, view.Campaign)
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
	known := h.Catalog()
	staff.WalkUnits(known, h.Today(), func(u *survey.Unit, _ int) {
		if len(order[u.ID]) == 0 {
			return
		}
		unit := workUnit{Name: u.Name.In(view.Lang), Field: wholePrefix + string(u.ID)}
		slices.SortFunc(order[u.ID], func(a, b sampling.Place) int { return strings.Compare(survey.Fold(a.Village), survey.Fold(b.Village)) })
		for _, p := range order[u.ID] {
			unit.Places = append(unit.Places, *at[p])
		}
		view.Units = append(view.Units, unit)
	})
	return h.Render(c, status, "staff/sample_work", view)
}

// workTyped reads who visits what. A choice for a whole unit goes to every place
// of it; what lies outside the person's scope stays as it is.
func (h *Handlers) workTyped(who *staff.SignedIn, campaign *survey.Campaign, sample *sampling.Sample, typed page.Form) []sampling.Assignment {
	known := h.Catalog()
	work := slices.DeleteFunc(slices.Clone(sample.Work), func(w sampling.Assignment) bool { return who.Covers(known, survey.OfUnit(w.Unit).In(campaign.Family)) })
	for name := range typed.Typed {
		rest, ok := strings.CutPrefix(name, placePrefix)
		unit, village, _ := strings.Cut(rest, "|")
		if !ok || known.Unit(survey.UnitID(unit)) == nil || !who.Covers(known, survey.OfUnit(survey.UnitID(unit)).In(campaign.Family)) {
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

func (h *Handlers) sampleWorkSave(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	typed := page.FormOf(c)
	sample, err := h.samples.Sample(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	work := h.workTyped(who, &campaign, &sample, typed)
	_, err = h.samples.AssignWork(c.UserContext(), who.Actor(), campaign.ID, typed.Rev(), work)
	if err == nil {
		return h.Done(c, samplePath(campaign.ID), "sample_assigned")
	}
	view := sampleWorkPage{Campaign: &campaign, Form: typed}
	if wrong, ok := typed.Wrong(err); ok {
		view.Form = wrong
		return h.sampleWorkShow(c, who, fiber.StatusUnprocessableEntity, view)
	}
	if !survey.Is(err, survey.Conflict) {
		return err
	}
	if sample, err = h.samples.Sample(c.UserContext(), campaign.ID); err != nil {
		return err
	}
	view.Form = typed.Revised(sample.Rev)
	view.Conflict = &staff.Conflict{Rev: sample.Rev, Reload: samplePath(campaign.ID) + "/work"}
	mine := sampling.Sample{Work: work}
	for _, w := range append(slices.Clone(sample.Work), work...) {
		name := h.whereOf(&sampling.Drawn{Place: w.Place}, page.ViewOf(c).Lang)
		if !slices.ContainsFunc(view.Conflict.Fields, func(f staff.ConflictField) bool { return f.Label == name }) {
			view.Conflict.Add(name, string(mine.SurveyorOf(w.Place)), string(sample.SurveyorOf(w.Place)))
		}
	}
	return h.sampleWorkShow(c, who, fiber.StatusConflict, view)
}

// keepForm is the form of how long contacts are kept.
func keepForm(sample *sampling.Sample) page.Form {
	return page.FormWith("keep_days", strconv.Itoa(sample.KeepDays)).Revised(sample.Rev)
}

func (h *Handlers) sampleKeep(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	typed := page.FormOf(c)
	_, err = h.samples.KeepContacts(c.UserContext(), who.Actor(), campaign.ID, typed.Rev(), survey.WholeNumber(typed.Value("keep_days")))
	if err == nil {
		return h.Done(c, samplePath(campaign.ID), "sample_keep")
	}
	if wrong, ok := typed.Wrong(err); ok {
		return h.sampleShowWith(c, who, fiber.StatusUnprocessableEntity, &wrong)
	}
	if !survey.Is(err, survey.Conflict) {
		return err
	}
	sample, err := h.samples.Sample(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	typed = typed.Revised(sample.Rev)
	typed.FieldErrors = map[string]survey.Message{"keep_days": {Key: "sample.keep_conflict", Args: []any{sample.KeepDays}}}
	return h.sampleShowWith(c, who, fiber.StatusConflict, &typed)
}

func (h *Handlers) sampleEraseAsk(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	return h.Confirm(c, staff.Confirmation{
		BasePage: h.samplePage(c, who, &campaign, "sample.erase"),
		Text:     survey.Message{Key: "sample.erase.text", Args: []any{campaign.Title}},
		Facts:    []survey.Message{{Key: "sample.erase.fact"}, {Key: "sample.erase.backups"}},
		Action:   samplePath(campaign.ID) + "/erase", Button: "sample.erase", Danger: true, Cancel: samplePath(campaign.ID),
	})
}

func (h *Handlers) sampleErase(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	if err := h.samples.EraseContacts(c.UserContext(), who.Actor(), campaign.ID); err != nil {
		return err
	}
	return h.Done(c, samplePath(campaign.ID), "sample_erased")
}
