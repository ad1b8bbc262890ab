package retention

import (
	"slices"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// without is a stored response without its sensitive answers, its texts, or both, in
// its next revision; nil where it holds nothing of that. held are the parts that it
// did hold.
func without(doc bson.Raw, sensitive map[survey.FormRef]map[string]bool, answers, texts bool) (left bson.Raw, held []ResponsePart, err error) {
	var r survey.Response
	if err := r.UnmarshalBSON(doc); err != nil {
		return nil, nil, survey.NewError(survey.Internal, "erase what is kept no longer", err)
	}
	if answers {
		codes := sensitive[r.Form]
		n := len(r.Answers) + len(r.Texts)
		r.Answers = slices.DeleteFunc(r.Answers, func(a survey.Answer) bool { return codes[a.Item] })
		r.Texts = slices.DeleteFunc(r.Texts, func(w survey.Words) bool { return codes[w.Item] }) // an answer in words beside its code
		if len(r.Answers)+len(r.Texts) < n {
			held = append(held, Sensitive)
		}
	}
	if texts && len(r.Texts) > 0 {
		r.Texts = nil
		held = append(held, Texts)
	}
	if len(held) == 0 {
		return nil, nil, nil
	}
	plain, err := r.MarshalBSON()
	if err != nil {
		return nil, nil, survey.NewError(survey.Internal, "erase what is kept no longer", err)
	}
	left, err = survey.KeepCommitment(doc, plain)
	return left, held, err
}
