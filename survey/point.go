package survey

// Channel is the way a response came in. Figures can be split by it, because
// people answer differently to a phone than to a surveyor.
type Channel string

// The channels.
const (
	ChannelQR    Channel = "qr"    // own phone, code on a wall or card
	ChannelKiosk Channel = "kiosk" // tablet at the counter
	ChannelLink  Channel = "link"  // the form that a one-time code opened, good or not
	ChannelPaper Channel = "paper" // paper form entered by a surveyor
	ChannelFile  Channel = "file"  // imported from a file
	ChannelAPI   Channel = "api"   // sent by another system
)

// Channels in the order they are shown.
var Channels = []Channel{ChannelQR, ChannelKiosk, ChannelLink, ChannelPaper, ChannelFile, ChannelAPI}

// Supplied reports whether a program or a file brought the response. Nothing of how it was
// filled in is known then, so that nothing tells a careful answer from an invented one.
func (c Channel) Supplied() bool { return c == ChannelFile || c == ChannelAPI }

// Point is where a response can be given: a unit, what is served there, and
// the way in. Points outlive campaigns: the code on the wall stays, and
// scanning it resolves to the campaign open for it on the day.
type Point struct {
	Code    PointCode `bson:"_id" yaml:"code" json:"code"`
	Rev     int64     `bson:"rev" yaml:"-" json:"-"`
	Unit    UnitID    `bson:"unit" yaml:"unit" json:"unit"`
	Form    FormCode  `bson:"form" yaml:"form" json:"form"`
	Sector  SectorID  `bson:"sector,omitempty" yaml:"sector" json:"sector,omitempty"` // fixed here; empty: the form asks
	Channel Channel   `bson:"channel" yaml:"channel" json:"channel"`
	Label   Text      `bson:"label,omitempty" yaml:"label" json:"label,omitempty"` // "Quầy số 3"
	Off     bool      `bson:"off,omitempty" yaml:"-" json:"off,omitempty"`         // taken out of use
	// Successor is the point whose code replaced this one, which had leaked or
	// was damaged. It is never shown to whoever scans the old code.
	Successor PointCode `bson:"successor,omitempty" yaml:"-" json:"successor,omitempty"`
	Order     int       `bson:"order" yaml:"-" json:"-"`
	Made      Date      `bson:"made,omitempty" yaml:"-" json:"made,omitempty"` // empty: with the store, or before this was kept
}
