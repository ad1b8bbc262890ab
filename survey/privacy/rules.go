package privacy

import (
	"context"
	"net/mail"
	"net/url"
	"strings"
	"unicode/utf8"

	"hailong/survey"
)

// Bounds of what staff may decide.
const (
	maxLine       = 200
	maxPurpose    = 600
	MaxMonths     = 120
	MaxBackupDays = 3650
)

// SetRules replaces the rules of revision seen. Errors: Invalid with its Fields,
// Conflict if they have another revision.
func SetRules(ctx context.Context, changes *survey.Changes, actor survey.Actor, seen int64, rules survey.PrivacyRules) error {
	if err := check(&rules); err != nil {
		return err
	}
	_, err := survey.Change(ctx, changes, survey.Edit[survey.PrivacyRules]{
		Collection: survey.Settings, ID: survey.PrivacyRulesID, Seen: seen, Actor: actor, Action: "privacy.rules",
		Do: func(stored *survey.PrivacyRules) error {
			rev := stored.Rev
			*stored = rules
			stored.ID, stored.Rev = survey.PrivacyRulesID, rev
			return nil
		},
	})
	return err
}

// check cleans rules, and says what is wrong with them. What is left empty is not
// wrong: the rules may be decided piece by piece.
func check(r *survey.PrivacyRules) error {
	fields := survey.Fields{}
	line := func(field string, s *string, most int) {
		*s = strings.TrimSpace(survey.CleanText(*s))
		if utf8.RuneCountInString(*s) > most {
			fields.Add(field, "privacy.too_long", most)
		}
	}
	text := func(field string, t survey.Text, most int) {
		for lang, s := range t {
			line(field+"_"+string(lang), &s, most)
			if t[lang] = s; s == "" {
				delete(t, lang)
			}
		}
	}
	text("controller", r.Controller, maxLine)
	text("purpose", r.Purpose, maxPurpose)
	line("address", &r.Address, maxLine)
	line("phone", &r.Phone, maxLine)
	line("email", &r.Email, maxLine)
	line("security", &r.Security, maxLine)
	if r.Email != "" && !isEmail(r.Email) {
		fields.Add("email", "privacy.bad_email")
	}
	if r.Security != "" && SecurityContact(r.Security) == "" {
		fields.Add("security", "privacy.bad_security")
	}
	months := func(field string, n int) {
		if n < 0 || n > MaxMonths {
			fields.Add(field, "privacy.bad_months", MaxMonths)
		}
	}
	months("sensitive", r.Keep.Sensitive)
	months("texts", r.Keep.Texts)
	for id, keep := range r.Campaigns {
		months("sensitive."+string(id), keep.Sensitive)
		months("texts."+string(id), keep.Texts)
	}
	if r.BackupDays < 0 || r.BackupDays > MaxBackupDays {
		fields.Add("backup_days", "privacy.bad_days", MaxBackupDays)
	}
	return fields.Err("set rules of privacy", "privacy.invalid")
}

func isEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}

// SecurityContact is the address for who found a weakness, as RFC 9116 writes it:
// "mailto:…" or "https://…"; empty for what is neither.
func SecurityContact(s string) string {
	if isEmail(s) {
		return "mailto:" + s
	}
	if u, err := url.Parse(s); err == nil && u.Scheme == "https" && u.Host != "" && !strings.ContainsAny(s, " \r\n") {
		return s
	}
	return ""
}
