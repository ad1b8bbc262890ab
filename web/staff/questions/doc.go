// Package questions is the staff pages that edit, compare, import and export
// questionnaires.
//
// It must not decide when a draft is complete or two versions compare:
// survey/questions does.
package questions
