package public

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/proof"
)

const (
	deviceCookie = "hailong_device"

	// deviceCookieLife is the longest that browsers keep a cookie. It begins anew
	// on every day on which the device calls.
	deviceCookieLife = 400 * 24 * time.Hour
)

// deviceHome is where an enrolled device lives, and the one part of the site that
// its key is sent to.
func deviceHome(kind proof.DeviceKind, point survey.PointCode) string {
	if kind == proof.Screen {
		return "/screen/" + string(point)
	}
	return "/k/" + string(point)
}

// deviceOf is the enrolled device that a request comes from. Any other browser is
// none, and no error.
func (h *Handlers) deviceOf(c *fiber.Ctx, point survey.PointCode, kind proof.DeviceKind) (device proof.Device, enrolled bool, err error) {
	key := string(append([]byte(nil), c.Request().Header.Cookie(deviceCookie)...))
	if key == "" {
		return proof.Device{}, false, nil
	}
	device, enrolled, err = h.proofs.Enrolled(c.UserContext(), point, kind, key)
	if err != nil || !enrolled {
		return proof.Device{}, false, err
	}
	if device.Seen != h.Today() {
		if err := h.proofs.Called(c.UserContext(), device); err != nil {
			return proof.Device{}, false, err
		}
		h.keepDevice(c, device, key)
	}
	return device, true, nil
}

// keepDevice has a device keep its key.
func (h *Handlers) keepDevice(c *fiber.Ctx, device proof.Device, key string) {
	h.SetCookieBelow(c, deviceHome(device.Kind, device.Point), deviceCookie, key, deviceCookieLife)
}
