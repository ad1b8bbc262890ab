package survey

// PointListing is a point as scripts and other systems see it.
type PointListing struct {
	Code     PointCode `json:"code"`
	Unit     UnitID    `json:"unit"`
	UnitName string    `json:"unit_name"`
	Kind     Family    `json:"kind"` // of the form asked there
	Channel  Channel   `json:"channel"`
	URL      string    `json:"url"` // what its QR code holds
}

// PointListings lists the points in use, in their order. base is the public
// address without a slash at its end; units are called as on a day.
func (c *Catalog) PointListings(base string, on Date, lang Lang) []PointListing {
	list := make([]PointListing, 0, len(c.Points))
	for _, p := range c.Points {
		unit, form := c.UnitOn(p.Unit, on), c.Latest(p.Form)
		if p.Off || unit == nil || form == nil {
			continue
		}
		list = append(list, PointListing{p.Code, p.Unit, unit.Name.In(lang), form.Family, p.Channel, base + "/s/" + string(p.Code)})
	}
	return list
}
