package privacy

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/privacy"
	"hailong/web/page"
	"hailong/web/staff"
)

// rulesPage is what the office decides about personal data.
type rulesPage struct {
	staff.BasePage
	Form      page.Form
	Conflict  *staff.Conflict
	Usual     survey.KeepMonths
	Backups   int
	Campaigns []survey.Campaign
	MayDecide bool
}

// lines are the fields of one line, with the places of the rules that they fill.
func lines(r *survey.PrivacyRules) map[string]*string {
	return map[string]*string{"address": &r.Address, "phone": &r.Phone, "email": &r.Email, "security": &r.Security}
}

// texts are the fields in two languages.
func texts(r *survey.PrivacyRules) map[string]*survey.Text {
	return map[string]*survey.Text{"controller": &r.Controller, "purpose": &r.Purpose}
}

var langs = []survey.Lang{survey.Vietnamese, survey.English}

func (h *Handlers) rulesEdit(c *fiber.Ctx, who *staff.SignedIn) error {
	rules, err := survey.LoadPrivacyRules(c.UserContext(), h.Store)
	if err != nil {
		return err
	}
	return h.rulesShow(c, who, fiber.StatusOK, filledIn(&rules), nil)
}

// filledIn is the form of rules as they are stored.
func filledIn(r *survey.PrivacyRules) page.Form {
	typed := page.FormWith("rev", strconv.FormatInt(r.Rev, 10))
	for name, s := range lines(r) {
		typed.Typed.Set(name, *s)
	}
	for name, t := range texts(r) {
		for _, lang := range langs {
			typed.Typed.Set(name+"_"+string(lang), (*t)[lang])
		}
	}
	number := func(name string, n int) {
		if n > 0 {
			typed.Typed.Set(name, strconv.Itoa(n))
		}
	}
	number("sensitive", r.Keep.Sensitive)
	number("texts", r.Keep.Texts)
	number("backup_days", r.BackupDays)
	for id, keep := range r.Campaigns {
		number("sensitive."+string(id), keep.Sensitive)
		number("texts."+string(id), keep.Texts)
	}
	return typed
}

// typedRules are rules as somebody typed them.
func (h *Handlers) typedRules(typed page.Form) survey.PrivacyRules {
	var r survey.PrivacyRules
	for name, s := range lines(&r) {
		*s = typed.Value(name)
	}
	for name, t := range texts(&r) {
		*t = survey.Text{}
		for _, lang := range langs {
			(*t)[lang] = typed.Value(name + "_" + string(lang))
		}
	}
	number := func(name string) int {
		if typed.Value(name) == "" {
			return 0 // as is usual
		}
		return survey.WholeNumber(typed.Value(name))
	}
	r.Keep = survey.KeepMonths{Sensitive: number("sensitive"), Texts: number("texts")}
	r.BackupDays = number("backup_days")
	for i := range h.Catalog().Campaigns {
		id := h.Catalog().Campaigns[i].ID
		if keep := (survey.KeepMonths{Sensitive: number("sensitive." + string(id)), Texts: number("texts." + string(id))}); keep != (survey.KeepMonths{}) {
			if r.Campaigns == nil {
				r.Campaigns = map[survey.CampaignID]survey.KeepMonths{}
			}
			r.Campaigns[id] = keep
		}
	}
	return r
}

func (h *Handlers) rulesSave(c *fiber.Ctx, who *staff.SignedIn) error {
	if !mayDecide(who) {
		return &survey.Error{Kind: survey.Forbidden, Op: "set rules of privacy", Key: "privacy.rules.whole_only"}
	}
	typed := page.FormOf(c)
	rev, err := strconv.ParseInt(typed.Value("rev"), 10, 64)
	if err != nil {
		rev = -1 // fits no revision
	}
	err = privacy.SetRules(c.UserContext(), h.changes, who.Actor(), rev, h.typedRules(typed))
	if wrong, ok := typed.Wrong(err); ok {
		return h.rulesShow(c, who, fiber.StatusUnprocessableEntity, wrong, nil)
	}
	switch {
	case survey.Is(err, survey.Conflict), survey.Is(err, survey.NotFound):
		return h.rulesConflict(c, who, typed)
	case err != nil:
		return err
	}
	if h.ReloadCatalog != nil {
		if err := h.ReloadCatalog(c.UserContext()); err != nil {
			return err
		}
	}
	return h.Done(c, "/staff/privacy", "privacy_saved")
}

// rulesConflict shows what somebody else decided meanwhile beside what was typed.
func (h *Handlers) rulesConflict(c *fiber.Ctx, who *staff.SignedIn, typed page.Form) error {
	stored, err := survey.LoadPrivacyRules(c.UserContext(), h.Store)
	if err != nil {
		return err
	}
	theirs := filledIn(&stored)
	conflict := &staff.Conflict{Rev: stored.Rev, Reload: "/staff/privacy"}
	for _, name := range []string{"controller_vi", "controller_en", "address", "phone", "email", "purpose_vi", "purpose_en", "sensitive", "texts", "backup_days", "security"} {
		conflict.Add("privacy.rules."+name, typed.Value(name), theirs.Value(name))
	}
	typed.Typed.Set("rev", strconv.FormatInt(stored.Rev, 10))
	return h.rulesShow(c, who, fiber.StatusConflict, typed, conflict)
}

func (h *Handlers) rulesShow(c *fiber.Ctx, who *staff.SignedIn, status int, typed page.Form, conflict *staff.Conflict) error {
	var usual survey.PrivacyRules
	return h.Render(c, status, "staff/privacy_rules", rulesPage{
		BasePage: h.NewPage(c, who, "privacy.rules.title"), Form: typed, Conflict: conflict,
		Usual: usual.KeepOf(""), Backups: usual.DaysOfBackups(), Campaigns: h.Catalog().Campaigns, MayDecide: mayDecide(who),
	})
}
