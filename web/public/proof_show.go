package public

import (
	"github.com/gofiber/fiber/v2"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/takeback"
	"hailong/survey/treelog"
	"hailong/web/page"
)

// proofPage asks for a receipt code, and shows its owner that the response is in the
// signed log. It holds nothing of what was answered.
type proofPage struct {
	page.Page
	Typed   string          // as it was typed
	Message *survey.Message // what is wrong
	Found   *foundProof     // nil: the code is asked for
}

// foundProof is what is known of the response of a code.
type foundProof struct {
	Code    takeback.ReceiptCode
	Waiting bool // its day is not in the log yet
	Absent  bool // and should be
	Erased  bool // a part of it was deleted when it was kept no longer
	Day     survey.Date
	File    string // the proof
	Name    string // of the file
	Key     string // that verifies it
	Edition *survey.Edition
	Survey  survey.Text
}

// proofAsk asks for the code.
func (h *Handlers) proofAsk(c *fiber.Ctx) error {
	return h.proofPage(c, fiber.StatusOK, proofPage{})
}

// proofShow proves to whoever has a receipt code that the response is in the log. The
// code comes in the body, as addresses stand in logs; an unknown one is answered as one of
// a response that was taken back.
func (h *Handlers) proofShow(c *fiber.Ctx) error {
	typed := string(append([]byte(nil), c.Request().PostArgs().Peek("code")...))
	code, doc, err := h.receipts.Recorded(c.UserContext(), page.Network(h.Client(c)), typed)
	if err != nil {
		return h.proofAgain(c, typed, err)
	}
	found, err := h.proofOf(c, doc)
	if err != nil {
		return h.proofAgain(c, typed, err)
	}
	if found.File != "" && len(c.Request().PostArgs().Peek("file")) > 0 {
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+found.Name+`"`)
		c.Set(fiber.HeaderCacheControl, "no-store")
		return c.SendString(found.File)
	}
	found.Code = code
	return h.proofPage(c, fiber.StatusOK, proofPage{Typed: code.Spaced(), Found: &found})
}

// proofOf proves a stored response by the head that the edition in force names or, where
// that is older, by the newest one.
func (h *Handlers) proofOf(c *fiber.Ctx, doc bson.Raw) (found foundProof, err error) {
	var at *survey.LogHead
	campaign := h.Catalog().Campaign(survey.CampaignID(survey.DocumentText(doc, "campaign")))
	if campaign != nil {
		if edition := campaign.Current(); edition != nil {
			at, found.Edition, found.Survey = edition.Log, edition, campaign.Title
		}
	}
	proof, err := h.log.Prove(c.UserContext(), doc, at)
	if survey.Is(err, survey.NotFound) {
		// The day after is long enough for every server to have closed it.
		late := survey.DateOf(h.Today().Time().AddDate(0, 0, -1))
		found.Waiting, found.Absent = true, treelog.ReceivedOn(doc) < late
		return found, nil
	}
	if err != nil {
		return found, err
	}
	if at == nil || proof.Head != at.Signed {
		found.Edition = nil
	}
	proved, err := proof.Verify(proof.Key)
	if err != nil {
		return found, err
	}
	file, err := proof.File()
	found.Day, found.File, found.Name, found.Key = proved.Day, string(file), proof.Name(), proof.Key
	if err == nil {
		_, found.Erased, err = survey.CommitmentOf(doc)
	}
	return found, err
}

// proofAgain asks for the code again, with what was typed and what is wrong.
func (h *Handlers) proofAgain(c *fiber.Ctx, typed string, err error) error {
	f := page.FailureOf(err, page.RequestID(c))
	if f.Kind == survey.Internal || f.Kind == survey.Unavailable {
		return err // its page says what to do
	}
	page.RetryAfter(c, err)
	return h.proofPage(c, f.Status, proofPage{Typed: typed, Message: &f.Message})
}

func (h *Handlers) proofPage(c *fiber.Ctx, status int, shown proofPage) error {
	shown.Page = h.Page(c)
	shown.URLPath = "/y/proof"
	c.Set(fiber.HeaderCacheControl, "no-store")
	return h.Render(c, status, "proof", shown)
}
