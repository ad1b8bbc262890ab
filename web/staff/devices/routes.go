package devices

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/staff"
)

// Routes are the pages about devices at counters.
func (h *Handlers) Routes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		{Method: get, Path: "/devices", Permission: survey.EditPoints, Handler: h.deviceList},
		{Method: post, Path: "/devices", Permission: survey.EditPoints, Handler: h.deviceInvite},
		{Method: get, Path: "/devices/:device/revoke", Permission: survey.EditPoints, Scope: h.aboutDevice, Handler: h.deviceConfirm},
		{Method: post, Path: "/devices/:device/revoke", Permission: survey.EditPoints, Scope: h.aboutDevice, Handler: h.deviceRevoke},
	}
}

// aboutDevice is for paths with :device. A device is where its point is.
func (h *Handlers) aboutDevice(c *fiber.Ctx) (survey.Reach, error) {
	device, err := h.proofs.Device(c.UserContext(), staff.Unescaped(c.Params("device")))
	if err != nil {
		return survey.Reach{}, err
	}
	point := h.Catalog().Point(device.Point)
	if point == nil {
		return survey.Reach{}, fiber.ErrNotFound
	}
	return h.Catalog().PointReach(point), nil
}
