// Package moments blurs when responses were received, once the day is over.
//
// Who has the database, or a backup, and knows when somebody stood at a counter, by a
// camera, the log of a proxy or from memory, would join the two by the moment of
// receipt. The moments of paper forms are the order in which a surveyor entered a pile,
// and so that of the visits. So a moment stays exact on the day of receipt alone, when a
// retry is told by it from another response and the quarantine looks for clusters.
// Afterwards it is an end of
//
//   - the hour, of what people send themselves, while the quarantine judges it and
//     learns from it what is usual (quarantine.NeedsHour: 101 days);
//   - the day, of everything else, and of those after that.
//
// What else is of use on that day alone (survey.PassingFields) leaves with it.
//
// # What figures are made of stays the same
//
// A release holds what was received until a moment, for each unit and class. What it
// holds is put at the first moment of its hour or day, and what waits at the last one;
// so each stays on its side of that moment. A release that is cut meanwhile holds both,
// because the day is over. When a response is out of force is written beside it by
// times of their own (verification.Exclusion), which are compared with those of releases
// and never with the moment of receipt; so it does not move either.
//
// That an end is the first or the last one tells whether a response came before or after
// the release of its day was cut. That is left.
//
// # Order and failures
//
// Each response is one write at the revision that was read, so that it may be killed
// anywhere, and run in several servers at once. The quarantine judges first: a day of
// which it has not judged the seconds is not blurred. A server that follows others may
// meet a blurred response a second time; who is told of responses knows them by id.
//
// The bytes of an exact moment stay in a free page of a store in a file until the next
// compaction, which comes at the end of a pass (Finished) and each day; and in backups
// of before, as long as an office keeps these.
//
// The package owns the moments and nothing else of a response. It must not know who
// answered, what figures say, or when the quarantine needs which.
package moments
