package proof

import (
	"context"
	"crypto/hmac"
	"encoding/binary"
	"time"

	"hailong/survey"
	"hailong/survey/codes"
)

const (
	// ScreenWindow is how long a code stands on a screen.
	ScreenWindow = 2 * time.Minute

	screenTolerance = 30 * time.Second // before and after, because clocks differ

	// ScreenUses is how often one code opens a form as one of a screen, at each
	// server. More people than that are not served at a counter in two minutes,
	// also if some of them open the form twice.
	ScreenUses = 12

	screenDay        = 24 * time.Hour // for which a screen is given codes
	screenCodeLength = 8
)

// screenCode is a code at a point.
type screenCode struct {
	point survey.PointCode
	code  string
}

// ScreenCodes are the codes of a screen from a moment on, one after the other.
type ScreenCodes struct {
	Now    time.Time // the server's clock
	First  time.Time // when the first code begins
	Window time.Duration
	Codes  []string
}

// ScreenCodes returns the codes of an enrolled screen for a day from now on. They
// are the screen's own: when it is revoked, they open nothing any more.
func (p *Proofs) ScreenCodes(ctx context.Context, screen Device) (ScreenCodes, error) {
	now := p.now()
	codes := ScreenCodes{Now: now, First: now.Truncate(ScreenWindow), Window: ScreenWindow}
	for at := codes.First; at.Before(codes.First.Add(screenDay)); at = at.Add(ScreenWindow) {
		code, err := p.codeOf(ctx, screen, at)
		if err != nil {
			return ScreenCodes{}, err
		}
		codes.Codes = append(codes.Codes, code)
	}
	return codes, nil
}

// ScreenCode returns the code of an enrolled screen now.
func (p *Proofs) ScreenCode(ctx context.Context, screen Device) (string, error) {
	return p.codeOf(ctx, screen, p.now())
}

// codeOf is the code of a screen in the window of a moment. The key it was enrolled
// with is part of it, so that a screen enrolled anew has other codes.
func (p *Proofs) codeOf(ctx context.Context, screen Device, at time.Time) (string, error) {
	var window [8]byte
	binary.BigEndian.PutUint64(window[:], uint64(at.Unix()/int64(ScreenWindow/time.Second))) //nolint:gosec // after 1970
	sum, err := p.mac(ctx, "screen", []byte(screen.ID), []byte(screen.Key), window[:])
	if err != nil {
		return "", err
	}
	return codes.Characters(sum[:screenCodeLength]), nil
}

// exchange reports whether a code stands on a screen of a point now, give or take
// the tolerance, and counts that it was used.
func (p *Proofs) exchange(ctx context.Context, point survey.PointCode, code string) (bool, error) {
	if len(code) != screenCodeLength {
		return false, nil
	}
	devices, err := p.devicesAt(ctx, point)
	if err != nil {
		return false, err
	}
	now := p.now()
	windows := []time.Time{now}
	for _, at := range []time.Time{now.Add(-screenTolerance), now.Add(screenTolerance)} {
		if !at.Truncate(ScreenWindow).Equal(now.Truncate(ScreenWindow)) {
			windows = append(windows, at)
		}
	}
	for _, d := range devices {
		if !d.Counts() || d.Kind != Screen {
			continue
		}
		for _, at := range windows {
			shown, err := p.codeOf(ctx, d, at)
			if err != nil {
				return false, err
			}
			if hmac.Equal([]byte(shown), []byte(code)) {
				return p.use(screenCode{point, code}), nil
			}
		}
	}
	return false, nil
}

// use counts one more use of a code that stands on a screen, and reports whether
// it had one left. Codes that have gone are forgotten.
func (p *Proofs) use(code screenCode) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	window := p.now().Truncate(ScreenWindow)
	if p.window.Before(window) {
		// Of the window before, the tolerance may still let uses in.
		p.window, p.before, p.uses = window, p.uses, map[screenCode]int{}
	}
	if p.uses[code]+p.before[code] >= ScreenUses {
		return false
	}
	p.uses[code]++
	return true
}
