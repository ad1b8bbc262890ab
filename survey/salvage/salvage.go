package salvage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// Source is a damaged store, of which whatever can be read is read.
type Source interface {
	// Contents lists the collections that were found.
	Contents(ctx context.Context) ([]survey.Collection, error)

	// Format returns the format of the store, or that of this program where it cannot be
	// read.
	Format(ctx context.Context) (survey.StoreFormat, error)

	// Find visits each document of a collection whose checksum fits. Those that are loose
	// come behind the others, of one id the newest first. The caller owns them.
	Find(ctx context.Context, c survey.Collection, visit func(survey.FoundDocument) error) error

	// Expected is how many documents a collection held, where that is known.
	Expected(c survey.Collection) (documents int, known bool)

	// Damage lists what could not be read, as far as it was met.
	Damage() []survey.Damage
}

// Target is the new store.
type Target interface {
	survey.Carrier
	SetFormat(ctx context.Context, seen, next survey.StoreFormat) error
}

// By is what a half-filled store names as the command that fills it.
const By = "check --salvage"

// Options say how a salvage is made.
type Options struct {
	Actor    survey.Actor
	Now      func() time.Time
	SetApart func(c survey.Collection, doc bson.Raw) error // takes what nobody vouches for
	Progress func(c survey.Collection, documents int)      // is told of how many more went over
}

// ErrInUse is the cause of the error of a target that holds something.
var ErrInUse = errors.New("kho đích không trống; xin chọn kho mới / the target is not empty; choose a new one")

// Run puts everything that can be read of a source into a target, which is empty or was
// left by a salvage that was killed. Errors are those of the stores and of SetApart, and
// Invalid with the cause ErrInUse.
func Run(ctx context.Context, from Source, to Target, o Options) (Report, error) {
	r := &run{from: from, to: to, options: o}
	if err := r.begin(ctx); err != nil {
		return r.report, err
	}
	all, err := from.Contents(ctx)
	if err != nil {
		return r.report, err
	}
	// First what vouches for the rest.
	first := []survey.Collection{survey.Audit, survey.Chains, survey.LedgerDays, survey.Ledger, survey.TakenBackMarks}
	rest := slices.DeleteFunc(survey.WithUnknown(all), func(c survey.Collection) bool { return slices.Contains(first, c) })
	for _, c := range slices.Concat(first, rest) {
		if err := r.collection(ctx, c); err != nil {
			return r.report, err
		}
	}
	r.report.note(from.Damage())
	if err := r.state(ctx); err != nil {
		return r.report, err
	}
	filled := r.marked
	filled.Filling = ""
	return r.report, to.SetFormat(ctx, r.marked, filled)
}

// run is a salvage under way.
type run struct {
	from    Source
	to      Target
	options Options
	marked  survey.StoreFormat
	report  Report
	vouch   vouchers
}

// begin marks the target as half filled, with the format of the source: the migrations
// that its documents lack are still to come.
func (r *run) begin(ctx context.Context) error {
	theirs, err := r.from.Format(ctx)
	if err != nil {
		return err
	}
	if err := theirs.CheckVersion(); err != nil {
		return err
	}
	seen, err := r.to.Format(ctx)
	if err != nil {
		return err
	}
	if seen.Filling != By {
		if err := r.expectEmpty(ctx); err != nil {
			return err
		}
	}
	r.marked = seen
	r.marked.Version, r.marked.Rising, r.marked.Filling = max(theirs.Done(), survey.FirstChecksums), false, By
	return r.to.SetFormat(ctx, seen, r.marked)
}

func (r *run) expectEmpty(ctx context.Context) error {
	all, err := r.to.Contents(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		err := r.to.Scan(ctx, c, "", "", func(bson.Raw) error {
			return survey.NewError(survey.Invalid, "salvage", fmt.Errorf("%s: %w", c, ErrInUse))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Documents go over in groups of at most so many and so large.
const (
	groupDocuments = 1000
	groupBytes     = 4 << 20
)

// collection puts what can be read of a collection into the target: what is in force, and
// then what somebody vouches for.
func (r *run) collection(ctx context.Context, c survey.Collection) error {
	if err := r.to.AddCollection(ctx, c); err != nil {
		return err
	}
	of := CollectionReport{Collection: c}
	var group []bson.Raw
	size, loose := 0, false
	flush := func() error {
		if _, err := r.to.Insert(ctx, c, group...); err != nil {
			return err
		}
		r.options.Progress(c, len(group))
		group, size = nil, 0
		return nil
	}
	err := r.from.Find(ctx, c, func(f survey.FoundDocument) error {
		if f.Loose {
			loose = true
			return nil
		}
		group = append(group, f.Doc)
		if size += len(f.Doc); len(group) < groupDocuments && size < groupBytes {
			return nil
		}
		return flush()
	})
	if err == nil && len(group) > 0 {
		err = flush()
	}
	if err == nil && loose {
		err = r.apart(ctx, c, &of)
	}
	if err == nil && c == survey.Responses {
		err = r.putMarks(ctx, &of)
	}
	if err == nil {
		err = r.count(ctx, &of)
	}
	r.report.Collections = append(r.report.Collections, of)
	return err
}

// apart decides about what was found apart.
func (r *run) apart(ctx context.Context, c survey.Collection, of *CollectionReport) error {
	if err := r.prepare(ctx, c); err != nil {
		return err
	}
	return r.from.Find(ctx, c, func(f survey.FoundDocument) error {
		if !f.Loose {
			return nil
		}
		id, err := survey.DocumentID(f.Doc)
		if err != nil {
			return err
		}
		if _, err = r.to.Get(ctx, c, id); err == nil { // a newer one is there
			return nil
		} else if !survey.Is(err, survey.NotFound) {
			return err
		}
		switch r.vouch.of(c, id, f.Doc) {
		case leave:
			of.LeftOut++
		case setApart:
			of.SetApart++
			return r.options.SetApart(c, f.Doc)
		case take:
			if _, err := r.to.Insert(ctx, c, f.Doc); err != nil {
				return err
			}
			of.Vouched++
			r.options.Progress(c, 1)
		}
		return nil
	})
}

// putMarks puts the mark of each response that was taken back in its place, where nothing
// is: it cannot be sent again. Where the response itself is in force, its sender was not
// told yet that it was taken back, or an old backup was restored: the next start takes it
// back again. A mark that is lost is made anew from the one in the place of its response.
func (r *run) putMarks(ctx context.Context, of *CollectionReport) error {
	put := func(from, to survey.Collection) error {
		return r.to.Scan(ctx, from, "", "", func(raw bson.Raw) error {
			if !survey.IsTakenBack(raw) {
				return nil
			}
			var mark survey.TakenBack
			if err := bson.Unmarshal(raw, &mark); err != nil {
				return survey.NewError(survey.Internal, "salvage", err)
			}
			if mark = mark.Bare(); to == survey.TakenBackMarks {
				mark.Rev = 1
			}
			fresh, err := survey.InsertAll(ctx, r.to, to, []survey.TakenBack{mark})
			if err == nil && fresh[0] {
				of.Marked++
			}
			return err
		})
	}
	if err := put(survey.TakenBackMarks, survey.Responses); err != nil || !r.report.lost(survey.TakenBackMarks) {
		return err
	}
	return put(survey.Responses, survey.TakenBackMarks)
}

// count counts what is in the target, and what is missing.
func (r *run) count(ctx context.Context, of *CollectionReport) error {
	err := r.to.Scan(ctx, of.Collection, "", "", func(bson.Raw) error { of.Salvaged++; return nil })
	if stored, known := r.from.Expected(of.Collection); known {
		missing := max(stored-of.Salvaged, 0)
		of.Stored, of.Missing = &stored, &missing
	}
	return err
}
