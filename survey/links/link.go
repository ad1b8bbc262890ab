package links

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/people"
)

// Link lets one person, whose dossier was handled, answer once. It holds the
// dossier's code as a keyed hash only, and nothing that leads to the response:
// its id follows from the link's secret and the key, which are not here.
type Link struct {
	ID      string           `bson:"_id"` // hash of the secret
	Rev     int64            `bson:"rev"`
	Dossier string           `bson:"dossier"` // HMAC-SHA256 of the code, in hexadecimal digits
	Point   survey.PointCode `bson:"point"`
	By      string           `bson:"by"` // who issued it, as Actor.String writes them
	Issued  time.Time        `bson:"issued"`
	Expires survey.Date      `bson:"expires"`          // the last day it is good for
	Opened  survey.Date      `bson:"opened,omitempty"` // the day it was first opened
	Used    survey.Date      `bson:"used,omitempty"`   // a day and not a time, so that no response is found by it
}

// LinkRules is what the deployment decided about links, with the key.
type LinkRules struct {
	ID      string `bson:"_id"`
	Rev     int64  `bson:"rev"`
	Key     string `bson:"key"`     // 256 bits in base 64
	Pattern string `bson:"pattern"` // of a dossier's code, a regular expression
	Days    int    `bson:"days"`    // how long a link is good for
}

// DossierPattern is the usual shape of a dossier's code: the office's
// identifier, the day of receipt, a running number, as in H56.14-240823-0001.
const DossierPattern = `^[A-Z]\d{2}(\.\d+){0,4}-\d{6}-\d{4,5}$`

const (
	linkRulesID = "links"
	linkDays    = 14
	maxDossier  = 60
)

// Links issues one-time links and follows them.
type Links struct {
	changes *survey.Changes
	store   survey.Store
	catalog func() *survey.Catalog
	now     func() time.Time
}

// New returns the links of the store that changes are made in.
func New(changes *survey.Changes, catalog func() *survey.Catalog) *Links {
	return &Links{changes: changes, store: changes.Store, catalog: catalog, now: changes.Now}
}

func (l *Links) links() survey.Documents[Link] {
	return survey.Documents[Link]{Store: l.store, Collection: survey.OneTimeLinks}
}

func (l *Links) rules() survey.Documents[LinkRules] {
	return survey.Documents[LinkRules]{Store: l.store, Collection: survey.Settings}
}

// Rules returns the rules in force; the first call makes them, with a new key.
func (l *Links) Rules(ctx context.Context) (LinkRules, error) {
	for {
		rules, err := l.rules().Get(ctx, linkRulesID)
		if !survey.Is(err, survey.NotFound) {
			return rules, err
		}
		var key [sha256.Size]byte
		_, _ = rand.Read(key[:]) // crypto/rand never fails since Go 1.24
		rules, err = l.changeRules(ctx, survey.Actor{Shell: "serve"}, 0, func(r *LinkRules) error {
			*r = LinkRules{ID: linkRulesID, Key: base64.StdEncoding.EncodeToString(key[:]), Pattern: DossierPattern, Days: linkDays}
			return nil
		})
		if !survey.Is(err, survey.Conflict) { // Conflict: another replica was first
			return rules, err
		}
	}
}

// SetRules changes pattern and days. Errors: Conflict if the rules have another
// revision, Invalid if the pattern is malformed or too long, or if the days are
// out of range.
func (l *Links) SetRules(ctx context.Context, actor survey.Actor, rev int64, pattern string, days int) error {
	if _, err := l.Rules(ctx); err != nil {
		return err
	}
	fields := survey.Fields{}
	if _, err := regexp.Compile(pattern); err != nil || pattern == "" || len(pattern) > 200 {
		fields.Add("pattern", "link.bad_pattern")
	}
	if days < 1 || days > 365 {
		fields.Add("days", "link.bad_days", 1, 365)
	}
	if err := fields.Err("set link rules", "link.invalid"); err != nil {
		return err
	}
	_, err := l.changeRules(ctx, actor, rev, func(r *LinkRules) error {
		r.Pattern, r.Days = pattern, days
		return nil
	})
	return err
}

func (l *Links) changeRules(ctx context.Context, actor survey.Actor, seen int64, do func(*LinkRules) error) (LinkRules, error) {
	return survey.Change(ctx, l.changes, survey.Edit[LinkRules]{
		Collection: survey.Settings, ID: linkRulesID, Seen: seen, Actor: actor, Action: "link.rules", Do: do,
		Show: func(r *LinkRules) any { // never the key
			return struct {
				Pattern string `json:"pattern"`
				Days    int    `json:"days"`
			}{r.Pattern, r.Days}
		},
	})
}

// Issued is a link with its secret, which the store does not hold.
type Issued struct {
	Link
	Secret string
	Again  bool // it had been issued before and was not used
}

// Issue makes the link of a dossier at a point. The same dossier has one link
// for ever: issuing it again shows it again, for longer if its time had run
// out. Errors: Invalid (Fields dossier, point) and Conflict once it was used.
func (l *Links) Issue(ctx context.Context, actor survey.Actor, dossier string, point survey.PointCode) (Issued, error) {
	rules, err := l.Rules(ctx)
	if err != nil {
		return Issued{}, err
	}
	dossier = normalDossier(dossier)
	fields := survey.Fields{}
	if matched, err := regexp.MatchString(rules.Pattern, dossier); err != nil || !matched || len(dossier) > maxDossier {
		fields.Add("dossier", "link.bad_dossier")
	}
	p := l.catalog().Point(point)
	if p == nil || p.Off {
		fields.Add("point", "link.bad_point")
	}
	if err := fields.Err("issue link", "link.invalid"); err != nil {
		return Issued{}, err
	}
	today := survey.DateOf(l.now())
	if _, _, err := l.catalog().CampaignFor(p, today); err != nil {
		return Issued{}, err
	}
	secret := rules.derive("secret", dossier)
	token := strings.ToLower(base32.StdEncoding.EncodeToString(secret[:20]))
	hash := rules.derive("dossier", dossier)
	fresh := Link{
		ID: people.HashSecret(token), Dossier: hex.EncodeToString(hash), Point: point, By: actor.String(),
		Issued: l.now().UTC().Truncate(time.Millisecond), Expires: survey.DateOf(l.now().AddDate(0, 0, rules.Days)),
	}
	for {
		made, err := l.change(ctx, actor, "link.issue", fresh.ID, 0, func(k *Link) { *k = fresh })
		if err == nil {
			return Issued{Link: made, Secret: token}, nil
		}
		if !survey.Is(err, survey.Conflict) {
			return Issued{}, err
		}
		known, err := l.links().Get(ctx, fresh.ID)
		switch {
		case err != nil:
			return Issued{}, err
		case known.Used != "":
			return Issued{}, &survey.Error{
				Kind: survey.Invalid, Op: "issue link", Key: "link.invalid",
				Fields: survey.Fields{"dossier": {Key: "link.dossier_answered", Args: []any{known.Used}}},
			}
		case known.Point == point && known.Expires >= fresh.Expires:
			return Issued{Link: known, Secret: token, Again: true}, l.changes.Log.Record(ctx, actor, "link.show", "links/"+fresh.ID[:8], nil, nil)
		}
		renewed, err := l.change(ctx, actor, "link.renew", known.ID, known.Rev, func(k *Link) { k.Point, k.Expires = point, fresh.Expires })
		if survey.Is(err, survey.Conflict) {
			continue // it was opened, used or renewed meanwhile
		}
		if err != nil {
			return Issued{}, err
		}
		return Issued{Link: renewed, Secret: token, Again: true}, nil
	}
}

// change changes a link of revision seen. The log names it by the beginning of
// its id.
func (l *Links) change(ctx context.Context, actor survey.Actor, action survey.Action, id string, seen int64, do func(*Link)) (Link, error) {
	return survey.Change(ctx, l.changes, survey.Edit[Link]{
		Collection: survey.OneTimeLinks, ID: id, Seen: seen, Actor: actor, Action: action, Subject: "links/" + id[:8],
		Do: func(k *Link) error {
			do(k)
			return nil
		},
	})
}

// normalDossier is a dossier's code as it is compared: without spaces, in
// capitals.
func normalDossier(s string) string {
	return strings.ToUpper(strings.Join(strings.Fields(s), ""))
}

// derive is HMAC-SHA256 over a purpose and a value.
func (r LinkRules) derive(purpose, value string) []byte {
	key, _ := base64.StdEncoding.DecodeString(r.Key) // written by Rules
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(purpose + "\x00" + value))
	return mac.Sum(nil)
}

// Visit is a link that was followed.
type Visit struct {
	Link
	Response survey.ResponseID // of the one response that it is good for
}

// Open returns the link of a secret for the person who follows it. Errors:
// NotFound, Closed with a key that says kindly that it was used
// ("link.used") or is too old ("link.expired"); the Visit is filled in then too.
func (l *Links) Open(ctx context.Context, secret string) (Visit, error) {
	unknown := &survey.Error{Kind: survey.NotFound, Op: "open link", Key: "link.unknown"}
	if len(secret) != 32 {
		return Visit{}, unknown
	}
	link, err := l.links().Get(ctx, people.HashSecret(secret))
	switch {
	case survey.Is(err, survey.NotFound):
		return Visit{}, unknown
	case err != nil:
		return Visit{}, err
	}
	rules, err := l.Rules(ctx)
	if err != nil {
		return Visit{}, err
	}
	id, err := uuid.FromBytes(rules.derive("response", secret)[:16])
	if err != nil {
		return Visit{}, survey.NewError(survey.Internal, "open link", err)
	}
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // version 8: of our own making
	visit := Visit{Link: link, Response: survey.ResponseID(id.String())}
	today := survey.DateOf(l.now())
	switch {
	case link.Used != "":
		return visit, &survey.Error{Kind: survey.Closed, Op: "open link", Key: "link.used", Args: []any{link.Used}}
	case link.Expires < today:
		return visit, &survey.Error{Kind: survey.Closed, Op: "open link", Key: "link.expired", Args: []any{link.Expires}}
	case link.Opened == "":
		return visit, l.mark(ctx, link.ID, func(k *Link) { k.Opened = today })
	}
	return visit, nil
}

// MarkUsed notes that the response of a link is stored. That it is one response
// follows from its id; the mark is for the page that says so.
func (l *Links) MarkUsed(ctx context.Context, visit Visit) error {
	return l.mark(ctx, visit.ID, func(k *Link) { k.Used = survey.DateOf(l.now()) })
}

// mark changes a link whatever its revision.
func (l *Links) mark(ctx context.Context, id string, change func(*Link)) error {
	return survey.Mark(ctx, l.changes, survey.OneTimeLinks, id, func(k *Link) bool {
		before := *k
		change(k)
		return *k != before
	})
}

// LinkCounts is what became of the links of a point.
type LinkCounts struct{ Issued, Opened, Used, Expired int }

// Counts counts the links of every point.
func (l *Links) Counts(ctx context.Context) (map[survey.PointCode]LinkCounts, error) {
	counts, today := map[survey.PointCode]LinkCounts{}, survey.DateOf(l.now())
	err := l.store.Scan(ctx, survey.OneTimeLinks, "", "", func(raw bson.Raw) error {
		var k Link
		if err := bson.Unmarshal(raw, &k); err != nil {
			return survey.NewError(survey.Internal, "count links", err)
		}
		c := counts[k.Point]
		c.Issued++
		switch {
		case k.Used != "":
			c.Used++
			c.Opened++
		case k.Opened != "":
			c.Opened++
		}
		if k.Used == "" && k.Expires < today {
			c.Expired++
		}
		counts[k.Point] = c
		return nil
	})
	return counts, err
}

// MayLink reports whether links to a point may be issued under a grant: points
// that ask about procedures, within the scope.
func MayLink(catalog *survey.Catalog, grant survey.Grant, p *survey.Point) bool {
	form := catalog.Latest(p.Form)
	return form != nil && form.Family == survey.Procedures && grant.May(survey.IssueLinks) && grant.Covers(catalog, p.Unit, form.Family)
}
