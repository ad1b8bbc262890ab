package editions_test

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"hailong/survey"
	"hailong/survey/editions"
)

// newSnapshot is the snapshot of content that is published.
func newSnapshot(content any) (editions.Snapshot, error) {
	return editions.NewSnapshot("tthc-2026", 1, time.Date(2026, 12, 31, 8, 0, 0, 0, survey.Zone), content)
}

// The samples of RFC 8785, sections 3.2.2 to 3.2.4, and what differed before.
func TestSnapshotIsCanonical(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ content, want string }{
		"Sample": {
			`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
			  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`,
			`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
		},
		"Keys": {
			`{"\u20ac": 5, "\r": 1, "\ufb33": 7, "1": 2, "\ud83d\ude00": 6, "\u0080": 3, "\u00f6": 4}`,
			"{\"\\r\":1,\"1\":2,\"\u0080\":3,\"ö\":4,\"€\":5,\"😀\":6,\"\ufb33\":7}",
		},
		"LineSeparator": {`{"a":"x\u2028y\u2029z"}`, "{\"a\":\"x\u2028y\u2029z\"}"},
		"Markup":        {`{"a":"<b> & c"}`, `{"a":"<b> & c"}`},
		"Numbers":       {`[1e21, 1e20, -0, -0.0, 1e-7, 1e-6, 5.0, 100e-2]`, `[1e+21,100000000000000000000,0,0,1e-7,0.000001,5,1]`},
		"Letters":       {`{"b":"Xã Bum Tở","a":"\u1edf"}`, `{"a":"ở","b":"Xã Bum Tở"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := newSnapshot(json.RawMessage(c.content))
			if err != nil {
				t.Fatal(err)
			}
			if got.Body != c.want {
				t.Errorf("body %s, want %s", got.Body, c.want)
			}
			if got.Canonical != editions.RFC8785 {
				t.Errorf("form %q, want %q", got.Canonical, editions.RFC8785)
			}
			if !got.Intact() {
				t.Error("what was just published is not intact")
			}
		})
	}
}

// RFC 8785, appendix B.
func TestSnapshotNumbers(t *testing.T) {
	t.Parallel()
	samples := []struct {
		bits uint64
		want string
	}{
		{0x0000000000000000, "0"},
		{0x8000000000000000, "0"},
		{0x0000000000000001, "5e-324"},
		{0x8000000000000001, "-5e-324"},
		{0x7fefffffffffffff, "1.7976931348623157e+308"},
		{0xffefffffffffffff, "-1.7976931348623157e+308"},
		{0x4340000000000000, "9007199254740992"},
		{0xc340000000000000, "-9007199254740992"},
		{0x4430000000000000, "295147905179352830000"},
		{0x44b52d02c7e14af5, "9.999999999999997e+22"},
		{0x44b52d02c7e14af6, "1e+23"},
		{0x44b52d02c7e14af7, "1.0000000000000001e+23"},
		{0x444b1ae4d6e2ef4e, "999999999999999700000"},
		{0x444b1ae4d6e2ef4f, "999999999999999900000"},
		{0x444b1ae4d6e2ef50, "1e+21"},
		{0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
		{0x3eb0c6f7a0b5ed8d, "0.000001"},
		{0x41b3de4355555553, "333333333.3333332"},
		{0x41b3de4355555554, "333333333.33333325"},
		{0x41b3de4355555555, "333333333.3333333"},
		{0x41b3de4355555556, "333333333.3333334"},
		{0x41b3de4355555557, "333333333.33333343"},
		{0xbecbf647612f3696, "-0.0000033333333333333333"},
		{0x43143ff3c1cb0959, "1424953923781206.2"},
	}
	var content []float64
	var want []string
	for _, s := range samples {
		content, want = append(content, math.Float64frombits(s.bits)), append(want, s.want)
	}
	got, err := newSnapshot(content)
	if err != nil {
		t.Fatal(err)
	}
	if text := "[" + strings.Join(want, ",") + "]"; got.Body != text {
		t.Errorf("body %s, want %s", got.Body, text)
	}
	for i, s := range samples { // and each reads back as the same number
		if v, err := strconv.ParseFloat(s.want, 64); err != nil || v != content[i] {
			t.Errorf("%s reads back as %v, %v", s.want, v, err)
		}
	}
	if _, err := newSnapshot(math.NaN()); !survey.Is(err, survey.Internal) {
		t.Errorf("what is not a number: %v, want internal", err)
	}
}
