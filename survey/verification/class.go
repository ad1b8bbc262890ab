package verification

import "hailong/survey"

// Class is what a response is worth as evidence, as far as the response itself
// tells; see the package's comment on suspects.
type Class string

// The classes.
const (
	Open     Class = ""
	Verified Class = "verified"
)

// ClassOf returns the class of a response by the proof that was written into it
// and the batch of paper forms it was entered from. A form of a batch was counted
// by its serial number before that was written as a proof.
func ClassOf(proof survey.Proof, batch survey.BatchID) Class {
	if proof != survey.Unverified || batch != "" {
		return Verified
	}
	return Open
}
