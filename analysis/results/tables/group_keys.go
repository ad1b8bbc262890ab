package tables

import (
	"maps"
	"net/url"
)

// GroupKeys are the dimensions of a group of respondents, or of the items that they
// answered, with its key in each. That of all is empty.
type GroupKeys map[Dimension]string

// GroupName names a group by its keys, in the order of their dimensions' names:
// "month=2026-01&unit=xa-bum-to". That of all is empty. It is kept with editions.
type GroupName string

// Name is the name of the group.
func (k GroupKeys) Name() GroupName {
	values := url.Values{}
	for d, key := range k {
		values.Set(string(d), key)
	}
	return GroupName(values.Encode())
}

// Keys are the keys of the group that Name named.
func (n GroupName) Keys() GroupKeys {
	values, _ := url.ParseQuery(string(n)) // written by Name
	keys := GroupKeys{}
	for d := range values {
		keys[Dimension(d)] = values.Get(d)
	}
	return keys
}

// With is the part of the group in which keys hold too.
func (k GroupKeys) With(more GroupKeys) GroupKeys {
	both := maps.Clone(k)
	maps.Copy(both, more)
	return both
}
