// Package segments keeps what figures need of responses in files: as columns, compressed
// and checksummed, so that a start reads a few bytes a response and not the documents.
//
// It owns the files, what they hold, and the proof that they still say what the store
// says. It must not know figures, questions, releases, or which responses count.
//
// A segment is made of the responses whose ids lie in a range. It is a cache, and never
// the truth: it is thrown away and made anew from the store whenever it is not proven, and
// nothing is lost with the directory. Editions do not read it.
//
// # What is proven at each load
//
// Documents of responses change after their day, though nobody edits them. A segment is
// used only where the store shows, at that load, that none of this happened since:
//
//  1. Responses that came since into the range are known from the ledger, which names
//     every one of them (ledger.ClosedPosition): they are read from the store beside the segment.
//     A store whose ledger does not go on from where it was is another one, or one that was
//     put back to an earlier state; every segment is thrown away.
//  2. Responses that were taken back have a mark. A segment that holds one is thrown away;
//     so is one that was made without a response whose mark is not there any more.
//  3. The moment of receipt is blurred twice (survey/moments), in passes that go by day of
//     receipt and in the order of ids. Of each day, and each state in which its moments
//     are, a segment names the first response. If the store has another moment for one of
//     these a pass came by, or the store was put back, and the segment is thrown away.
//     Responses with exact moments are in no segment.
//  4. What makes responses count or not (voids, suspects, decisions, releases) is in further
//     documents, which are read at every load. Nothing of it is in a segment.
//  5. Which questions are held of a campaign follows from its questionnaires. A segment with
//     others is not used. Answers that are erased when their time has come
//     (survey/retention) are in none.
//
// Damage to a file is found by the checksum of each part, and by what the parts say of each
// other. Whoever writes into the directory on purpose could as well write into the store.
//
// # Taking back
//
// A segment joins an id and answers, as the store does. So Forget removes the file that
// holds a response before it is acknowledged that it was taken back, and no file with it
// comes to be afterwards. A server that hears of it from another one removes its own file
// when it next looks, which is every few minutes. Backups hold no segments.
//
// # Order of writes
//
// A file is written under another name, synced and renamed, and then the list of files
// likewise. A kill leaves a file that the list does not name, which the next start removes.
// The position in the ledger is read before the responses: what is stored meanwhile is met
// in the range or named after the position, or both, and never neither.
//
// # What it does not cover
//
// A file of the store that is put back by hand, to a state of a few seconds before, while
// moments were being blurred and before another day was closed. Remove the directory too.
package segments
