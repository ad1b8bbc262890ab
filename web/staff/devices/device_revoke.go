package devices

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/proof"
	"hailong/web/page"
	"hailong/web/staff"
)

// revokePage asks before a device is revoked, which cannot be undone, and why.
type revokePage struct {
	staff.BasePage
	Form   page.Form
	Device proof.Device
	Place  string
}

// Causes are the choices of why.
func (revokePage) Causes() []page.Choice {
	return staff.WordOptions("device.cause.", proof.RevokeCauses...)
}

func (h *Handlers) deviceConfirm(c *fiber.Ctx, who *staff.SignedIn) error {
	return h.revokeShow(c, who, fiber.StatusOK, page.FormWith())
}

func (h *Handlers) revokeShow(c *fiber.Ctx, who *staff.SignedIn, status int, form page.Form) error {
	device, err := h.proofs.Device(c.UserContext(), staff.Unescaped(c.Params("device")))
	if err != nil {
		return err
	}
	return h.Render(c, status, "staff/device_revoke", revokePage{
		BasePage: h.NewPage(c, who, "device.revoke", "/staff/devices", "device.list"),
		Form:     form, Device: device, Place: h.PlaceOf(device.Point).In(page.ViewOf(c).Lang),
	})
}

// deviceRevoke revokes at once. What a misused device sent is held on the next page,
// which says how much it is, by who publishes figures: revoking does not wait for that.
func (h *Handlers) deviceRevoke(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	id, cause := staff.Unescaped(c.Params("device")), proof.RevokeCause(typed.Value("cause"))
	if err := h.proofs.Revoke(c.UserContext(), who.Actor(), id, cause); err != nil {
		if wrong, ok := typed.Wrong(err); ok {
			return h.revokeShow(c, who, fiber.StatusUnprocessableEntity, wrong)
		}
		return err
	}
	if cause != proof.Misused {
		return h.Done(c, "/staff/devices", "device_revoked")
	}
	if !who.May(survey.PublishCampaigns) {
		return h.Done(c, "/staff/devices", "device_revoked_misused")
	}
	device, err := h.proofs.Device(c.UserContext(), id)
	if err != nil {
		return err
	}
	return h.Done(c, misusePath(&device), "device_revoked")
}

// misusePath leads to where people say since when a device was misused: since it was
// enrolled, as long as nobody knows better, and until the day after it was revoked,
// when forms that it opened may still come in.
func misusePath(d *proof.Device) string {
	what := survey.VerifiedDevice
	if d.Kind == proof.Screen {
		what = survey.VerifiedScreen
	}
	return "/staff/misuse?" + url.Values{"point": {string(d.Point)}, "proof": {string(what)}, "from": {string(d.Enrolled)}, "to": {string(survey.DateOf(d.Revoked.Time().AddDate(0, 0, 1)))}}.Encode()
}
