package slips

import (
	"bytes"
	"context"

	"hailong/survey"
)

// Point returns the point whose form a code opens. Of a code that no slip has it is a
// point drawn from the key and the code, so that nobody learns which codes there are.
// NotFound where no point could have slips at all.
func (s *Slips) Point(ctx context.Context, code SlipCode) (survey.PointCode, error) {
	h, err := s.hasher(ctx)
	if err != nil {
		return "", err
	}
	drawn := s.drawPoint(h, code) // also for a slip that there is: it takes its time
	slip, err := s.slips().Get(ctx, h.id("slip", string(code)))
	switch {
	case err == nil && s.catalog().Point(slip.Point) != nil:
		return slip.Point, nil
	case err != nil && !survey.Is(err, survey.NotFound):
		return "", err
	case drawn == "":
		return "", &survey.Error{Kind: survey.NotFound, Op: "find slip", Key: "slip.form.no_point"}
	}
	return drawn, nil
}

// drawPoint draws one of the points that slips could be of: by the highest hash, so
// that a point more or less changes the draw of few codes.
func (s *Slips) drawPoint(h hasher, code SlipCode) (drawn survey.PointCode) {
	catalog := s.catalog()
	var highest []byte
	for i := range catalog.Points {
		p := &catalog.Points[i]
		form := catalog.Latest(p.Form)
		if p.Off || p.Channel == survey.ChannelPaper || form == nil || form.Family != survey.Procedures {
			continue
		}
		if _, _, err := catalog.CampaignFor(p, s.today()); err != nil {
			continue
		}
		if sum := h.sum("point", string(code), string(p.Code)); bytes.Compare(sum, highest) > 0 {
			drawn, highest = p.Code, sum
		}
	}
	return drawn
}
