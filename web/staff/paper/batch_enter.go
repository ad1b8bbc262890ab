package paper

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/intake"
	"hailong/survey/paper"
	"hailong/web/formview"
	"hailong/web/page"
	"hailong/web/staff"
)

// batchEnterPage is where a surveyor enters the forms of a batch, one after
// the other.
type batchEnterPage struct {
	staff.BasePage
	Batch    paper.Batch
	Place    survey.Text
	Asks     *survey.Questionnaire // nil: nothing can be entered, and Notice says why
	Notice   *survey.Message
	Form     page.Form // serial and day
	Attempt  int
	Sections []entrySection
	Rules    formview.ShowRules
	Entered  paper.EnteredForms
	Fresh    bool            // nothing has been typed into it yet
	Note     *survey.Message // why it is shown again
	Problems []formview.FormProblem
	Differs  []difference // what the form in force says otherwise
	Settled  int          // serial number that the browser need not keep any more; 0: none
	Saved    *survey.Message
}

// entrySection is a section of the form, with a key before each answer.
type entrySection struct {
	Title, Lead survey.Text
	Items       []entryItem
}

type entryItem struct {
	formview.FormItem
	Answers []entryAnswer
}

type entryAnswer struct {
	formview.FormChoice
	Key string
}

// Line reports whether the answer is typed.
func (it entryItem) Line() bool { return len(it.Choices) == 0 && len(it.More) == 0 }

// difference is an answer that differs from the earlier entry of the same form.
type difference struct {
	Label         survey.Text
	Stored, Typed string
}

// answerKeys are the keys that choose, in the order of the answers.
const answerKeys = "123456789abcdefghijklmnopqrstuvwxyz"

// entryItems gives the answers of sections their keys.
func entryItems(sections []formview.FormSection) []entrySection {
	var shown []entrySection
	for _, section := range sections {
		entry := entrySection{Title: section.Title, Lead: section.Lead}
		for _, it := range section.Items {
			item := entryItem{FormItem: it}
			for i, choice := range slices.Concat(it.Choices, it.More) {
				key := ""
				if i < len(answerKeys) {
					key = answerKeys[i : i+1]
				}
				item.Answers = append(item.Answers, entryAnswer{choice, key})
			}
			if it.NotKnown != nil {
				item.Answers = append(item.Answers, entryAnswer{*it.NotKnown, "0"})
			}
			entry.Items = append(entry.Items, item)
		}
		shown = append(shown, entry)
	}
	return shown
}

// Path is the page's own address.
func (p batchEnterPage) Path() string { return p.Link(staff.BatchPath(p.Batch.ID)) }

// Queue is where the browser keeps what waits to be sent.
func (p batchEnterPage) Queue() string { return queueOf(p.Me.User.Login) }

// Percent is how much of the batch is entered.
func (p batchEnterPage) Percent() int { return min(100, 100*p.Entered.InForce()/max(1, p.Batch.Forms)) }

// Have lists the serial numbers in force, for the page's script.
func (p batchEnterPage) Have() string {
	var have []string
	for _, k := range p.Entered {
		if k.Void == nil {
			have = append(have, strconv.Itoa(k.Serial))
		}
	}
	return strings.Join(have, ",")
}

// Missing lists the serial numbers left out so far.
func (p batchEnterPage) Missing() string {
	var gaps []int
	for _, serial := range p.Entered.Missing(p.Batch.Forms) {
		if serial < p.Entered.Highest() {
			gaps = append(gaps, serial)
		}
	}
	return ranges(gaps)
}

// latestEntered is how many of the forms entered last are listed.
const latestEntered = 10

// Latest are the forms entered last.
func (p batchEnterPage) Latest() []paper.EnteredForm { return p.Entered.Latest(latestEntered) }

// entryID names a form in the browser's queue. Numbers are padded, so that
// forms are sent in their order.
func (p batchEnterPage) entryID(serial int) string { return fmt.Sprintf("%s:%05d", p.Batch.ID, serial) }

// ID names the form to be entered.
func (p batchEnterPage) ID() string {
	serial, _ := strconv.Atoi(p.Form.Value("serial"))
	return p.entryID(serial)
}

// SettledID names the form that need not be kept any more.
func (p batchEnterPage) SettledID() string {
	if p.Settled == 0 {
		return ""
	}
	return p.entryID(p.Settled)
}

// LastSerial is the highest number a form can have.
func (p batchEnterPage) LastSerial() int { return p.Batch.Forms }

func (h *Handlers) batchEnter(c *fiber.Ctx, who *staff.SignedIn) error {
	batch, err := h.batchOf(c)
	if err != nil {
		return err
	}
	keyed, err := h.batches.Entries(c.UserContext(), &batch)
	if err != nil {
		return err
	}
	view := batchEnterPage{Batch: batch, Entered: keyed, Fresh: true, Attempt: 1}
	serial, day := keyed.Next(batch.Forms), h.Today()
	if latest := keyed.Latest(1); len(latest) > 0 {
		day = latest[0].Response.Day
	}
	if asked, err := strconv.Atoi(page.Parameter(c, "serial")); err == nil && asked > 0 && asked <= batch.Forms {
		serial = asked
	}
	if form := keyed.Find(serial); form != nil && form.Void != nil {
		view.Attempt = form.Attempt + 1 // that it was voided can be seen on the page
	}
	view.Form = page.FormWith("serial", strconv.Itoa(max(serial, 1)), "day", string(day))
	for name, key := range map[string]string{"saved": "batch.saved", "same": "batch.same"} {
		if n, err := strconv.Atoi(page.Parameter(c, name)); err == nil && n > 0 {
			view.Settled, view.Saved = n, &survey.Message{Key: key, Args: []any{strconv.Itoa(n)}}
		}
	}
	return h.batchEnterShow(c, who, fiber.StatusOK, view, survey.Given{}, nil)
}

// batchEnterShow shows the page with what was given and what is wrong with it.
func (h *Handlers) batchEnterShow(c *fiber.Ctx, who *staff.SignedIn, status int, page batchEnterPage, given survey.Given, fields map[string]survey.Message) error {
	page.BasePage = h.NewPage(c, who, page.Batch.Title, "/staff/batches", "batch.list")
	for _, done := range []string{"saved", "same", "serial"} {
		page.Query.Del(done)
	}
	page.Form.FieldErrors = fields
	catalog := h.Catalog()
	campaign, point := catalog.Campaign(page.Batch.Campaign), catalog.Point(page.Batch.Point)
	if point != nil {
		if unit := catalog.UnitOn(point.Unit, h.Today()); unit != nil {
			page.Place = unit.Name
		}
	}
	switch asks := h.batchForm(campaign, point); {
	case page.Batch.Closed:
		page.Notice = &survey.Message{Key: "batch.closed_now", Args: []any{survey.Message{Key: "role." + string(survey.HomeAffairs)}}}
	case asks == nil || point.Off:
		page.Notice = &survey.Message{Key: "batch.no_form"}
	case !campaign.TakesEntries():
		page.Notice = &survey.Message{Key: "batch.not_keying"}
	default:
		builder := formview.FormBuilder{Catalog: catalog, Form: asks, Given: given, Problems: fields, Fixed: point.Sector}
		page.Asks, page.Sections, page.Problems = asks, entryItems(builder.Sections()), formview.ProblemsOf(asks, fields)
		page.Rules = formview.NewShowRules(asks, func(item string) bool { return builder.Numbers[item] != "" })
		c.Set(fiber.HeaderContentSecurityPolicy, page.Rules.Policy)
	}
	return h.Render(c, status, "staff/batch", page)
}

// batchForm is the form that a batch's forms are of, or nil.
func (h *Handlers) batchForm(campaign *survey.Campaign, point *survey.Point) *survey.Questionnaire {
	if campaign == nil || point == nil {
		return nil
	}
	ref, _ := campaign.Form(point.Form)
	return h.Catalog().Questionnaire(ref)
}

// entryOf reads a form that was entered.
func entryOf(typed page.Form, sent intake.Submission) paper.Entry {
	entry := paper.Entry{Day: staff.DayOf(typed.Value("day")), Lang: sent.Lang, Form: sent.Form, Given: sent.Given}
	entry.Serial, _ = strconv.Atoi(typed.Value("serial")) // 0 is refused
	// 0 is the first entry. The field keeps its old name "take", because forms
	// that still wait on a device to be sent have it.
	entry.Attempt, _ = strconv.Atoi(typed.Value("take"))
	return entry
}

// entryOutcome is what became of a form that was entered.
type entryOutcome struct {
	State   string // saved, same, or why not: differs, voided, invalid, closed
	Message survey.Message
	Status  int
}

// outcomeOf says what became of an entry. An error that does not speak of what
// was entered is returned as it is.
func outcomeOf(c *fiber.Ctx, serial int, entered *paper.Entered, err error) (entryOutcome, error) {
	number := []any{strconv.Itoa(serial)}
	f := page.FailureOf(err, page.RequestID(c))
	var voided *paper.VoidedEntry
	switch {
	case err == nil && entered.Differs:
		return entryOutcome{"differs", survey.Message{Key: "batch.differs", Args: number}, fiber.StatusConflict}, nil
	case err == nil && entered.Fresh:
		return entryOutcome{"saved", survey.Message{Key: "batch.saved", Args: number}, fiber.StatusOK}, nil
	case err == nil:
		return entryOutcome{"same", survey.Message{Key: "batch.same", Args: number}, fiber.StatusOK}, nil
	case errors.As(err, &voided):
		return entryOutcome{"voided", f.Message, f.Status}, nil
	case f.Kind == survey.Invalid:
		return entryOutcome{"invalid", f.Message, f.Status}, nil
	case f.Kind == survey.Closed:
		return entryOutcome{"closed", f.Message, f.Status}, nil
	}
	return entryOutcome{}, err
}

// batchSubmit takes a form in. The page's script, which goes on with the next
// form meanwhile, asks for JSON; everybody else gets the next empty form, or
// this one again with everything typed.
func (h *Handlers) batchSubmit(c *fiber.Ctx, who *staff.SignedIn) error {
	batch, err := h.batchOf(c)
	if err != nil {
		return err
	}
	typed, sent := page.FormOf(c), formview.SubmissionOf(c, h.Now())
	entry := entryOf(typed, sent)
	entered, refusal := h.batches.Enter(c.UserContext(), who.User.Login, batch.ID, entry)
	outcome, err := outcomeOf(c, entry.Serial, &entered, refusal)
	if err != nil {
		return err
	}
	if c.Get(fiber.HeaderAccept) == fiber.MIMEApplicationJSON {
		return h.entryAnswer(c, entry.Serial, outcome)
	}
	if outcome.Status == fiber.StatusOK {
		next := staff.BatchPath(batch.ID) + "?" + page.AsQuery(outcome.State, strconv.Itoa(entry.Serial))
		return c.Redirect(h.Page(c).Link(next), fiber.StatusSeeOther)
	}
	keyed, err := h.batches.Entries(c.UserContext(), &batch)
	if err != nil {
		return err
	}
	view := batchEnterPage{Batch: batch, Entered: keyed, Form: typed, Attempt: max(1, entry.Attempt), Note: &outcome.Message, Settled: entry.Serial}
	var voided *paper.VoidedEntry
	if errors.As(refusal, &voided) {
		view.Attempt = voided.Attempt
	}
	if entered.Differs {
		view.Differs = h.differences(&batch, &entered.Stored, sent.Given, page.ViewOf(c).Lang)
	}
	return h.batchEnterShow(c, who, outcome.Status, view, sent.Given, survey.FieldsOf(refusal))
}

// entryAnswer tells the page's script what became of a form it sent.
func (h *Handlers) entryAnswer(c *fiber.Ctx, serial int, outcome entryOutcome) error {
	return c.Status(outcome.Status).JSON(struct {
		Serial int    `json:"serial"`
		State  string `json:"state"`
		Text   string `json:"text"`
	}{serial, outcome.State, h.Views.Locales[page.ViewOf(c).Lang].T(outcome.Message.Key, outcome.Message.Args...)})
}

// differences lists the answers that were entered otherwise before, in the
// order of the form.
func (h *Handlers) differences(batch *paper.Batch, stored *survey.Response, given survey.Given, lang survey.Lang) []difference {
	catalog := h.Catalog()
	form := catalog.Questionnaire(stored.Form)
	if form == nil {
		return nil
	}
	var fixed survey.SectorID
	if point := catalog.Point(batch.Point); point != nil {
		fixed = point.Sector
	}
	items := func(given survey.Given) []entrySection {
		builder := formview.FormBuilder{Catalog: catalog, Form: form, Given: given, Fixed: fixed}
		return entryItems(builder.Sections())
	}
	was, is := items(form.Given(survey.CheckedAnswers{Sector: stored.Sector, Answers: stored.Answers, Texts: stored.Texts})), items(given)
	var differ []difference
	for i := range was {
		for j := range was[i].Items {
			a, b := was[i].Items[j].said(lang), is[i].Items[j].said(lang)
			if a != b {
				differ = append(differ, difference{was[i].Items[j].Label, a, b})
			}
		}
	}
	return differ
}

// said is what was answered, in words.
func (it entryItem) said(lang survey.Lang) string {
	var said []string
	for _, a := range it.Answers {
		if a.Chosen {
			said = append(said, a.Label.In(lang))
		}
	}
	if typed := strings.TrimSpace(it.Typed); typed != "" {
		said = append(said, typed)
	}
	return strings.Join(said, "; ")
}
