package proof_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/proof"
	"hailong/survey/surveytest"
)

var clerk = survey.Actor{Login: "lan", Session: "0a1b2c3d"}

// enrol makes a device of a kind at the point, with its key.
func (f *fixture) enrol(t *testing.T, kind proof.DeviceKind) (proof.Device, string) {
	t.Helper()
	_, secret, err := f.Invite(t.Context(), clerk, point, kind, "Máy tính bảng quầy 1")
	if err != nil {
		t.Fatal(err)
	}
	device, key, err := f.Enrol(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	return device, key
}

func (f *fixture) isEnrolled(t *testing.T, at survey.PointCode, kind proof.DeviceKind, key string) bool {
	t.Helper()
	_, enrolled, err := f.Enrolled(t.Context(), at, kind, key)
	if err != nil {
		t.Fatal(err)
	}
	return enrolled
}

func TestDeviceIsEnrolledOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	made, secret, err := f.Invite(t.Context(), clerk, point, proof.Kiosk, "  Máy   quầy 1 ")
	if err != nil {
		t.Fatal(err)
	}
	if made.Name != "Máy quầy 1" || made.By != "lan" || made.Made != "2026-03-02" || !made.Waits(f.now) || made.Counts() {
		t.Errorf("made %+v", made)
	}
	f.now = f.now.Add(proof.EnrolTime)
	if _, err := f.Invited(t.Context(), secret); err != nil {
		t.Fatalf("not opened in time: %v", err)
	}
	device, key, err := f.Enrol(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	if !device.Counts() || device.Waits(f.now) || device.Enrolled != "2026-03-02" {
		t.Errorf("enrolled %+v", device)
	}
	_, _, err = f.Enrol(t.Context(), secret)
	surveytest.WantError(t, err, survey.NotFound, "device.enrolment_gone")
	if !f.isEnrolled(t, point, proof.Kiosk, key) {
		t.Error("the key of an enrolled kiosk is not believed")
	}
	for name, believed := range map[string]bool{
		"Secret":     f.isEnrolled(t, point, proof.Kiosk, secret),
		"OtherPoint": f.isEnrolled(t, otherPoint, proof.Kiosk, key),
		"OtherKind":  f.isEnrolled(t, point, proof.Screen, key),
		"NoKey":      f.isEnrolled(t, point, proof.Kiosk, ""),
		"NoDevice":   f.isEnrolled(t, point, proof.Kiosk, string(point)+"-AAAAAAAA~x"),
		"WrongKey":   f.isEnrolled(t, point, proof.Kiosk, device.ID+"~x"),
		"HashAsKey":  f.isEnrolled(t, point, proof.Kiosk, device.ID+"~"+device.Key),
	} {
		if believed {
			t.Errorf("%s is believed", name)
		}
	}
	// Neither secret is in the store.
	for _, c := range survey.Collections {
		err := f.store.Scan(t.Context(), c, "", "", func(doc bson.Raw) error {
			_, key, _ := strings.Cut(key, "~")
			for _, secret := range []string{key, secret[len(made.ID)+1:]} {
				if bytes.Contains(doc, []byte(secret)) {
					t.Errorf("%s holds a secret: %s", c, doc)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestEnrolmentRunsOut(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	made, secret, err := f.Invite(t.Context(), clerk, point, proof.Kiosk, "Máy")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Invited(t.Context(), strings.ToLower(secret)); err != nil {
		t.Errorf("typed in small letters: %v", err)
	}
	for _, wrong := range []string{"", "-", "x-y", made.ID, made.ID + "-", secret + "x", strings.Repeat("x", 3000)} {
		_, err := f.Invited(t.Context(), wrong)
		surveytest.WantError(t, err, survey.NotFound, "device.enrolment_gone")
	}
	f.now = f.now.Add(proof.EnrolTime + time.Second)
	_, _, err = f.Enrol(t.Context(), secret)
	surveytest.WantError(t, err, survey.NotFound, "device.enrolment_gone")
}

// A stolen tablet proves nothing any more, and cannot be made to.
// Who enrolled a device of a point makes its proofs, also after it was revoked.
func TestProvers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	device, _ := f.enrol(t, proof.Kiosk)
	if err := f.Revoke(t.Context(), clerk, device.ID, proof.Lost); err != nil {
		t.Fatal(err)
	}
	f.now = f.now.AddDate(0, 0, 3)
	f.enrol(t, proof.Screen)
	got, err := f.Provers(t.Context(), "")
	if diff := cmp.Diff(map[survey.PointCode]map[string]survey.Date{point: {"lan": "2026-03-02"}}, got); diff != "" || err != nil {
		t.Errorf("provers (-want +got):\n%s%v", diff, err)
	}
}

func TestRevokedDevice(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	device, key := f.enrol(t, proof.Kiosk)
	waiting, secret, err := f.Invite(t.Context(), clerk, point, proof.Kiosk, "Máy khác")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{device.ID, waiting.ID, device.ID} { // the last one twice
		if err := f.Revoke(t.Context(), clerk, id, proof.Lost); err != nil {
			t.Fatal(err)
		}
	}
	if f.isEnrolled(t, point, proof.Kiosk, key) {
		t.Error("the key of a revoked kiosk is believed")
	}
	_, _, err = f.Enrol(t.Context(), secret)
	surveytest.WantError(t, err, survey.NotFound, "device.enrolment_gone")
	surveytest.WantKind(t, f.Revoke(t.Context(), clerk, "no-such", proof.Lost), survey.NotFound)

	all, err := f.Devices(t.Context())
	if err != nil || len(all) != 2 || all[0].Revoked != "2026-03-02" || all[0].Key != "" {
		t.Errorf("devices %+v, error %v", all, err)
	}
	var actions []survey.Action
	if err := f.log.Each(t.Context(), audit.EntryFilter{}, func(e audit.ChainedEntry) error {
		actions = append(actions, e.Action)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(actions)
	if diff := cmp.Diff([]survey.Action{"device.enrol", "device.invite", "device.invite", "device.revoke", "device.revoke"}, actions); diff != "" {
		t.Errorf("the audit log (-want +got):\n%s", diff)
	}
}

func TestDeviceIsSeenOnceADay(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	device, key := f.enrol(t, proof.Kiosk)
	f.now = f.now.Add(24 * time.Hour)
	for range 3 {
		device, _, err := f.Enrolled(t.Context(), point, proof.Kiosk, key)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Called(t.Context(), device); err != nil {
			t.Fatal(err)
		}
	}
	after, err := f.Device(t.Context(), device.ID)
	if err != nil || after.Seen != "2026-03-03" {
		t.Errorf("seen %q, error %v", after.Seen, err)
	}
	if after.Rev != device.Rev+1 {
		t.Errorf("%d writes for one day", after.Rev-device.Rev)
	}
}

func TestInviteRefuses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for name, tt := range map[string]struct {
		point      survey.PointCode
		kind       proof.DeviceKind
		name       string
		field, key string
	}{
		"NoName":   {point, proof.Kiosk, "  ", "name", "device.no_name"},
		"LongName": {point, proof.Kiosk, strings.Repeat("ệ", proof.MaxDeviceName+1), "name", "device.long_name"},
		"NoKind":   {point, "fridge", "Máy", "kind", "device.no_kind"},
		"NoPoint":  {"", proof.Kiosk, "Máy", "point", "device.no_point"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := f.Invite(t.Context(), clerk, tt.point, tt.kind, tt.name)
			surveytest.WantField(t, err, tt.field, tt.key)
		})
	}
}

// A device is remembered for a year after it was revoked, and an enrolment that nobody
// opened for a month: else a point that often gets new tablets could have no further one.
func TestDevicesAreForgotten(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	kept, key := f.enrol(t, proof.Kiosk)
	revoked, _ := f.enrol(t, proof.Kiosk)
	if err := f.Revoke(t.Context(), clerk, revoked.ID, proof.Lost); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.Invite(t.Context(), clerk, point, proof.Screen, "Màn hình quầy 2"); err != nil {
		t.Fatal(err)
	}
	start := f.now
	for _, step := range []struct{ months, forgotten, left int }{{1, 0, 3}, {2, 1, 2}, {12, 0, 2}, {13, 1, 1}, {14, 0, 1}} {
		f.now = start.AddDate(0, step.months, 0)
		n, err := f.ForgetDevices(t.Context(), survey.Actor{Shell: "serve"})
		if err != nil {
			t.Fatal(err)
		}
		all, err := f.Devices(t.Context())
		if err != nil || n != step.forgotten || len(all) != step.left {
			t.Errorf("after %d months %d were forgotten and %d are left, %v; want %d and %d", step.months, n, len(all), err, step.forgotten, step.left)
		}
	}
	if !f.isEnrolled(t, kept.Point, proof.Kiosk, key) {
		t.Error("a device that counts is forgotten")
	}
	if _, err := f.log.Verify(t.Context()); err != nil {
		t.Errorf("the audit log: %v", err)
	}
}
