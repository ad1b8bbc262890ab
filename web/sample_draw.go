package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis"
	"hailong/analysis/results"
	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/survey/catalog"
	"hailong/survey/sampling"
)

// sampleDrawPage brings a list into a campaign: one to draw from, or one that
// was drawn elsewhere. The preview tells how many will be drawn and of what, not
// who: nobody looks first and then draws again.
type sampleDrawPage struct {
	StaffPage
	listPage
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
func (sampleDrawPage) Methods() []option {
	return wordOptions("sample.method.", sampling.DrawMethods...)
}

func samplePath(id survey.CampaignID) string { return campaignPath(id) + "/sample" }

// samplePage is a page below a campaign's sample.
func (s *Server) samplePage(c *fiber.Ctx, who *signedIn, campaign *survey.Campaign, title string) StaffPage {
	return s.staffPage(c, who, title, "/staff/campaigns", "campaign.list",
		campaignPath(campaign.ID), campaign.Title.In(viewOf(c).Lang), samplePath(campaign.ID), "sample.title")
}

func (s *Server) sampleDraw(c *fiber.Ctx, who *signedIn) error {
	campaign, err := s.campaignOf(c)
	if err != nil {
		return err
	}
	sample, err := s.samples.Sample(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	return s.sampleDrawShow(c, who, fiber.StatusOK, sampleDrawPage{
		Campaign: &campaign, Rev: sample.Rev, listPage: listPage{Form: formWith("method", string(sampling.DrawRandom))},
	})
}

func (s *Server) sampleDrawShow(c *fiber.Ctx, who *signedIn, status int, page sampleDrawPage) error {
	plan, err := s.fieldwork.Plan(c.UserContext(), page.Campaign.ID)
	if err != nil {
		return err
	}
	page.Planned = len(plan.Cells) > 0
	page.StaffPage = s.samplePage(c, who, page.Campaign, "sample.bring")
	page.path = samplePath(page.Campaign.ID) + "/draw"
	page.Columns = "sample.column."
	return s.render(c, status, "staff/sample_draw", page)
}

// sampleList reads the rows of a list.
func (s *Server) sampleList(who *signedIn, campaign *survey.Campaign, file listFile) (r *sampling.FrameReader, rows []sampling.FrameRow, ignored []string, problems []survey.RowProblem, err error) {
	table, err := catalog.ReadTable(file.readable(), file.Content)
	if err != nil || len(table) < 2 {
		return nil, nil, nil, nil, &survey.Error{Kind: survey.Invalid, Op: "read list", Key: "plan.unreadable", Err: err}
	}
	known := s.Catalog()
	r, ignored, err = sampling.NewFrameReader(known, campaign, table[0].Cells)
	if err != nil {
		return nil, nil, ignored, nil, err
	}
	for _, line := range table[1:] {
		row, wrong := r.Read(line.Number, line.Cells)
		if len(wrong) == 0 && !who.Covers(known, row.Place.Unit, campaign.Family) {
			wrong = []survey.RowProblem{{Row: line.Number, Column: "unit", Message: survey.Message{Key: "sample.outside"}}}
		}
		rows, problems = append(rows, row), append(problems, wrong...)
	}
	return r, rows, ignored, problems, nil
}

// drawing makes the draw that a form asks for; with draw false only its numbers
// mean something.
func (s *Server) drawing(c *fiber.Ctx, who *signedIn, campaign *survey.Campaign, typed form, file listFile, draw bool) (sampling.Drawing, []string, []survey.RowProblem, error) {
	var none sampling.Drawing
	wrong := func(field, key string, args ...any) error {
		return &survey.Error{Kind: survey.Invalid, Op: "draw sample", Fields: map[string]survey.Message{field: {Key: key, Args: args}}}
	}
	reader, rows, ignored, problems, err := s.sampleList(who, campaign, file)
	if err != nil || len(problems) > 0 {
		return none, ignored, problems, err
	}
	var drawing sampling.Drawing
	if reader.Drawn() {
		drawing = results.TakeDrawn(rows)
	} else {
		request := results.DrawRequest{Method: sampling.DrawMethod(typed.Value("method"))}
		if text := typed.Value("seed"); text != "" {
			if request.Seed, err = strconv.ParseUint(text, 10, 64); err != nil {
				return none, ignored, nil, wrong("seed", "sample.bad_seed")
			}
		} else if draw {
			if request.Seed, err = newSeed(); err != nil {
				return none, ignored, nil, err
			}
		}
		if text := typed.Value("each"); text != "" {
			if request.Each = wholeTyped(text); request.Each < 1 || request.Each > sampling.MaxDrawn {
				return none, ignored, nil, wrong("each", "plan.bad_number", 1, sampling.MaxDrawn)
			}
		}
		plan, err := s.fieldwork.Plan(c.UserContext(), campaign.ID)
		switch {
		case err != nil:
			return none, ignored, nil, err
		case len(plan.Cells) == 0 && request.Each == 0:
			return none, ignored, nil, wrong("each", "sample.no_plan")
		case request.Method == sampling.DrawBySize && !reader.Sized():
			return none, ignored, nil, wrong("method", "sample.needs_size")
		}
		drawing, problems, err = results.DrawSample(s.Catalog(), &plan, rows, request)
		if errors.Is(err, analysis.ErrBadRequest) {
			return none, ignored, nil, wrong("method", "sample.cannot_draw")
		}
		if err != nil || len(problems) > 0 {
			return none, ignored, problems, err
		}
	}
	sum := sha256.Sum256(file.Content)
	drawing.Draw.File, drawing.Draw.Hash = file.Name, hex.EncodeToString(sum[:])
	return drawing, ignored, nil, nil
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
func (s *Server) samplePreview(c *fiber.Ctx, who *signedIn) error {
	campaign, err := s.campaignOf(c)
	if err != nil {
		return err
	}
	return s.samplePreviewShow(c, who, fiber.StatusOK, &campaign, formOf(c))
}

func (s *Server) samplePreviewShow(c *fiber.Ctx, who *signedIn, status int, campaign *survey.Campaign, typed form) error {
	sample, err := s.samples.Sample(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	page := sampleDrawPage{Campaign: campaign, Rev: sample.Rev, listPage: listPage{Form: typed}}
	file, err := listOf(c, typed)
	var drawing sampling.Drawing
	if err == nil {
		drawing, page.Ignored, page.Problems, err = s.drawing(c, who, campaign, typed, file, false)
	}
	for _, h := range drawing.Draw.Strata {
		if err == nil && sample.StratumDrawn(h.Name) {
			err = &survey.Error{Kind: survey.Invalid, Op: "draw sample", Key: "sample.stratum_drawn", Args: []any{s.stratumLabel(h, viewOf(c).Lang)}}
		}
	}
	if err != nil {
		wrong, ok := typed.fileWrong(err)
		if !ok {
			return err
		}
		page.Form = wrong
		return s.sampleDrawShow(c, who, fiber.StatusUnprocessableEntity, page)
	}
	if len(page.Problems) > 0 {
		return s.sampleDrawShow(c, who, fiber.StatusUnprocessableEntity, page)
	}
	page.Kept, page.Listed, page.Drawn = &file, drawing.Draw.Listed, drawing.Draw.Method == sampling.DrawElsewhere
	for _, h := range drawing.Draw.Strata {
		page.Strata = append(page.Strata, stratumRow{h, s.stratumLabel(h, viewOf(c).Lang)})
		page.Main, page.Reserve = page.Main+h.Main, page.Reserve+h.Reserve
	}
	return s.sampleDrawShow(c, who, status, page)
}

// stratumLabel is what a stratum is called.
func (s *Server) stratumLabel(h sampling.DrawnStratum, lang survey.Lang) string {
	if h.Unit == "" {
		return h.Name
	}
	return s.cellName(campaigns.PlanCell{Unit: h.Unit, Sector: h.Sector}, lang)
}

// sampleApply draws from the list that was seen before, and stores what came.
func (s *Server) sampleApply(c *fiber.Ctx, who *signedIn) error {
	campaign, err := s.campaignOf(c)
	if err != nil {
		return err
	}
	typed := formOf(c)
	file, err := listOf(c, typed)
	var drawing sampling.Drawing
	if err == nil {
		var problems []survey.RowProblem
		drawing, _, problems, err = s.drawing(c, who, &campaign, typed, file, true)
		if len(problems) > 0 { // the plan or the catalogue has changed since
			return s.samplePreviewShow(c, who, fiber.StatusUnprocessableEntity, &campaign, typed)
		}
	}
	if err == nil {
		_, err = s.samples.StoreDraw(c.UserContext(), who.Actor(), campaign.ID, typed.rev(), drawing)
	}
	if err == nil {
		return s.done(c, samplePath(campaign.ID), "sample_drawn")
	}
	if survey.KindOf(err) == survey.Conflict { // somebody else drew or assigned meanwhile
		typed.errors = map[string]survey.Message{"file": {Key: "sample.moved_on"}}
		return s.samplePreviewShow(c, who, fiber.StatusConflict, &campaign, typed)
	}
	if wrong, ok := typed.fileWrong(err); ok {
		wrong.values.Del("kept")
		return s.sampleDrawShow(c, who, fiber.StatusUnprocessableEntity, sampleDrawPage{Campaign: &campaign, Rev: typed.rev(), listPage: listPage{Form: wrong}})
	}
	return err
}

// drawOf is the draw in the path.
func (s *Server) drawOf(c *fiber.Ctx) (survey.Campaign, sampling.Sample, *sampling.Draw, error) {
	campaign, err := s.campaignOf(c)
	if err != nil {
		return campaign, sampling.Sample{}, nil, err
	}
	sample, err := s.samples.Sample(c.UserContext(), campaign.ID)
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

func (s *Server) drawDiscardAsk(c *fiber.Ctx, who *signedIn) error {
	campaign, sample, draw, err := s.drawOf(c)
	if err != nil {
		return err
	}
	return s.drawDiscardShow(c, who, fiber.StatusOK, &campaign, &sample, draw, nil)
}

func (s *Server) drawDiscardShow(c *fiber.Ctx, who *signedIn, status int, campaign *survey.Campaign, sample *sampling.Sample, draw *sampling.Draw, problem *survey.Message) error {
	path := samplePath(campaign.ID)
	page := confirmation{
		StaffPage: s.samplePage(c, who, campaign, "sample.discard"),
		Text:      survey.Message{Key: "sample.discard.text", Args: []any{draw.Number, draw.Rows}},
		Facts:     []survey.Message{{Key: "sample.discard.fact"}},
		Action:    path + "/draws/" + strconv.Itoa(draw.Number) + "/discard", Button: "sample.discard", Danger: true, Cancel: path,
		Fields: map[string]string{"rev": strconv.FormatInt(sample.Rev, 10)},
	}
	if problem != nil {
		page.Text, page.Facts = *problem, nil
	}
	return s.render(c, status, "staff/confirm", page)
}

func (s *Server) drawDiscard(c *fiber.Ctx, who *signedIn) error {
	campaign, sample, draw, err := s.drawOf(c)
	if err != nil {
		return err
	}
	err = s.samples.DiscardDraw(c.UserContext(), who.Actor(), campaign.ID, formOf(c).rev(), draw.Number)
	if err == nil {
		return s.done(c, samplePath(campaign.ID), "sample_discarded")
	}
	switch f := failureOf(err, ""); f.Kind {
	case survey.Invalid:
		return s.drawDiscardShow(c, who, f.Status, &campaign, &sample, draw, &f.Message)
	case survey.Conflict:
		return s.drawDiscardShow(c, who, f.Status, &campaign, &sample, draw, &survey.Message{Key: "sample.moved_on"})
	default:
		return err
	}
}
