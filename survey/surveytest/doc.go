// Package surveytest gives tests of the survey's packages a real store after
// its first start, an intake over it, responses in it, and checks of errors.
//
// It must not hold a rule of its own: a test of a rule runs on the store that
// ships, and a stand-in only forces a failure.
package surveytest
