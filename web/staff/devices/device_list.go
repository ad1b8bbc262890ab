package devices

import (
	"html/template"
	"slices"

	"github.com/gofiber/fiber/v2"

	"hailong/qr"
	"hailong/survey"
	"hailong/survey/proof"
	"hailong/web/page"
	"hailong/web/staff"
)

// deviceListPage is the devices of a person's scope, and where a new one is
// invited.
type deviceListPage struct {
	staff.BasePage
	Form    page.Form
	Points  []page.Choice
	Devices []deviceRow
	Invited *invitedDevice
}

type deviceRow struct {
	proof.Device
	Place string
	State string // waits, runs_out, counts, revoked: "device.state." of it
}

// invitedDevice is an enrolment as it is shown, once.
type invitedDevice struct {
	proof.Device
	Address string
	Code    template.HTML
}

// Minutes is how long the enrolment is good.
func (invitedDevice) Minutes() int { return int(proof.EnrolTime.Minutes()) }

// Kinds are the choices of what a device is for.
func (deviceListPage) Kinds() []page.Choice {
	var kinds []page.Choice
	for _, kind := range proof.DeviceKinds {
		kinds = append(kinds, page.Choice{Value: string(kind), Label: "device.kind." + string(kind)})
	}
	return kinds
}

// Misuse leads to where people say what a revoked device was misused for.
func (r deviceRow) Misuse() string { return misusePath(&r.Device) }

func (h *Handlers) deviceList(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormWith("point", page.Parameter(c, "point"), "kind", string(proof.Kiosk))
	return h.deviceShow(c, who, fiber.StatusOK, deviceListPage{Form: typed})
}

func (h *Handlers) deviceShow(c *fiber.Ctx, who *staff.SignedIn, status int, view deviceListPage) error {
	view.BasePage = h.NewPage(c, who, "device.list")
	all, err := h.proofs.Devices(c.UserContext())
	if err != nil {
		return err
	}
	for _, device := range all {
		if point := h.Catalog().Point(device.Point); point != nil && h.covers(who, point) {
			view.Devices = append(view.Devices, deviceRow{device, h.PointName(point, view.Lang), h.stateOf(device)})
		}
	}
	slices.SortStableFunc(view.Devices, func(a, b deviceRow) int { return revokedLast(a) - revokedLast(b) })
	catalog := h.Catalog()
	for i := range catalog.Points {
		if p := &catalog.Points[i]; h.mayHave(who, p) {
			view.Points = append(view.Points, page.Choice{Value: string(p.Code), Label: string(p.Code) + " · " + h.PointName(p, view.Lang)})
		}
	}
	return h.Render(c, status, "staff/devices", view)
}

func revokedLast(row deviceRow) int {
	if row.Revoked != "" {
		return 1
	}
	return 0
}

func (h *Handlers) stateOf(d proof.Device) string {
	switch {
	case d.Revoked != "":
		return "revoked"
	case d.Counts():
		return "counts"
	case d.Waits(h.Now()):
		return "waits"
	}
	return "runs_out"
}

func (h *Handlers) covers(who *staff.SignedIn, point *survey.Point) bool {
	return who.Covers(h.Catalog(), h.Catalog().PointReach(point))
}

// mayHave reports whether a person may enrol a device for a point.
func (h *Handlers) mayHave(who *staff.SignedIn, point *survey.Point) bool {
	return !point.Off && point.Channel != survey.ChannelPaper && h.covers(who, point)
}

// deviceInvite makes a device and shows its enrolment, which nothing shows again.
func (h *Handlers) deviceInvite(c *fiber.Ctx, who *staff.SignedIn) error {
	if err := h.HandsOut(); err != nil {
		return err
	}
	typed := page.FormOf(c)
	code := survey.PointCode(typed.Value("point"))
	if point := h.Catalog().Point(code); point == nil || !h.mayHave(who, point) {
		code = "" // outside the scope is as good as not there
	}
	device, secret, err := h.proofs.Invite(c.UserContext(), who.Actor(), code, proof.DeviceKind(typed.Value("kind")), typed.Value("name"))
	if err != nil {
		if wrong, ok := typed.Wrong(err); ok {
			return h.deviceShow(c, who, fiber.StatusUnprocessableEntity, deviceListPage{Form: wrong})
		}
		return err
	}
	shown := &invitedDevice{Device: device, Address: h.BaseURL(c) + page.EnrolPath(secret)}
	l := h.Views.Locales[page.ViewOf(c).Lang]
	svg, err := qr.SVG(shown.Address, qr.Options{Size: 320, Title: l.T("device.enrolment")})
	if err != nil {
		return err
	}
	shown.Code = template.HTML(svg) //nolint:gosec // package qr escapes what it draws
	again := page.FormWith("point", string(code), "kind", string(device.Kind))
	return h.deviceShow(c, who, fiber.StatusOK, deviceListPage{Form: again, Invited: shown})
}
