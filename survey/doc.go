// Package survey is the vocabulary of Hài Lòng: units, sectors, questionnaires,
// campaigns, points, responses and targets, the rules of each of them, and the
// one mechanism by which stored documents are changed. Use cases are packages
// below.
//
// It owns what the words mean and what is allowed. It must not know how
// documents are kept (see the Store interface, implemented by survey/bolt and
// survey/mongo), how pages look, what HTTP is, or how figures are computed.
// The only encoding it knows is BSON, because a document must be the same
// bytes in every store.
package survey
