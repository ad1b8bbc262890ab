// Package privacy is the staff page about the rules of personal data: who answers
// for them, and for how long they are kept.
//
// It must not decide what is right: survey/privacy checks, survey/retention erases.
package privacy
