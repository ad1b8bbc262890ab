// Package formview shows a questionnaire as a form and reads what was answered:
// for the citizen, the kiosk, a paper form entered, and the preview of a
// draft.
//
// It owns the fields and the rules that hide a question until it applies. It
// must not store a response or decide who may answer.
package formview
