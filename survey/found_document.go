package survey

import "go.mongodb.org/mongo-driver/bson"

// FoundDocument is a document that was read from a damaged store. Its checksum fitted,
// and is taken off.
type FoundDocument struct {
	Doc bson.Raw

	// Loose says that nothing in force leads to where it lies, or not for sure: it may be
	// an old copy, or one of what was deleted. Somebody else has to vouch for it.
	Loose bool
}
