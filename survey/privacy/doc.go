// Package privacy is what an installation says about personal data, and the record
// of their processing (DPIA draft) that the law asks for.
//
// It owns the rules that staff decide (survey.PrivacyRules) and the record, which is
// made from what is stored and not from what somebody once wrote down. It must not
// erase anything: package retention does, and package takeback for a sender.
package privacy
