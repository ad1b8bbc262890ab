package survey

import (
	"context"
	"errors"
	"regexp"
	"slices"
)

// Shapes of codes. A form's stands in addresses and file names, an item's is a
// key in documents and forms.
var (
	FormCodeShape = regexp.MustCompile(`^[a-z0-9]+([-_][a-z0-9]+)*$`)
	ItemCodeShape = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
)

// frozen is the error of an edit of a published version.
func frozen(op string) error {
	return &Error{Kind: Conflict, Op: op, Key: "questionnaire.frozen"}
}

// StartDraft begins the next version of a questionnaire as a copy of the
// newest one, or returns the draft that somebody has begun.
func (e *Editor) StartDraft(ctx context.Context, actor Actor, code FormCode) (Questionnaire, error) {
	if draft := e.Catalog().Draft(code); draft != nil {
		return clone(*draft)
	}
	latest := e.Catalog().Latest(code)
	if latest == nil {
		return Questionnaire{}, NewError(NotFound, "start draft", nil)
	}
	draft, err := clone(*latest)
	if err != nil {
		return Questionnaire{}, err
	}
	return e.keepDraft(ctx, actor, draft, latest.Version+1)
}

// KeepDraft takes a questionnaire that was written elsewhere as the draft of
// its code: of the next version, or of the first. With replace it takes the
// place of a draft that there is; without, that is an Invalid error at "code".
func (e *Editor) KeepDraft(ctx context.Context, actor Actor, q Questionnaire, replace bool) (Questionnaire, error) {
	version, order := 1, q.Order
	if latest := e.Catalog().Latest(q.Code); latest != nil {
		version, order = latest.Version+1, latest.Order
		if latest.Family != q.Family {
			return q, invalid("questionnaire.invalid", "keep draft", map[string]Message{"code": {Key: "questionnaire.other_family", Args: []any{string(q.Code), latest.Title}}})
		}
	} else {
		taken := func(o Questionnaire) bool { return o.Order == order && o.Code != q.Code }
		for order = max(order, 1); slices.ContainsFunc(e.Catalog().Questionnaires, taken) || slices.ContainsFunc(e.Catalog().Drafts, taken); {
			order++
		}
	}
	q.Order = order
	if draft := e.Catalog().Draft(q.Code); draft != nil {
		if !replace {
			return q, invalid("questionnaire.invalid", "keep draft", map[string]Message{"code": {Key: "questionnaire.draft_there", Args: []any{string(q.Code)}}})
		}
		return change(ctx, e, actor, "questionnaire.edit", e.forms(), draft.ID, draft.Rev, func(d *Questionnaire) error {
			q.ID, q.Version, q.Rev, q.Draft = d.ID, d.Version, d.Rev, true
			*d = q
			d.cleanTexts()
			return nil
		})
	}
	return e.keepDraft(ctx, actor, q, version)
}

func (e *Editor) keepDraft(ctx context.Context, actor Actor, q Questionnaire, version int) (Questionnaire, error) {
	q.Version, q.Rev, q.Draft = version, 1, true
	q.ID = q.Ref().ID()
	q.cleanTexts()
	if err := e.forms().Insert(ctx, q); err != nil {
		return q, err
	}
	return q, e.Audit.Record(ctx, actor, "questionnaire.draft", "questionnaires/"+q.ID, nil, q.Ref())
}

// cleanTexts cleans, in place, every text that a person reads.
func (q *Questionnaire) cleanTexts() {
	options := func(all []Option) {
		for _, o := range all {
			o.Label.clean()
		}
	}
	q.Title.clean()
	q.Intro.clean()
	q.Source.clean()
	for _, s := range q.Scales {
		options(s.Points)
	}
	for _, f := range q.Factors {
		f.Name.clean()
	}
	for _, s := range q.Sections {
		s.Title.clean()
		s.Lead.clean()
		for _, it := range s.Items {
			it.Label.clean()
			it.Hint.clean()
			it.NA.clean()
			options(it.Options)
		}
	}
}

// ChangeDraft changes a part of a draft. do is given the stored draft and says
// with a Conflict if the part it changes is not as it was seen; two people who
// work on different parts do not disturb each other. A published version is a
// Conflict.
func (e *Editor) ChangeDraft(ctx context.Context, actor Actor, ref FormRef, do func(*Questionnaire) error) (Questionnaire, error) {
	const attempts = 5
	var err error
	for range attempts {
		var before Questionnaire
		if before, err = e.forms().Get(ctx, ref.ID()); err != nil {
			return before, err
		}
		if !before.Draft {
			return before, frozen("change draft")
		}
		var refused error
		var after Questionnaire
		after, err = change(ctx, e, actor, "questionnaire.edit", e.forms(), before.ID, before.Rev, func(q *Questionnaire) error {
			refused = do(q)
			q.cleanTexts()
			return refused
		})
		if err == nil || refused != nil || KindOf(err) != Conflict {
			return after, err
		}
	}
	return Questionnaire{}, err
}

// PublishForm freezes a draft of revision seen. Whoever calls has checked that
// it keeps the rules. From then on campaigns can ask it.
func (e *Editor) PublishForm(ctx context.Context, actor Actor, ref FormRef, seen int64) (Questionnaire, error) {
	return change(ctx, e, actor, "questionnaire.publish", e.forms(), ref.ID(), seen, func(q *Questionnaire) error {
		if !q.Draft {
			return frozen("publish questionnaire")
		}
		q.Draft = false
		return nil
	})
}

// DiscardDraft removes a draft of revision seen. The audit log keeps it.
func (e *Editor) DiscardDraft(ctx context.Context, actor Actor, ref FormRef, seen int64) error {
	q, err := e.forms().Get(ctx, ref.ID())
	switch {
	case err != nil:
		return err
	case !q.Draft:
		return frozen("discard draft")
	case q.Rev != seen:
		return NewError(Conflict, "discard draft", errors.New("it was changed"))
	}
	if err := e.Store.Delete(ctx, Questionnaires, q.ID, seen); err != nil {
		return err
	}
	return e.Audit.Record(ctx, actor, "questionnaire.discard", "questionnaires/"+q.ID, q, nil)
}
