// Package slips owns slips, which people know as one-time codes: each proves that
// a transaction took place at a point, once, and leads nowhere.
//
// It must not know what anybody answered, nor keep anything that leads from a slip
// to a response. What it promises, and to whom:
//
//  1. A slip is forty random bits and a check character, belongs to a point, and is
//     good until a day. The store holds hashes of slips under a key that lies
//     outside it (survey/keys): whoever has the database, or a backup of it, has no slip.
//     The codes of a batch follow from the key and from a random number of the
//     batch. So a batch can be printed again, and a program that heard no answer
//     gets the same codes and not others (Issue).
//  2. A response verified by a slip is stored under an id of its own that no slip
//     goes into. That the slip is spent stands in a set of hashes, under another
//     name than the slip's own hash. What joins both, so that the same response is
//     verified when it comes again, is a hash in SlipUses, removed after 24 hours
//     (Forget). From then on nothing in the store joins them, and neither do the
//     store and the key together.
//  3. Nobody is told whether a slip was used, or whether there is one of a code,
//     timing apart. A used slip, one past its day and a code that never was open a
//     form as every other does, and what is sent by it is thanked for and stored
//     without a proof, under the same channel: that channel says what opened the
//     form, and the proof alone, which leaves the server for nobody, what the slip was
//     worth. If "used" were told, whoever handed the slip out could make
//     sure that it was used, or was not. If "unknown" were told, codes could be
//     tried without a trace until one is good. Whoever mistypes is helped by the
//     check character: it needs no look into the store, finds each single wrong
//     character and each swap, and 31 of 32 worse mistakes. The others lead to the
//     form of a point that is drawn from the key and the code (Point), always the
//     same, and that form names its place and asks to compare the code.
//     What is told: that a point was taken out of use, to whoever holds a slip of it.
//  4. Spent slips are counted by point and day, exactly, in counts that hold no slip
//     (Forget), and shown beside what was issued and the transactions that the
//     office reports (Compare): when the day is over, and from five on, because a
//     smaller number, or one that rises, would tell whoever handed out a single slip
//     what he must not learn. Whoever spends four himself to see the fifth leaves
//     four that no transaction explains. That is what finds a clerk who fills in a hundred
//     slips of transactions that never were; a limit for each person, point and day
//     bounds it (Rules.Most).
//  5. The code of an application is looked at for one thing: that it gets no second
//     slip. Its keyed hash stands in a set by itself, joined to neither slip nor
//     batch (dossier.go).
//  6. Links that older versions issued open a form until they expire (Link), and are
//     spent as slips are. The key that led from them to responses is removed from
//     the store (RetireLinks).
//  7. Nothing of a slip stays for ever. A month after its last day its hash goes, and
//     with it that it was spent (ForgetSlips); so does a link of an older version
//     (ForgetLinks). An application may get a slip again after two years. What was
//     issued and spent at a point on a day stays, as numbers. A spent slip is refused as
//     long as its hash is there; without a hash no slip proves anything. What is left is
//     that a link was spent: one hash for each, which says nothing without the link.
//
// Forty bits: with a million slips out, one guess in a million is good, and each is a
// whole response at a point, in the open, which the limits on forms and the search
// for suspect responses look at.
//
// In a MongoDB, documents of a collection lie in the order of their arrival. The set
// of spent slips is written by Forget, many at once and in the order of their hashes.
package slips
