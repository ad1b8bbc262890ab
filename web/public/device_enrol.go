package public

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/proof"
	"hailong/web/page"
)

// enrolPage asks, on a device that is to stand at a counter, whether it is the
// right one.
type enrolPage struct {
	page.Page
	Device proof.Device
	Place  survey.Text
	Secret string
	Token  string          // of the form, for a browser that needs one
	Gone   *survey.Message // in the place of the question
}

// Action is where the answer is sent to.
func (p enrolPage) Action() string { return p.Link(page.EnrolPath(p.Secret)) }

// enrolShow asks, because whatever looks at a link before a person does must not
// use it up.
func (h *Handlers) enrolShow(c *fiber.Ctx) error {
	secret := enrolSecret(c)
	device, err := h.proofs.Invited(c.UserContext(), secret)
	if err != nil {
		return h.enrolGone(c, err)
	}
	view := enrolPage{Page: h.Page(c), Device: device, Place: h.PlaceOf(device.Point), Secret: secret, Token: h.FormToken(c)}
	view.URLPath = page.EnrolPath(secret)
	return h.Render(c, fiber.StatusOK, "enrol", view)
}

// enrolSubmit enrols the device and opens what it is for.
func (h *Handlers) enrolSubmit(c *fiber.Ctx) error {
	device, key, err := h.proofs.Enrol(c.UserContext(), enrolSecret(c))
	if err != nil {
		return h.enrolGone(c, err)
	}
	h.keepDevice(c, device, key)
	return c.Redirect(h.Page(c).Link(deviceHome(device.Kind, device.Point)), fiber.StatusSeeOther)
}

func (h *Handlers) enrolGone(c *fiber.Ctx, err error) error {
	f := page.FailureOf(err, page.RequestID(c))
	if f.Kind != survey.NotFound {
		return err
	}
	return h.Render(c, f.Status, "enrol", enrolPage{Page: h.Page(c), Gone: &f.Message})
}

// enrolSecret is the secret in the path, which is the address.
func enrolSecret(c *fiber.Ctx) string {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Robots-Tag", "noindex")
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	return strings.Clone(c.Params("secret"))
}
