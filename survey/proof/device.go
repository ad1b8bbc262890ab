package proof

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/codes"
	"hailong/survey/people"
)

// DeviceKind is what a device at a counter is for.
type DeviceKind string

// The kinds.
const (
	Kiosk  DeviceKind = "kiosk"  // asks people who stand before it
	Screen DeviceKind = "screen" // shows them a changing code
)

// DeviceKinds in the order they are offered.
var DeviceKinds = []DeviceKind{Kiosk, Screen}

// Device is a kiosk or a screen at a counter, which staff enrol. It belongs to one
// point for good.
type Device struct {
	ID       string           `bson:"_id" json:"-"` // point and a short name: "6H8363X-4K7M"
	Rev      int64            `bson:"rev" json:"-"`
	Point    survey.PointCode `bson:"point" json:"point"`
	Kind     DeviceKind       `bson:"kind" json:"kind"`
	Name     string           `bson:"name" json:"name"` // "Máy tính bảng quầy 1"
	By       survey.Login     `bson:"by" json:"by"`     // who invited it
	Made     survey.Date      `bson:"made" json:"made"`
	Invite   *people.Invite   `bson:"invite,omitempty" json:"-"`                    // of the device that is to be enrolled; nil when it is
	Enrolled survey.Date      `bson:"enrolled,omitempty" json:"enrolled,omitempty"` // empty: not yet
	Key      string           `bson:"key,omitempty" json:"-"`                       // hash of the key that the device keeps
	Seen     survey.Date      `bson:"seen,omitempty" json:"-"`                      // the last day on which it called
	Revoked  survey.Date      `bson:"revoked,omitempty" json:"revoked,omitempty"`   // empty: it is believed
	Cause    RevokeCause      `bson:"cause,omitempty" json:"cause,omitempty"`       // why; empty: older versions did not ask
}

// RevokeCause is why a device was revoked.
type RevokeCause string

// The causes.
const (
	Lost    RevokeCause = "lost"    // it is lost, stolen, broken or replaced; what it sent stands
	Misused RevokeCause = "misused" // it sent responses of nobody; what it verified is in doubt (package quarantine)
)

// RevokeCauses in the order they are offered.
var RevokeCauses = []RevokeCause{Lost, Misused}

// Limits of devices.
const (
	EnrolTime     = time.Hour // in which an enrolment is to be opened on the device
	MaxDeviceName = 60        // characters
	maxDevices    = 50        // of one point, revoked ones included

	deviceNameLength = 4  // of the short name in its id
	enrolmentLength  = 12 // of the secret of an enrolment, which a person may have to type on a television: 60 bits for an hour
)

// draw draws characters that a person can type.
func draw(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // crypto/rand never fails since Go 1.24
	return codes.Characters(b)
}

// Waits reports whether the device is still to be enrolled, and can be.
func (d Device) Waits(now time.Time) bool {
	return d.Revoked == "" && d.Invite != nil && !now.After(d.Invite.Expires)
}

// Counts reports whether the device is believed.
func (d Device) Counts() bool { return d.Key != "" && d.Revoked == "" }

func (p *Proofs) devices() survey.Documents[Device] {
	return survey.Documents[Device]{Store: p.changes.Store, Collection: survey.Devices}
}

// Devices returns all devices, by point.
func (p *Proofs) Devices(ctx context.Context) ([]Device, error) { return p.devices().All(ctx) }

// Device returns the device of an id, or NotFound.
func (p *Proofs) Device(ctx context.Context, id string) (Device, error) {
	return p.devices().Get(ctx, id)
}

// Provers tells who enrolled devices of each point, and since when the first of them
// was made; of revoked ones too. since is of no matter: a device serves for years.
func (p *Proofs) Provers(ctx context.Context, _ survey.Date) (map[survey.PointCode]map[string]survey.Date, error) {
	all, err := p.Devices(ctx)
	provers := map[survey.PointCode]map[string]survey.Date{}
	for _, d := range all {
		by := survey.Actor{Login: d.By}.String()
		if provers[d.Point] == nil {
			provers[d.Point] = map[string]survey.Date{}
		}
		if first, known := provers[d.Point][by]; !known || d.Made < first {
			provers[d.Point][by] = d.Made
		}
	}
	return provers, err
}

// devicesAt returns the devices of a point.
func (p *Proofs) devicesAt(ctx context.Context, point survey.PointCode) (all []Device, err error) {
	prefix := string(point) + "-"
	err = p.changes.Store.Scan(ctx, survey.Devices, prefix, string(point)+".", func(raw bson.Raw) error {
		var d Device
		if err := p.devices().Decode(raw, &d); err != nil {
			return err
		}
		all = append(all, d)
		return nil
	})
	return all, err
}

// Invite makes a device that is still to be enrolled, and returns the secret that
// enrols it, once, within EnrolTime. The store does not hold the secret. Errors:
// Invalid with its Fields.
func (p *Proofs) Invite(ctx context.Context, actor survey.Actor, point survey.PointCode, kind DeviceKind, name string) (Device, string, error) {
	fields := survey.Fields{}
	name = strings.Join(strings.Fields(name), " ")
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		fields.Add("name", "device.no_name")
	case n > MaxDeviceName:
		fields.Add("name", "device.long_name", MaxDeviceName)
	}
	if !slices.Contains(DeviceKinds, kind) {
		fields.Add("kind", "device.no_kind")
	}
	if point == "" {
		fields.Add("point", "device.no_point")
	}
	others, err := p.devicesAt(ctx, point)
	if err != nil {
		return Device{}, "", err
	}
	if len(others) >= maxDevices {
		fields.Add("point", "device.too_many", maxDevices)
	}
	if err := fields.Err("invite device", "device.invalid"); err != nil {
		return Device{}, "", err
	}
	secret, id := draw(enrolmentLength), string(point)+"-"+draw(deviceNameLength)
	for slices.ContainsFunc(others, func(d Device) bool { return d.ID == id }) {
		id = string(point) + "-" + draw(deviceNameLength)
	}
	device, err := survey.Change(ctx, p.changes, survey.Edit[Device]{
		Collection: survey.Devices, ID: id, Actor: actor, Action: "device.invite",
		Do: func(d *Device) error {
			*d = Device{
				ID: id, Point: point, Kind: kind, Name: name, By: actor.Login, Made: survey.DateOf(p.now()),
				Invite: &people.Invite{Hash: people.HashSecret(secret), Expires: p.now().UTC().Add(EnrolTime).Truncate(time.Millisecond)},
			}
			return nil
		},
	})
	return device, id + "-" + secret, err
}

var errEnrolmentGone = &survey.Error{Kind: survey.NotFound, Op: "enrol device", Key: "device.enrolment_gone"}

// Invited returns the device that an enrolment is for; NotFound if the enrolment
// was used, has run out, was revoked, or never was.
func (p *Proofs) Invited(ctx context.Context, text string) (Device, error) {
	text = strings.ToUpper(text)
	at := max(0, strings.LastIndexByte(text, '-'))
	id, secret := text[:at], strings.TrimPrefix(text[at:], "-")
	device, err := p.devices().Get(ctx, id)
	switch {
	case survey.Is(err, survey.NotFound), survey.Is(err, survey.Invalid):
		return Device{}, errEnrolmentGone
	case err != nil:
		return Device{}, err
	case !device.Waits(p.now()), !sameHash(device.Invite.Hash, secret):
		return Device{}, errEnrolmentGone
	}
	return device, nil
}

// Enrol enrols the device that holds an enrolment, which is then used up, and
// returns the key that the device is to keep. When the answer is lost on its way,
// staff enrol the device anew: a second use of an enrolment is exactly what must
// not be.
func (p *Proofs) Enrol(ctx context.Context, text string) (Device, string, error) {
	invited, err := p.Invited(ctx, text)
	if err != nil {
		return Device{}, "", err
	}
	key := people.NewSecret()
	device, err := survey.Change(ctx, p.changes, survey.Edit[Device]{
		Collection: survey.Devices, ID: invited.ID, Seen: invited.Rev, Actor: survey.Actor{Login: invited.By}, Action: "device.enrol",
		Do: func(d *Device) error {
			today := survey.DateOf(p.now())
			d.Invite, d.Key, d.Enrolled, d.Seen = nil, people.HashSecret(key), today, today
			return nil
		},
	})
	if survey.Is(err, survey.Conflict) { // somebody was faster, or it was revoked
		return Device{}, "", errEnrolmentGone
	}
	return device, invited.ID + "~" + key, err
}

// Enrolled returns the device of a key, if there is one that counts, is of a
// point and of a kind. Anything else is no error: it is an ordinary browser.
func (p *Proofs) Enrolled(ctx context.Context, point survey.PointCode, kind DeviceKind, text string) (device Device, enrolled bool, err error) {
	id, key, found := strings.Cut(text, "~")
	if !found || !strings.HasPrefix(id, string(point)+"-") {
		return Device{}, false, nil
	}
	device, err = p.devices().Get(ctx, id)
	switch {
	case survey.Is(err, survey.NotFound), survey.Is(err, survey.Invalid):
		return Device{}, false, nil
	case err != nil:
		return Device{}, false, err
	}
	return device, device.Counts() && device.Point == point && device.Kind == kind && sameHash(device.Key, key), nil
}

// Called notes that a device called today. It writes once a day.
func (p *Proofs) Called(ctx context.Context, device Device) error {
	today := survey.DateOf(p.now())
	if device.Seen == today {
		return nil
	}
	return survey.Mark(ctx, p.changes, survey.Devices, device.ID, func(d *Device) bool {
		changed := d.Seen < today
		d.Seen = max(d.Seen, today)
		return changed
	})
}

// Revoke takes belief away from a device for good; one that is found again is
// enrolled anew. Nothing that somebody changed meanwhile could speak against it,
// so that it goes by no revision. That it was revoked before is no error. Errors:
// NotFound; Invalid (field cause).
func (p *Proofs) Revoke(ctx context.Context, actor survey.Actor, id string, cause RevokeCause) error {
	if !slices.Contains(RevokeCauses, cause) {
		return survey.InvalidField("revoke device", "device.invalid", "cause", "device.no_cause")
	}
	device, err := p.Device(ctx, id)
	if err != nil || device.Revoked != "" {
		return err
	}
	_, err = survey.Change(ctx, p.changes, survey.Edit[Device]{
		Collection: survey.Devices, ID: id, Seen: survey.AnyRevision, Actor: actor, Action: "device.revoke",
		Do: func(d *Device) error {
			d.Invite, d.Key, d.Revoked, d.Cause = nil, "", survey.DateOf(p.now()), cause
			return nil
		},
	})
	return err
}

// How long the document of a device is kept that counts no more: of one that was
// revoked, so that the office can see that it was; of an enrolment that nobody opened.
const (
	revokedKept = 12  // months
	inviteKept  = 31  // days
	mostRemoved = 500 // by one act
)

// past reports whether nothing can come of a device any more, and has not for long.
func (d Device) past(now time.Time) bool {
	if d.Revoked != "" {
		return d.Revoked < survey.DateOf(now.AddDate(0, -revokedKept, 0))
	}
	return d.Key == "" && d.Invite != nil && d.Invite.Expires.Before(now.AddDate(0, 0, -inviteKept))
}

// ForgetDevices removes the devices that were revoked, or never enrolled, long ago, as
// one act, and returns how many.
func (p *Proofs) ForgetDevices(ctx context.Context, actor survey.Actor) (int, error) {
	all, err := p.Devices(ctx)
	if err != nil {
		return 0, err
	}
	all = slices.DeleteFunc(all, func(d Device) bool { return !d.past(p.now()) })
	if all = all[:min(len(all), mostRemoved)]; len(all) == 0 {
		return 0, nil
	}
	act := p.changes.Begin(actor).Entry("device.forget", string(survey.Devices), nil, struct {
		Devices int `json:"devices"`
	}{len(all)})
	for _, d := range all {
		act.Remove(survey.Devices, d.ID, d.Rev)
	}
	if err := act.Do(ctx); err != nil {
		if survey.Is(err, survey.Conflict) { // another server does the same
			return 0, nil
		}
		return 0, err
	}
	return len(all), nil
}

func sameHash(hash, secret string) bool {
	return subtle.ConstantTimeCompare([]byte(hash), []byte(people.HashSecret(secret))) == 1
}
