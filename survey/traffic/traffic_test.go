package traffic_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/keys"
	"hailong/survey/surveytest"
	"hailong/survey/traffic"
)

const point survey.PointCode = "6H8363X"

var limits = traffic.Limits{Point: 100, Network: 60, Wide: 80, Flood: 20}

// installation is a store and keys that servers share, with a clock that tests turn.
type installation struct {
	store survey.Store
	keys  *keys.Keys
	now   time.Time
}

func newInstallation(t *testing.T) *installation {
	t.Helper()
	return &installation{surveytest.Store(t), surveytest.Keys(t), time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)}
}

func (i *installation) server() *traffic.Traffic {
	return traffic.New(i.store, i.keys, limits, func() time.Time { return i.now }, slog.New(slog.DiscardHandler))
}

// take sends n submissions and counts what is made of them.
func take(t *testing.T, s *traffic.Traffic, address string, at survey.PointCode, n int) (stored, flood int) {
	t.Helper()
	for range n {
		switch v := s.Take(t.Context(), netip.MustParseAddr(address), at); {
		case v.Wait > 0:
		case v.Flood:
			stored++
			flood++
		default:
			stored++
		}
	}
	return stored, flood
}

func exchange(t *testing.T, servers ...*traffic.Traffic) {
	t.Helper()
	for _, s := range servers {
		if err := s.Exchange(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTake(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		send          func(*testing.T, *traffic.Traffic) (stored, flood int)
		stored, flood int
	}{
		"AnOffice": {func(t *testing.T, s *traffic.Traffic) (int, int) { return take(t, s, "203.0.113.9", point, 20) }, 20, 0},
		"OneAddress": {func(t *testing.T, s *traffic.Traffic) (int, int) {
			return take(t, s, "203.0.113.9", point, 200)
		}, 60, 40},
		"OneNetwork": {func(t *testing.T, s *traffic.Traffic) (stored, flood int) {
			for i := range 200 { // each from an address of its own
				a, b := take(t, s, fmt.Sprintf("203.0.113.%d", i), point, 1)
				stored, flood = stored+a, flood+b
			}
			return stored, flood
		}, 60, 40},
		"ManyNetworks": {func(t *testing.T, s *traffic.Traffic) (stored, flood int) {
			for i := range 200 {
				a, b := take(t, s, fmt.Sprintf("203.0.%d.1", i), point, 1)
				stored, flood = stored+a, flood+b
			}
			return stored, flood
		}, 100, 0},
		"OneIPv6OfManyNetworks": {func(t *testing.T, s *traffic.Traffic) (stored, flood int) {
			for i := range 200 { // a /48 has 65,536 networks of 64 bits
				a, b := take(t, s, fmt.Sprintf("2001:db8:1:%x::1", i), point, 1)
				stored, flood = stored+a, flood+b
			}
			return stored, flood
		}, 80, 60},
		"OneIPv6": {func(t *testing.T, s *traffic.Traffic) (int, int) {
			return take(t, s, "2001:db8:1::1", point, 200)
		}, 60, 40},
		"ThisMachine": {func(t *testing.T, s *traffic.Traffic) (int, int) { return take(t, s, "127.0.0.1", point, 200) }, 60, 40},
		"NoPointYet":  {func(t *testing.T, s *traffic.Traffic) (int, int) { return take(t, s, "203.0.113.9", "", 200) }, 60, 40},
		"ManyPoints": {func(t *testing.T, s *traffic.Traffic) (stored, flood int) {
			for i := range 15 { // four at each
				a, b := take(t, s, "203.0.113.9", survey.PointCode(fmt.Sprintf("6H8363%d", i)), 4)
				stored, flood = stored+a, flood+b
			}
			return stored, flood
		}, 60, 40},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stored, flood := tt.send(t, newInstallation(t).server())
			if stored != tt.stored {
				t.Errorf("%d stored, want %d", stored, tt.stored)
			}
			if flood != tt.flood {
				t.Errorf("%d of them marked, want %d", flood, tt.flood)
			}
		})
	}
}

// A mapped address is the IPv4 address that it stands for, and one network does
// nothing to another.
func TestNetworksApart(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	s := i.server()
	take(t, s, "203.0.113.9", point, 60)
	if stored, _ := take(t, s, "::ffff:203.0.113.9", point, 1); stored != 0 {
		t.Error("a mapped address is taken for another one")
	}
	if stored, flood := take(t, s, "203.0.114.9", point, 10); stored != 10 || flood != 0 {
		t.Errorf("another network: %d stored, %d marked", stored, flood)
	}
	if v := s.Take(t.Context(), netip.MustParseAddr("203.0.113.9"), point); v.Wait < time.Second || v.Wait > traffic.Window {
		t.Errorf("told to wait %s", v.Wait)
	}
}

func TestWindowsSlide(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	s := i.server()
	take(t, s, "203.0.113.9", point, 60)
	i.now = i.now.Add(traffic.Window + traffic.Window/2) // half of the last window still counts
	if stored, _ := take(t, s, "203.0.113.9", point, 100); stored != 30 {
		t.Errorf("%d stored in the middle of the next window, want 30", stored)
	}
	i.now = i.now.Add(3 * traffic.Window)
	if stored, _ := take(t, s, "203.0.113.9", point, 100); stored != 60 {
		t.Errorf("%d stored long after, want 60", stored)
	}
}

// What goes to one server counts at the other, and after one is started again.
func TestServersShareLimits(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	a, b := i.server(), i.server()
	take(t, a, "203.0.113.9", point, 30)
	take(t, b, "203.0.113.9", point, 20)
	exchange(t, a, b, a, b)
	if stored, _ := take(t, b, "203.0.113.9", point, 100); stored != 10 {
		t.Errorf("%d stored by the second server, want 10", stored)
	}
	exchange(t, b, a)
	if stored, _ := take(t, a, "203.0.113.9", point, 100); stored != 0 {
		t.Errorf("%d stored by the first server, want none", stored)
	}
	again := i.server()
	exchange(t, again)
	if stored, _ := take(t, again, "203.0.113.9", point, 100); stored != 0 {
		t.Errorf("%d stored after a new start, want none", stored)
	}
}

// Nothing about an address is in the store, and after the window nothing at all;
// after the day nobody has the key.
func TestNothingOfAnAddressStays(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	s := i.server()
	take(t, s, "203.0.113.9", point, 30)
	take(t, s, "2001:db8:1::1", point, 30)
	exchange(t, s)
	documents := func() (all []bson.Raw) {
		t.Helper()
		err := i.store.Scan(t.Context(), survey.Traffic, "", "", func(doc bson.Raw) error {
			all = append(all, bytes.Clone(doc))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if n := len(documents()); n != 1 {
		t.Fatalf("%d documents, want 1", n)
	}
	for _, doc := range documents() {
		for _, part := range []string{"203.0", "2001:db8", "\xcb\x00\x71", "\x20\x01\x0d\xb8"} {
			if bytes.Contains(doc, []byte(part)) {
				t.Errorf("%q is in %s", part, doc)
			}
		}
	}
	before := s.Take(t.Context(), netip.MustParseAddr("203.0.113.9"), point).Origin
	i.now = i.now.Add(2 * traffic.Window)
	exchange(t, s)
	if all := documents(); len(all) != 0 {
		t.Errorf("after its window %s is stored", all)
	}
	i.now = i.now.Add(24 * time.Hour)
	if err := s.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := i.keys.Existing(t.Context(), "networks-2026-03-02"); !survey.Is(err, survey.NotFound) {
		t.Errorf("the key of yesterday: %v", err)
	}
	if after := s.Take(t.Context(), netip.MustParseAddr("203.0.113.9"), point).Origin; after == before {
		t.Error("a network is known again on the next day")
	}
	if _, err := i.keys.Existing(t.Context(), "networks-2026-03-03"); err != nil {
		t.Errorf("the key of today: %v", err)
	}
}

// A few submissions, as people send them, are not worth a write.
func TestFewAreNotWritten(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	usual := traffic.New(i.store, i.keys, traffic.UsualLimits, func() time.Time { return i.now }, slog.New(slog.DiscardHandler))
	take(t, usual, "203.0.113.9", point, traffic.UsualLimits.Flood/20-1)
	exchange(t, usual)
	err := i.store.Scan(t.Context(), survey.Traffic, "", "", func(doc bson.Raw) error {
		t.Errorf("%s is stored", doc)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Without the directory of keys, or the store, a server limits what comes to itself.
func TestAlone(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	var logged strings.Builder
	s := traffic.New(i.store, noKeys{}, limits, func() time.Time { return i.now }, slog.New(slog.NewTextHandler(&logged, nil)))
	for range 3 {
		take(t, s, "203.0.113.9", point, 30)
		exchange(t, s)
	}
	if stored, _ := take(t, s, "203.0.113.9", point, 100); stored != 0 {
		t.Errorf("%d more stored, want none", stored)
	}
	if n := strings.Count(logged.String(), "level=WARN"); n != 1 || strings.Contains(logged.String(), "203.0") {
		t.Errorf("logged %d times:\n%s", n, &logged)
	}

	failing := &surveytest.Failing{Store: i.store}
	s = traffic.New(failing, i.keys, limits, func() time.Time { return i.now }, slog.New(slog.DiscardHandler))
	take(t, s, "203.0.113.9", point, 60)
	failing.FailEach(t, func() error { return s.Exchange(t.Context()) })
	if stored, _ := take(t, s, "203.0.113.9", point, 100); stored != 0 {
		t.Errorf("%d more stored, want none", stored)
	}
}

type noKeys struct{}

func (noKeys) Key(context.Context, string) ([]byte, error) {
	return nil, survey.NewError(survey.Unavailable, "read key", nil)
}
func (noKeys) Destroy(context.Context, string) error { return nil }

// Whatever the order in which submissions reach two servers that exchange after
// each, together they let in no more than the limit and mark all above the flood.
func TestTwoServersAreAsOne(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 1))
			i := newInstallation(t)
			servers := []*traffic.Traffic{i.server(), i.server()}
			stored, marked := 0, 0
			for range limits.Network + 10 {
				a, b := take(t, servers[random.IntN(2)], "203.0.113.9", point, 1)
				stored, marked = stored+a, marked+b
				exchange(t, servers...)
				exchange(t, servers[0])
			}
			if stored != limits.Network || marked != limits.Network-limits.Flood {
				t.Errorf("%d stored, %d of them marked", stored, marked)
			}
		})
	}
}
