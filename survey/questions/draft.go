package questions

import (
	"context"
	"errors"
	"regexp"
	"slices"

	"hailong/survey"
)

// Drafts is what staff change in questionnaires. Each change expects the revision
// that was seen, and is in the audit log when its method returns.
type Drafts struct {
	Changes *survey.Changes
	Catalog func() *survey.Catalog // as of now
}

// editOf is a change of a questionnaire of revision seen.
func editOf(actor survey.Actor, action survey.Action, id string, seen int64, do func(*survey.Questionnaire) error) survey.Edit[survey.Questionnaire] {
	return survey.Edit[survey.Questionnaire]{Collection: survey.Questionnaires, ID: id, Seen: seen, Actor: actor, Action: action, Do: do}
}

// Shapes of codes. A form's stands in addresses and file names, an item's is a
// key in documents and forms.
var (
	FormCodeShape = regexp.MustCompile(`^[a-z0-9]+([-_][a-z0-9]+)*$`)
	ItemCodeShape = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
)

// frozen is the error of an edit of a published version.
func frozen(op string) error {
	return &survey.Error{Kind: survey.Conflict, Op: op, Key: "questionnaire.frozen"}
}

// StartDraft begins the next version of a questionnaire as a copy of the
// newest one, or returns the draft that somebody has begun.
func (e *Drafts) StartDraft(ctx context.Context, actor survey.Actor, code survey.FormCode) (survey.Questionnaire, error) {
	if draft := e.Catalog().Draft(code); draft != nil {
		return survey.Clone(*draft)
	}
	latest := e.Catalog().Latest(code)
	if latest == nil {
		return survey.Questionnaire{}, survey.NewError(survey.NotFound, "start draft", nil)
	}
	draft, err := survey.Clone(*latest)
	if err != nil {
		return survey.Questionnaire{}, err
	}
	return e.keepDraft(ctx, actor, draft, latest.Version+1)
}

// KeepDraft takes a questionnaire that was written elsewhere as the draft of
// its code: of the next version, or of the first. With replace it takes the
// place of a draft that there is; without, that is an Invalid error at "code".
func (e *Drafts) KeepDraft(ctx context.Context, actor survey.Actor, q survey.Questionnaire, replace bool) (survey.Questionnaire, error) {
	version, order := 1, q.Order
	if latest := e.Catalog().Latest(q.Code); latest != nil {
		version, order = latest.Version+1, latest.Order
		if latest.Family != q.Family {
			return q, survey.InvalidField("keep draft", "questionnaire.invalid", "code", "questionnaire.other_family", string(q.Code), latest.Title)
		}
	} else {
		taken := func(o survey.Questionnaire) bool { return o.Order == order && o.Code != q.Code }
		for order = max(order, 1); slices.ContainsFunc(e.Catalog().Questionnaires, taken) || slices.ContainsFunc(e.Catalog().Drafts, taken); {
			order++
		}
	}
	q.Order = order
	if draft := e.Catalog().Draft(q.Code); draft != nil {
		if !replace {
			return q, survey.InvalidField("keep draft", "questionnaire.invalid", "code", "questionnaire.draft_there", string(q.Code))
		}
		return survey.Change(ctx, e.Changes, editOf(actor, "questionnaire.edit", draft.ID, draft.Rev, func(d *survey.Questionnaire) error {
			q.ID, q.Version, q.Draft = d.ID, d.Version, true
			*d = q
			cleanTexts(d)
			return nil
		}))
	}
	return e.keepDraft(ctx, actor, q, version)
}

func (e *Drafts) keepDraft(ctx context.Context, actor survey.Actor, q survey.Questionnaire, version int) (survey.Questionnaire, error) {
	q.Version, q.Draft = version, true
	q.ID = q.Ref().ID()
	cleanTexts(&q)
	edit := editOf(actor, "questionnaire.draft", q.ID, 0, func(stored *survey.Questionnaire) error {
		*stored = q
		return nil
	})
	edit.Show = func(q *survey.Questionnaire) any { return q.Ref() }
	return survey.Change(ctx, e.Changes, edit)
}

// cleanTexts cleans, in place, every text that a person reads.
func cleanTexts(q *survey.Questionnaire) {
	options := func(all []survey.Option) {
		for _, o := range all {
			o.Label.Clean()
		}
	}
	q.Title.Clean()
	q.Intro.Clean()
	q.Source.Clean()
	for _, s := range q.Scales {
		options(s.Points)
	}
	for _, f := range q.Factors {
		f.Name.Clean()
	}
	for _, s := range q.Sections {
		s.Title.Clean()
		s.Lead.Clean()
		for _, it := range s.Items {
			it.Label.Clean()
			it.Hint.Clean()
			it.NA.Clean()
			options(it.Options)
		}
	}
}

// ChangeDraft changes a part of a draft. do is given the stored draft and says
// with a Conflict if the part it changes is not as it was seen; two people who
// work on different parts do not disturb each other. A published version is a
// Conflict.
func (e *Drafts) ChangeDraft(ctx context.Context, actor survey.Actor, ref survey.FormRef, do func(*survey.Questionnaire) error) (survey.Questionnaire, error) {
	return survey.Change(ctx, e.Changes, editOf(actor, "questionnaire.edit", ref.ID(), survey.AnyRevision, func(q *survey.Questionnaire) error {
		if !q.Draft {
			return frozen("change draft")
		}
		err := do(q)
		cleanTexts(q)
		return err
	}))
}

// PublishForm freezes a draft of revision seen. Whoever calls has checked that
// it keeps the rules. From then on campaigns can ask it.
func (e *Drafts) PublishForm(ctx context.Context, actor survey.Actor, ref survey.FormRef, seen int64) (survey.Questionnaire, error) {
	return survey.Change(ctx, e.Changes, editOf(actor, "questionnaire.publish", ref.ID(), seen, func(q *survey.Questionnaire) error {
		if !q.Draft {
			return frozen("publish questionnaire")
		}
		q.Draft = false
		return nil
	}))
}

// DiscardDraft removes a draft of revision seen. The audit log keeps it.
func (e *Drafts) DiscardDraft(ctx context.Context, actor survey.Actor, ref survey.FormRef, seen int64) error {
	q, err := survey.Documents[survey.Questionnaire]{Store: e.Changes.Store, Collection: survey.Questionnaires}.Get(ctx, ref.ID())
	switch {
	case err != nil:
		return err
	case !q.Draft:
		return frozen("discard draft")
	case q.Rev != seen:
		return survey.NewError(survey.Conflict, "discard draft", errors.New("it was changed"))
	}
	act := e.Changes.Begin(actor).Entry("questionnaire.discard", "questionnaires/"+q.ID, q, nil)
	act.Remove(survey.Questionnaires, q.ID, seen)
	return act.Do(ctx)
}
