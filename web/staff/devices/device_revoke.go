package devices

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/staff"
)

// deviceConfirm asks before a device is revoked, which cannot be undone.
func (h *Handlers) deviceConfirm(c *fiber.Ctx, who *staff.SignedIn) error {
	device, err := h.proofs.Device(c.UserContext(), staff.Unescaped(c.Params("device")))
	if err != nil {
		return err
	}
	return h.Confirm(c, staff.Confirmation{
		BasePage: h.NewPage(c, who, "device.revoke", "/staff/devices", "device.list"),
		Text:     survey.Message{Key: "device.revoke.text", Args: []any{device.Name, h.PlaceOf(device.Point)}},
		Facts:    []survey.Message{{Key: "device.revoke.fact"}, {Key: "device.fraud"}},
		Action:   "/staff/devices/" + device.ID + "/revoke", Button: "device.revoke", Danger: true, Cancel: "/staff/devices",
	})
}

func (h *Handlers) deviceRevoke(c *fiber.Ctx, who *staff.SignedIn) error {
	if err := h.proofs.Revoke(c.UserContext(), who.Actor(), staff.Unescaped(c.Params("device"))); err != nil {
		return err
	}
	return h.Done(c, "/staff/devices", "device_revoked")
}
