// Package survey is the domain of Hài Lòng: units, sectors, questionnaires,
// campaigns, points, responses, targets and users, the rules that bind them,
// and the use cases over them.
//
// It owns what the words mean and what is allowed. It must not know how
// documents are kept (see the Store interface, implemented by survey/bolt and
// survey/mongo), how pages look, what HTTP is, or how figures are computed.
// The only encoding it knows is BSON, because a document must be the same
// bytes in every store.
package survey
