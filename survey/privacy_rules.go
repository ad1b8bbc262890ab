package survey

import (
	"cmp"
	"context"
)

// PrivacyRules are what an installation says about personal data: who answers for
// them, and for how long they are kept. Package privacy changes them, package
// retention keeps to them. They stand in the consent of forms, on the privacy page
// and in the record of processing; they are part of the catalogue in force, because
// every form shows them.
type PrivacyRules struct {
	ID         string     `bson:"_id" json:"-"`
	Rev        int64      `bson:"rev" json:"-"`
	Controller Text       `bson:"controller,omitempty" json:"controller,omitempty"` // who decides what is collected and why
	Address    string     `bson:"address,omitempty" json:"address,omitempty"`
	Phone      string     `bson:"phone,omitempty" json:"phone,omitempty"`
	Email      string     `bson:"email,omitempty" json:"email,omitempty"`
	Purpose    Text       `bson:"purpose,omitempty" json:"purpose,omitempty"`   // empty: to measure satisfaction, in the words of the page
	Security   string     `bson:"security,omitempty" json:"security,omitempty"` // address for who found a weakness: an email address or an https one
	Keep       KeepMonths `bson:"keep,omitempty" json:"keep"`
	BackupDays int        `bson:"backup_days,omitempty" json:"backup_days,omitempty"`

	// Campaigns are those with other months than Keep.
	Campaigns map[CampaignID]KeepMonths `bson:"campaigns,omitempty" json:"campaigns,omitempty"`
}

// KeepMonths is for how many months after the end of a campaign parts of its
// responses are kept; 0: as long as is usual.
type KeepMonths struct {
	Sensitive int `bson:"sensitive,omitempty" json:"sensitive,omitempty"` // answers that were given by consent: ethnicity
	Texts     int `bson:"texts,omitempty" json:"texts,omitempty"`         // what was written in words
}

// How long is usual, where nothing else was decided.
const (
	usualSensitiveMonths = 12
	usualTextMonths      = 24
	usualBackupDays      = 30
)

// PrivacyRulesID is the id of the one document, in Settings.
const PrivacyRulesID = "privacy"

// Complete reports whether a consent can name who answers for the data and how to
// reach them. One that cannot is no consent.
func (r *PrivacyRules) Complete() bool {
	return r.Controller[Vietnamese] != "" && r.Contact() != ""
}

// Contact is how the controller is reached, in one line.
func (r *PrivacyRules) Contact() string {
	if r.Phone != "" && r.Email != "" {
		return r.Phone + ", " + r.Email
	}
	return cmp.Or(r.Phone, r.Email)
}

// PurposeText says what the data are for, in the usual words where the office found
// none of its own.
func (r *PrivacyRules) PurposeText() Text {
	if r.Purpose[Vietnamese] != "" {
		return r.Purpose
	}
	return Text{
		Vietnamese: "Thống kê mức độ hài lòng của người dân về dịch vụ công và đánh giá việc thực hiện chỉ tiêu; không dùng cho việc khác.",
		English:    "Statistics on how satisfied citizens are with public services, and whether targets are met; nothing else.",
	}
}

// KeepOf is for how long parts of a campaign's responses are kept; no part of it is 0.
func (r *PrivacyRules) KeepOf(id CampaignID) KeepMonths {
	own := r.Campaigns[id]
	return KeepMonths{
		Sensitive: cmp.Or(own.Sensitive, r.Keep.Sensitive, usualSensitiveMonths),
		Texts:     cmp.Or(own.Texts, r.Keep.Texts, usualTextMonths),
	}
}

// DaysOfBackups is for how many days backups are kept, as the office promises.
func (r *PrivacyRules) DaysOfBackups() int { return cmp.Or(r.BackupDays, usualBackupDays) }

// LoadPrivacyRules reads the rules of a store; empty ones where none were decided.
func LoadPrivacyRules(ctx context.Context, store Store) (PrivacyRules, error) {
	r, err := Documents[PrivacyRules]{store, Settings}.Get(ctx, PrivacyRulesID)
	if Is(err, NotFound) {
		return PrivacyRules{ID: PrivacyRulesID}, nil
	}
	return r, err
}
