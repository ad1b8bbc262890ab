package releases

import (
	"context"

	"hailong/survey"
)

// forget takes off marks of what was taken back what a release needs: the one just cut
// leaves out those who entered with it, and so do all later ones.
//
// The release is stored first. A kill between leaves marks that have those who entered
// together stand back although the release took notice: too many stay out until the next
// one takes them in, and nobody is told apart. Who loads responses reads the releases
// once more when all are read, and so hears of one that was cut meanwhile before it
// believes a mark that has nothing to say. Marks that another server cuts a release by at
// the same moment are left to it: only who stored the release has seen that it leaves
// them out. Where nothing changed, a mark is of a response that no release held; were
// another server, which saw that response, to cut a release of few at this very moment,
// those who enter with it would be one fewer.
func (rs *Releases) forget(ctx context.Context, marks []survey.TakenBack) error {
	docs := survey.Documents[survey.TakenBack]{Store: rs.store, Collection: survey.Responses}
	for _, mark := range marks {
		seen := mark.Rev
		bare := mark.Bare()
		bare.Rev++
		if err := docs.Replace(ctx, seen, bare); err != nil && !survey.Is(err, survey.Conflict) && !survey.Is(err, survey.NotFound) {
			return err
		}
	}
	return nil
}
