package sampling

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// Contacts are sealed with AES-256-GCM under a key that each sample has for itself
// and that lies outside the store. To erase them is to destroy the key: then nobody
// reads them any more, in the store, in its free pages or in a backup that was made
// before. The id of the row goes into the seal, so that a contact cannot be put
// under another row.

// contactKeys keep the keys of samples, outside the store and its backups. keys.Keys
// does.
type contactKeys interface {
	// Key returns the key of a name and makes it if there is none.
	Key(ctx context.Context, name string) ([]byte, error)

	// Existing returns the key of a name, NotFound if there is none.
	Existing(ctx context.Context, name string) ([]byte, error)

	// Destroy leaves no key of a name.
	Destroy(ctx context.Context, name string) error
}

// keyName is what the key of a campaign's contacts is called.
func keyName(id survey.CampaignID) string { return "contacts." + string(id) }

// contactSeal seals and opens the contacts of a sample.
type contactSeal struct{ cipher.AEAD }

// newSeal is the seal of a campaign's contacts; its key is made if there is none.
func (ss *Samples) newSeal(ctx context.Context, id survey.CampaignID) (contactSeal, error) {
	key, err := ss.keys.Key(ctx, keyName(id))
	if err != nil {
		return contactSeal{}, err
	}
	return sealOf(key)
}

// existingSeal is the seal that a campaign's contacts were sealed with; NotFound if
// its key is not there: they were erased, and came back with a backup.
func (ss *Samples) existingSeal(ctx context.Context, id survey.CampaignID) (contactSeal, error) {
	key, err := ss.keys.Existing(ctx, keyName(id))
	if err != nil {
		return contactSeal{}, err
	}
	return sealOf(key)
}

func sealOf(key []byte) (contactSeal, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return contactSeal{}, survey.NewError(survey.Internal, "seal contacts", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return contactSeal{}, survey.NewError(survey.Internal, "seal contacts", err)
	}
	return contactSeal{aead}, nil
}

// contact is the contact of a row, sealed, in its first revision.
func (s contactSeal) contact(row, text string) Contact {
	return Contact{ID: row, Rev: 1, Sealed: s.Seal(nil, nil, []byte(text), []byte(row))} //nolint:gosec // the cipher draws its nonce and puts it before the text
}

var errUnreadable = errors.New("the contact was sealed with a key that is not there any more")

// open returns the text of a contact.
func (s contactSeal) open(c *Contact) (string, error) {
	if s.AEAD == nil {
		return "", errUnreadable
	}
	text, err := s.Open(nil, nil, c.Sealed, []byte(c.ID))
	if err != nil {
		return "", errUnreadable
	}
	return string(text), nil
}

// SealContacts seals the contacts that an older version of the program stored as
// they were, and reports how many, and how many of all cannot be read because the
// key that they were sealed with is not there. It is called at each start; several
// processes may do it at once.
func (ss *Samples) SealContacts(ctx context.Context) (sealed, unreadable int, err error) {
	seals := map[survey.CampaignID]contactSeal{}
	contacts := ss.contacts()
	err = ss.store.Scan(ctx, survey.Contacts, "", "", func(raw bson.Raw) error {
		var c Contact
		if err := contacts.Decode(raw, &c); err != nil {
			return err
		}
		id, _, _ := ParseDrawnID(c.ID)
		if len(c.Sealed) > 0 {
			if _, known := seals[id]; !known {
				seal, err := ss.existingSeal(ctx, id)
				if err != nil && !survey.Is(err, survey.NotFound) {
					return err
				}
				seals[id] = seal
			}
			if _, err := seals[id].open(&c); err != nil {
				unreadable++
			}
			return nil
		}
		seal, err := ss.newSeal(ctx, id)
		if err != nil {
			return err
		}
		next := seal.contact(c.ID, c.Text)
		next.Rev = c.Rev + 1
		switch err := contacts.Replace(ctx, c.Rev, next); {
		case err == nil:
			sealed++
		case !survey.Is(err, survey.Conflict) && !survey.Is(err, survey.NotFound): // another process was faster
			return err
		}
		return nil
	})
	return sealed, unreadable, err
}
