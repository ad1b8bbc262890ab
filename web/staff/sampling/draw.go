package sampling

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis"
	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/survey/sampling"
	"hailong/survey/spreadsheet"
	"hailong/web/page"
	"hailong/web/staff"
)

// sampleDrawPage brings a list into a campaign: one to draw from, or one that
// was drawn elsewhere. The preview tells how many will be drawn and of what, not
// who: nobody looks first and then draws again.
type sampleDrawPage struct {
	staff.BasePage
	page.ListPage
	Campaign *survey.Campaign
	Planned  bool // there is a plan to draw by
	Rev      int64
	Drawn    bool // the list says what was drawn
	Strata   []stratumRow
	Main     int
	Reserve  int
	Listed   int
	Ignored  []string // headers of columns that are passed over
}

// stratumRow is a stratum with its name in the page's language.
type stratumRow struct {
	sampling.DrawnStratum
	Label string
}

// Short is how many rows the list lacks of what is wanted.
func (r stratumRow) Short() int { return max(0, r.Wanted-r.Main) }

// Methods are the ways of drawing.
func (sampleDrawPage) Methods() []page.Choice {
	return staff.WordOptions("sample.method.", sampling.DrawMethods...)
}

func samplePath(id survey.CampaignID) string { return staff.CampaignPath(id) + "/sample" }

// samplePage is a page below a campaign's sample.
func (h *Handlers) samplePage(c *fiber.Ctx, who *staff.SignedIn, campaign *survey.Campaign, title string) staff.BasePage {
	return h.NewPage(c, who, title, "/staff/campaigns", "campaign.list",
		staff.CampaignPath(campaign.ID), campaign.Title.In(page.ViewOf(c).Lang), samplePath(campaign.ID), "sample.title")
}

func (h *Handlers) sampleDraw(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	sample, err := h.samples.Sample(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	return h.sampleDrawShow(c, who, fiber.StatusOK, sampleDrawPage{
		Campaign: &campaign, Rev: sample.Rev, ListPage: page.ListPage{Form: page.FormWith("method", string(sampling.DrawRandom))},
	})
}

func (h *Handlers) sampleDrawShow(c *fiber.Ctx, who *staff.SignedIn, status int, page sampleDrawPage) error {
	plan, err := h.campaigns.Plan(c.UserContext(), page.Campaign.ID)
	if err != nil {
		return err
	}
	page.Planned = len(plan.Cells) > 0
	page.BasePage = h.samplePage(c, who, page.Campaign, "sample.bring")
	page.URLPath = samplePath(page.Campaign.ID) + "/draw"
	page.Columns = "sample.column."
	return h.Render(c, status, "staff/sample_draw", page)
}

// sampleList reads the rows of a list.
func (h *Handlers) sampleList(ctx context.Context, who *staff.SignedIn, campaign *survey.Campaign, file page.ListFile) (r *sampling.FrameReader, rows []sampling.FrameRow, ignored []string, problems []survey.RowProblem, err error) {
	table, err := spreadsheet.ReadTable(ctx, file.Readable(), file.Content, spreadsheet.MaxUploadRows)
	switch {
	case ctx.Err() != nil:
		return nil, nil, nil, nil, ctx.Err()
	case err != nil:
		why := spreadsheet.Unreadable(err)
		return nil, nil, nil, nil, &survey.Error{Kind: survey.Invalid, Op: "read list", Key: why.Key, Args: why.Args, Err: err}
	case len(table) < 2:
		return nil, nil, nil, nil, &survey.Error{Kind: survey.Invalid, Op: "read list", Key: "plan.unreadable"}
	}
	known := h.Catalog()
	r, ignored, err = sampling.NewFrameReader(known, campaign, table[0].Cells)
	if err != nil {
		return nil, nil, ignored, nil, err
	}
	for _, line := range table[1:] {
		row, wrong := r.Read(line.Number, line.Cells)
		if len(wrong) == 0 && !who.Covers(known, survey.OfUnit(row.Place.Unit).In(campaign.Family)) {
			wrong = []survey.RowProblem{{Row: line.Number, Column: "unit", Message: survey.Message{Key: "sample.outside"}}}
		}
		rows, problems = append(rows, row), append(problems, wrong...)
	}
	return r, rows, ignored, problems, nil
}

// drawing makes the draw that a form asks for; with draw false only its numbers
// mean something.
func (h *Handlers) drawing(c *fiber.Ctx, who *staff.SignedIn, campaign *survey.Campaign, typed page.Form, file page.ListFile, draw bool) (drawing sampling.Drawing, ignored []string, problems []survey.RowProblem, err error) {
	reader, rows, ignored, problems, err := h.sampleList(c.UserContext(), who, campaign, file)
	if err != nil || len(problems) > 0 {
		return drawing, ignored, problems, err
	}
	if reader.Drawn() {
		drawing = sampling.TakeDrawn(rows)
	} else {
		drawing, problems, err = h.drawFrom(c.UserContext(), campaign, rows, reader.Sized(), typed, draw)
	}
	if err != nil || len(problems) > 0 {
		return sampling.Drawing{}, ignored, problems, err
	}
	sum := sha256.Sum256(file.Content)
	drawing.Draw.File, drawing.Draw.Hash = file.Name, hex.EncodeToString(sum[:])
	return drawing, ignored, nil, nil
}

// drawFrom draws from the rows of a list as a form asks for it and the plan
// says; with draw false without a seed of its own.
func (h *Handlers) drawFrom(ctx context.Context, campaign *survey.Campaign, rows []sampling.FrameRow, sized bool, typed page.Form, draw bool) (sampling.Drawing, []survey.RowProblem, error) {
	request, err := drawRequestOf(typed)
	if err == nil && draw && typed.Value("seed") == "" {
		request.Seed, err = newSeed()
	}
	if err != nil {
		return sampling.Drawing{}, nil, err
	}
	plan, err := h.campaigns.Plan(ctx, campaign.ID)
	if err != nil {
		return sampling.Drawing{}, nil, err
	}
	if err := request.Check(&plan, sized); err != nil {
		return sampling.Drawing{}, nil, err
	}
	drawing, problems, err := sampling.DrawSample(h.Catalog(), &plan, rows, request)
	if errors.Is(err, analysis.ErrBadRequest) {
		err = survey.InvalidField("draw sample", "", "method", "sample.cannot_draw")
	}
	return drawing, problems, err
}

// drawRequestOf reads from a form how to draw.
func drawRequestOf(typed page.Form) (request sampling.DrawRequest, err error) {
	request.Method = sampling.DrawMethod(typed.Value("method"))
	if text := typed.Value("seed"); text != "" {
		if request.Seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			return request, survey.InvalidField("draw sample", "", "seed", "sample.bad_seed")
		}
	}
	if text := typed.Value("each"); text != "" {
		if request.Each = survey.WholeNumber(text); request.Each < 1 || request.Each > sampling.MaxDrawn {
			return request, survey.InvalidField("draw sample", "", "each", "plan.bad_number", 1, sampling.MaxDrawn)
		}
	}
	return request, nil
}

// newSeed makes a seed of twelve digits: short enough to be copied by hand.
func newSeed() (uint64, error) {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint64(b[:]) % 1_000_000_000_000, nil
}

// samplePreview reads a list and shows what would be drawn of it.
func (h *Handlers) samplePreview(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	return h.samplePreviewShow(c, who, fiber.StatusOK, &campaign, page.FormOf(c))
}

func (h *Handlers) samplePreviewShow(c *fiber.Ctx, who *staff.SignedIn, status int, campaign *survey.Campaign, typed page.Form) error {
	sample, err := h.samples.Sample(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	view := sampleDrawPage{Campaign: campaign, Rev: sample.Rev, ListPage: page.ListPage{Form: typed}}
	file, err := page.ListOf(c, typed)
	var drawing sampling.Drawing
	if err == nil {
		drawing, view.Ignored, view.Problems, err = h.drawing(c, who, campaign, typed, file, false)
	}
	for _, stratum := range drawing.Draw.Strata {
		if err == nil && sample.StratumDrawn(stratum.Name) {
			err = &survey.Error{Kind: survey.Invalid, Op: "draw sample", Key: "sample.stratum_drawn", Args: []any{h.stratumLabel(stratum, page.ViewOf(c).Lang)}}
		}
	}
	if err != nil {
		wrong, ok := typed.FileWrong(err)
		if !ok {
			return err
		}
		view.Form = wrong
		return h.sampleDrawShow(c, who, fiber.StatusUnprocessableEntity, view)
	}
	if len(view.Problems) > 0 {
		return h.sampleDrawShow(c, who, fiber.StatusUnprocessableEntity, view)
	}
	view.Kept, view.Listed, view.Drawn = &file, drawing.Draw.Listed, drawing.Draw.Method == sampling.DrawElsewhere
	for _, stratum := range drawing.Draw.Strata {
		view.Strata = append(view.Strata, stratumRow{stratum, h.stratumLabel(stratum, page.ViewOf(c).Lang)})
		view.Main, view.Reserve = view.Main+stratum.Main, view.Reserve+stratum.Reserve
	}
	return h.sampleDrawShow(c, who, status, view)
}

// stratumLabel is what a stratum is called.
func (h *Handlers) stratumLabel(stratum sampling.DrawnStratum, lang survey.Lang) string {
	if stratum.Unit == "" {
		return stratum.Name
	}
	return h.CellName(campaigns.PlanCell{Unit: stratum.Unit, Sector: stratum.Sector}, lang)
}

// sampleApply draws from the list that was seen before, and stores what came.
func (h *Handlers) sampleApply(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	typed := page.FormOf(c)
	file, err := page.ListOf(c, typed)
	var drawing sampling.Drawing
	if err == nil {
		var problems []survey.RowProblem
		drawing, _, problems, err = h.drawing(c, who, &campaign, typed, file, true)
		if len(problems) > 0 { // the plan or the catalogue has changed since
			return h.samplePreviewShow(c, who, fiber.StatusUnprocessableEntity, &campaign, typed)
		}
	}
	if err == nil {
		_, err = h.samples.StoreDraw(c.UserContext(), who.Actor(), campaign.ID, typed.Rev(), drawing)
	}
	if err == nil {
		return h.Done(c, samplePath(campaign.ID), "sample_drawn")
	}
	if survey.Is(err, survey.Conflict) { // somebody else drew or assigned meanwhile
		typed.FieldErrors = map[string]survey.Message{"file": {Key: "sample.moved_on"}}
		return h.samplePreviewShow(c, who, fiber.StatusConflict, &campaign, typed)
	}
	if wrong, ok := typed.FileWrong(err); ok {
		wrong.Typed.Del("kept")
		return h.sampleDrawShow(c, who, fiber.StatusUnprocessableEntity, sampleDrawPage{Campaign: &campaign, Rev: typed.Rev(), ListPage: page.ListPage{Form: wrong}})
	}
	return err
}

// drawOf is the draw in the path.
func (h *Handlers) drawOf(c *fiber.Ctx) (survey.Campaign, sampling.Sample, *sampling.Draw, error) {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return campaign, sampling.Sample{}, nil, err
	}
	sample, err := h.samples.Sample(c.UserContext(), campaign.ID)
	if err != nil {
		return campaign, sample, nil, err
	}
	for i := range sample.Draws {
		if strconv.Itoa(sample.Draws[i].Number) == c.Params("draw") {
			return campaign, sample, &sample.Draws[i], nil
		}
	}
	return campaign, sample, nil, fiber.ErrNotFound
}

func (h *Handlers) drawDiscardAsk(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, sample, draw, err := h.drawOf(c)
	if err != nil {
		return err
	}
	return h.drawDiscardShow(c, who, fiber.StatusOK, &campaign, &sample, draw, nil)
}

func (h *Handlers) drawDiscardShow(c *fiber.Ctx, who *staff.SignedIn, status int, campaign *survey.Campaign, sample *sampling.Sample, draw *sampling.Draw, problem *survey.Message) error {
	path := samplePath(campaign.ID)
	page := staff.Confirmation{
		BasePage: h.samplePage(c, who, campaign, "sample.discard"),
		Text:     survey.Message{Key: "sample.discard.text", Args: []any{draw.Number, draw.Rows}},
		Facts:    []survey.Message{{Key: "sample.discard.fact"}},
		Action:   path + "/draws/" + strconv.Itoa(draw.Number) + "/discard", Button: "sample.discard", Danger: true, Cancel: path,
		Fields: map[string]string{"rev": strconv.FormatInt(sample.Rev, 10)},
	}
	if problem != nil {
		page.Text, page.Facts = *problem, nil
	}
	return h.Render(c, status, "staff/confirm", page)
}

func (h *Handlers) drawDiscard(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, sample, draw, err := h.drawOf(c)
	if err != nil {
		return err
	}
	err = h.samples.DiscardDraw(c.UserContext(), who.Actor(), campaign.ID, page.FormOf(c).Rev(), draw.Number)
	if err == nil {
		return h.Done(c, samplePath(campaign.ID), "sample_discarded")
	}
	switch f := page.FailureOf(err, ""); f.Kind {
	case survey.Invalid:
		return h.drawDiscardShow(c, who, f.Status, &campaign, &sample, draw, &f.Message)
	case survey.Conflict:
		return h.drawDiscardShow(c, who, f.Status, &campaign, &sample, draw, &survey.Message{Key: "sample.moved_on"})
	default:
		return err
	}
}
