package slips

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"hailong/survey"
)

// dossier says that an application got a slip. Its id is the keyed hash of the
// application's code. While its slip is being issued it carries a claim, so that a
// request that is repeated after a kill finds its own; then it joins nothing, and is
// forgotten two years later.
type dossier struct {
	ID    string    `bson:"_id"`
	Rev   int64     `bson:"rev"`
	Claim string    `bson:"claim,omitempty"` // keyed hash of the application's code and the request
	Hour  time.Time `bson:"hour,omitempty"`  // of the claim
	Month string    `bson:"month,omitempty"` // in which it got its slip, so that it can be forgotten
}

const monthLayout = "2006-01"

const maxDossier = 60

func (s *Slips) dossiers() survey.Documents[dossier] {
	return survey.Documents[dossier]{Store: s.store, Collection: survey.SlipDossiers}
}

// normalDossiers returns codes of applications as they are compared: without spaces,
// in capitals. What is wrong with them names their places, never them.
func normalDossiers(rules Rules, r IssueRequest, fields survey.Fields) []string {
	pattern, err := regexp.Compile(rules.Pattern)
	if len(r.Dossiers) > 0 && (err != nil || len(r.Dossiers) > r.Count) {
		fields.Add("dossiers", "slip.many_dossiers", r.Count)
		return nil
	}
	seen := map[string]bool{}
	var normal, bad []string
	for i, d := range r.Dossiers {
		d = strings.ToUpper(strings.Join(strings.Fields(d), ""))
		if len(d) > maxDossier || !pattern.MatchString(d) || strings.Contains(d, "\x00") || seen[d] {
			bad = append(bad, strconv.Itoa(i+1))
		}
		seen[d] = true
		normal = append(normal, d)
	}
	if len(bad) > 0 {
		fields.Add("dossiers", "slip.bad_dossier", strings.Join(bad, ", "))
	}
	return normal
}

// claims are the applications that a request holds.
type claims struct {
	slips *Slips
	mine  []dossier
}

// claim takes applications for a request: all of them, or none and Invalid with the
// places of those that have a slip. It looks before it writes, so that a refusal
// writes nothing but in a race.
func (s *Slips) claim(ctx context.Context, request string, codes []string) (claims, error) {
	c := claims{slips: s}
	if len(codes) == 0 {
		return c, nil
	}
	h, err := s.hasher(ctx)
	if err != nil {
		return c, err
	}
	for _, code := range codes {
		c.mine = append(c.mine, dossier{ID: h.id("dossier", code), Rev: 1, Claim: h.id("claim", code, request), Hour: s.hour(), Month: s.now().In(survey.Zone).Format(monthLayout)})
	}
	if err := c.refused(ctx); err != nil {
		return c, err
	}
	if _, err := survey.InsertAll(ctx, s.store, survey.SlipDossiers, c.mine); err != nil {
		return c, err
	}
	if err := c.refused(ctx); err != nil { // another request was faster with one of them
		return c, c.release(ctx, err)
	}
	return c, nil
}

// refused returns an error if an application has a slip of another request.
func (c *claims) refused(ctx context.Context) error {
	var taken []string
	for i, d := range c.mine {
		stored, err := c.slips.dossiers().Get(ctx, d.ID)
		switch {
		case survey.Is(err, survey.NotFound):
		case err != nil:
			return err
		case stored.Claim != d.Claim:
			taken = append(taken, strconv.Itoa(i+1))
		}
	}
	if taken == nil {
		return nil
	}
	return survey.InvalidField("issue slips", "slip.invalid", "dossiers", "slip.dossier_taken", strings.Join(taken, ", "))
}

// release gives back what was claimed for slips that were not issued, and returns why
// they were not. Where the store fails, the batch may have been stored all the same:
// then nothing is given back, and the same request, sent again, finds its claims. If
// it never comes, Forget takes the applications for served.
func (c *claims) release(ctx context.Context, why error) error {
	if survey.Is(why, survey.Unavailable) || survey.Is(why, survey.Internal) {
		return why
	}
	for _, d := range c.mine {
		stored, err := c.slips.dossiers().Get(ctx, d.ID)
		if err != nil || stored.Claim != d.Claim {
			continue
		}
		if err := c.slips.store.Delete(ctx, survey.SlipDossiers, d.ID, stored.Rev); err != nil {
			return err
		}
	}
	return why
}

// settle takes the claims off: the applications have their slips. What fails is done
// by Forget.
func (c *claims) settle(ctx context.Context) {
	for _, d := range c.mine {
		_ = c.slips.settle(ctx, d)
	}
}

func (s *Slips) settle(ctx context.Context, d dossier) error {
	return s.dossiers().Replace(ctx, d.Rev, dossier{ID: d.ID, Rev: d.Rev + 1, Month: d.Month})
}
