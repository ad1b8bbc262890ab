package results

import (
	"context"
	"log/slog"

	"github.com/google/uuid"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/segments"
	"hailong/survey"
)

// Segments are the files from which figures of releases are loaded instead of from
// responses, where these prove them. What is published is read from the responses.
type Segments struct {
	directory *segments.Directory
	responses *columns.Responses
}

// OpenSegments has figures loaded from the segments in a directory of this process. It is
// called before the first load; the caller closes what it returns. Errors: the directory
// cannot be used, or another process uses it.
func (l *Released) OpenSegments(path string, log *slog.Logger) (*Segments, error) {
	d, err := segments.Open(path, log)
	if err != nil {
		return nil, survey.NewError(survey.Unavailable, "open segments", err)
	}
	l.responses.UseSegments(d)
	return &Segments{d, l.responses}, nil
}

// Build makes segments of what is in none, and removes those that are not as the store any
// more. It returns of how many responses it made some; they are used by the next load.
func (s *Segments) Build(ctx context.Context) (responses int, err error) {
	return s.responses.BuildSegments(ctx)
}

// Forget removes the files that hold a response which is about to be taken back.
func (s *Segments) Forget(id survey.ResponseID) error {
	parsed, err := uuid.Parse(string(id))
	if err != nil { // no other is in a segment
		return nil //nolint:nilerr // there is nothing to remove
	}
	return s.directory.Forget(parsed)
}

// Close gives the directory to other processes; figures that were loaded stay.
func (s *Segments) Close() error { return s.directory.Close() }
