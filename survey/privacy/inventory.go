package privacy

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/retention"
)

// Inventory is what a store really holds of people, as the record of processing
// tells of it.
type Inventory struct {
	On          survey.Date
	Rules       survey.PrivacyRules
	Collections []CollectionContent
	Campaigns   []CampaignContent
	TakenBack   int // responses that their senders took back
	Exact       int // responses of days that are over whose minute is not blurred yet
	Contacts    ContactContent
	Recipients  []RoleContent
	Programs    int // tokens in force
	Aged        retention.AgedRecord
	Entries     int       // of the audit log
	LastBackup  time.Time // zero: none is in the log
}

// CollectionContent is what is in a collection.
type CollectionContent struct {
	Collection survey.Collection
	Documents  int
	Bytes      int
	Fields     []string // of its documents, on the first level
}

// CampaignContent is what is in the responses of a campaign, and until when.
type CampaignContent struct {
	Campaign  survey.Campaign
	Responses int
	Sensitive int // with answers that were given by consent
	Texts     int // with something in words
	Keep      survey.KeepMonths
	// From which day each part is kept no longer; empty while the campaign goes on.
	SensitiveDue, TextsDue survey.Date
	Erased                 []retention.Erasure
}

// ContactContent is how the contacts of drawn people are kept.
type ContactContent struct{ Sealed, Plain int }

// RoleContent is who may see what the role may.
type RoleContent struct {
	Role          survey.Role
	People        int
	SecondFactors int // of them
}

// Read makes the inventory of a store. It reads every document.
func Read(ctx context.Context, store survey.Store, now time.Time) (*Inventory, error) {
	catalog, err := survey.LoadCatalog(ctx, store)
	if err != nil {
		return nil, err
	}
	r := reading{
		store: store, catalog: catalog, sensitive: map[survey.FormRef]map[string]bool{},
		campaigns: map[survey.CampaignID]*CampaignContent{}, roles: map[survey.Role]*RoleContent{},
		into: &Inventory{On: survey.DateOf(now), Rules: catalog.Privacy},
	}
	for i := range catalog.Questionnaires {
		q := &catalog.Questionnaires[i]
		r.sensitive[q.Ref()] = retention.SensitiveItems(q)
	}
	for i := range catalog.Campaigns {
		c := &catalog.Campaigns[i]
		r.campaigns[c.ID] = &CampaignContent{
			Campaign: *c, Keep: catalog.Privacy.KeepOf(c.ID),
			SensitiveDue: retention.DueOn(&catalog.Privacy, c, retention.Sensitive), TextsDue: retention.DueOn(&catalog.Privacy, c, retention.Texts),
		}
	}
	for _, c := range survey.Collections {
		content, err := r.collection(ctx, c, survey.DateOf(now))
		if err != nil {
			return nil, err
		}
		r.into.Collections = append(r.into.Collections, content)
	}
	for i := range catalog.Campaigns {
		r.into.Campaigns = append(r.into.Campaigns, *r.campaigns[catalog.Campaigns[i].ID])
	}
	for _, role := range survey.Roles {
		if people := r.roles[role]; people != nil {
			r.into.Recipients = append(r.into.Recipients, *people)
		}
	}
	return r.into, nil
}

// reading is an inventory being made.
type reading struct {
	store     survey.Store
	catalog   *survey.Catalog
	sensitive map[survey.FormRef]map[string]bool
	campaigns map[survey.CampaignID]*CampaignContent
	roles     map[survey.Role]*RoleContent
	into      *Inventory
}

// collection reads a collection.
func (r *reading) collection(ctx context.Context, c survey.Collection, today survey.Date) (CollectionContent, error) {
	content := CollectionContent{Collection: c}
	fields := map[string]bool{}
	err := r.store.Scan(ctx, c, "", "", func(doc bson.Raw) error {
		content.Documents++
		content.Bytes += len(doc)
		err := survey.EachElement(doc, func(key []byte, _ byte, _ []byte) error {
			if !fields[string(key)] {
				fields[string(key)] = true
			}
			return nil
		})
		return errors.Join(err, r.document(c, doc, today))
	})
	content.Fields = slices.Sorted(maps.Keys(fields))
	return content, err
}

// document counts what one document says about how data are kept.
func (r *reading) document(c survey.Collection, doc bson.Raw, today survey.Date) error {
	switch c { //nolint:exhaustive // of the others the number of documents is all
	case survey.Responses:
		return r.response(doc)
	case survey.Contacts:
		if _, _, sealed := doc.Lookup("sealed").BinaryOK(); sealed {
			r.into.Contacts.Sealed++
		} else {
			r.into.Contacts.Plain++
		}
	case survey.Users:
		r.user(doc)
	case survey.Tokens:
		expires := survey.Date(survey.DocumentText(doc, "expires"))
		if _, revoked := doc.Lookup("revoked").TimeOK(); !revoked && (expires == "" || expires >= today) {
			r.into.Programs++
		}
	case survey.Audit:
		r.into.Entries++
		if at, ok := doc.Lookup("at").TimeOK(); ok && survey.DocumentText(doc, "action") == "store.backup" && at.After(r.into.LastBackup) {
			r.into.LastBackup = at
		}
	case survey.Settings:
		return r.setting(doc)
	}
	return nil
}

func (r *reading) response(doc bson.Raw) error {
	var response survey.Response
	if err := response.UnmarshalBSON(doc); err != nil {
		return survey.NewError(survey.Internal, "read response", err)
	}
	if response.TakenBack {
		r.into.TakenBack++
		return nil
	}
	if first, last := survey.HourEnds(response.Received); survey.DateOf(response.Received) < r.into.On && !response.Received.Equal(first) && !response.Received.Equal(last) {
		r.into.Exact++
	}
	c := r.campaigns[response.Campaign]
	if c == nil {
		return nil
	}
	c.Responses++
	codes := r.sensitive[response.Form]
	if slices.ContainsFunc(response.Answers, func(a survey.Answer) bool { return codes[a.Item] }) ||
		slices.ContainsFunc(response.Texts, func(w survey.Words) bool { return codes[w.Item] }) {
		c.Sensitive++
	}
	if len(response.Texts) > 0 {
		c.Texts++
	}
	return nil
}

func (r *reading) user(doc bson.Raw) {
	if disabled, _ := doc.Lookup("disabled").BooleanOK(); disabled {
		return
	}
	name, _ := doc.Lookup("grant", "role").StringValueOK()
	role := survey.Role(name)
	if r.roles[role] == nil {
		r.roles[role] = &RoleContent{Role: role}
	}
	r.roles[role].People++
	if _, has := doc.Lookup("totp").DocumentOK(); has {
		r.roles[role].SecondFactors++
	}
}

// setting reads the records of what was erased of a campaign, and of what has aged.
func (r *reading) setting(doc bson.Raw) error {
	if survey.DocumentText(doc, "_id") == retention.AgedRecordID {
		if err := bson.Unmarshal(doc, &r.into.Aged); err != nil {
			return survey.NewError(survey.Internal, "read what has aged", err)
		}
		return nil
	}
	if !strings.HasPrefix(survey.DocumentText(doc, "_id"), retention.RecordID("")) {
		return nil
	}
	var record retention.Record
	if err := bson.Unmarshal(doc, &record); err != nil {
		return survey.NewError(survey.Internal, "read what was erased", err)
	}
	if c := r.campaigns[record.Campaign]; c != nil {
		c.Erased = record.Erased
	}
	return nil
}
