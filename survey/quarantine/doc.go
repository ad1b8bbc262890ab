// Package quarantine decides which responses are suspect, and what becomes of
// them. It is the one place that does.
//
// # The promise
//
// Whoever sends a response is thanked and it is stored, always; nothing here
// refuses one. A suspect response gets a further document, verification.Suspect, and
// figures leave it out until two people have looked at its group: everything that
// arrived at one point on one day for one campaign (a burst) and is suspect by one
// sign. They choose "count them" or "leave out" for each group, with a reason that
// stands in the audit log: the script with its thousand equal answers is left out, and
// the crowd of the market day beside it counts. While
// more than one response in a hundred of a campaign waits for that, the campaign
// is not published.
//
// Only what people send by themselves is judged: on their own phone, at a kiosk,
// by a one-time code. Paper forms, files and the interface for programs come
// through somebody who signed in, by the hundred and in a minute; they are looked
// after by re-checks and the audit log. A numbered paper form is not judged by its
// answers either: the households of a village were asked one after another and
// answer alike, so that the rule would hold honest paper.
//
// Open and verified responses stand in two queues, each with a past and a capacity
// of its own. What verifies can be copied (the key of a kiosk), issued to oneself
// (slips) or told (the code of a screen), so the same rules judge both queues; and
// a flood in one of them pushes nobody out of the other.
//
// # How many are suspect: the numbers decide
//
//  1. Crowd. A point has a capacity for each hour: three times the 99th
//     percentile of the same hour of that weekday in the past eight weeks (of any
//     hour, before there are four of them), at most twice its busiest hour and 20
//     more, and at least 20. The hours before and
//     after it count for the percentile too: eight numbers have none, and their
//     largest is often too small. All of that is learnt from days that are more than
//     a week ago: what came yesterday may be an attack, and would be usual today.
//     Until something came on five of those days a point is new, and its capacity is
//     48, whatever came meanwhile, because any hour may be a busy one: the first
//     market day, a meeting of 45 parents.
//     Where the transactions of the day are stated, it is up to three
//     times as large, in proportion to the median of the earlier numbers once there
//     are five of them, and at most the stated number. With five
//     earlier ones the number of a day counts as three times the busiest usual one
//     at most: who states 5,000 at a counter of 15 a day opens it to 45 responses.
//     A number raises a capacity only where somebody stated it who makes no proofs at
//     the point (Vouched): whoever enrolled its kiosk, or hands out its slips, opens
//     it to nobody, and cannot take the place of what another one stated. No number
//     makes a capacity smaller than it is without: whoever states one transaction
//     afterwards would have everybody held who answered.
//     Of the responses of an hour as many as exceed the capacity are suspect. Once
//     there are more than twice as many as it, all of them are but those whose
//     answers came once or twice, and these too if there are more of them than the
//     capacity: then nobody can tell the honest ones. From one network, of which
//     more than half came, an hour over its capacity takes half the capacity at
//     most (all of it at a point without a past: a hall shares one network). What
//     kiosks sent is left out of that: all of it comes from one network.
//  2. Full day. The same for a day, when it is over: three times the 99th
//     percentile of the point's days, at most twice its busiest one and 100 more,
//     and at least 100; 200 while the point is new.
//  3. Alike. The same answers to every question, for the same service, are no
//     sign by themselves: many honest people answer 5 throughout. They are where
//     they are more frequent than at this point before (at a new point: than at
//     any point of the campaign), among the responses of the same queue where it
//     has enough of a past, which is more than a week ago here too, by a number whose chance is at most one in ten
//     thousand. As many are suspect as exceed a usual number. It is looked at for
//     every hour that is over, for every cluster that the scan statistic finds
//     in it at one in ten thousand, and for the day. A cluster alone is no sign:
//     thirty parents answer together at a meeting.
//  4. Hurried, flood. The same, for forms that were filled in faster than their
//     length can be read: some honest people are that fast. A flood is never usual.
//     Of what one network sends within ten minutes, to whatever points, all that is
//     far more than people send (survey.Response.Doubt; package traffic counts) is
//     suspect, also where each of the points could serve its part.
//  5. Transactions, of verified responses alone. A proof says that somebody was
//     served. More of them than transactions on a day are suspect from that number
//     on (and from 20); those that the rules of the hour hold do not count.
//
// # Which ones: the signs decide
//
// Where a number says how many, those in the gravest doubt go first, and then
// those whose id comes last in the order of a keyed hash. The key is made by the
// installation, so that nobody can choose an id that stays. The order of arrival
// plays no part.
//
// # Misuse: people decide
//
// No number finds a clerk who enrolled a kiosk and fills it in for weeks, seven answers
// a day. When an office finds out, somebody says so (StateMisuse): what was misused (a
// kiosk, a screen, slips), at which point, from which day to which. All that was
// verified in that way there, on those days, is held at once, under a sign of its own,
// and decided about as any other, day by day or all days together. It is held also
// where people counted it before as a crowd: that was another question.
//
// It is all of the point, and not what one device sent: no response tells which device
// it came by, because that and the hour would tell who it was. Where there are two
// kiosks, the answers of both are held, and people choose. How many there are is told
// of days with five and more alone (Extent). What is said is one document, stored
// before anything is held: whatever server judges next carries it out, after a kill
// too, and again when the last of its days is over, until when nobody can decide.
//
// # A wrong clock
//
// What arrives while the clock of the server is known to be wrong (package health) is held
// before it is stored, under a sign of its own (HoldUndated): its day may be another one,
// and lie in a release that was cut. People decide whether it counts. Meanwhile no
// release is cut by that clock.
//
// # Late, after a restart, on two servers
//
// A flood, of more than twice a capacity, is held while it arrives: what is kept of
// a larger one is a part of what is kept of a smaller one, so that what was held
// stays held. Everything else, too many proofs too, is applied to hours and days
// that are over, when every server has heard of what the others stored. All of it
// is a function of the stored responses, the stated transactions and what was
// suspect before that day. So a server that was restarted, or another one, comes
// to the same suspects; the store takes each once. The network or device of a
// response is the exception: it is known to the server that took the response in, in
// memory, until the day ends; it can add suspects and takes none away.
//
// Nothing is judged again that people have decided about.
//
// Nor does anything go free by itself. Where 50 transactions were stated and 500 are
// stated afterwards, what was held stays, although the rule would hold it no longer:
// if a number freed it, whoever sends too much would state a larger one, and one
// person would have decided. Two people do, and their page shows what was stated of
// the day, when and by whom, so that a corrected mistake is a choice with its reason at hand.
//
// # When a response was received
//
// Clusters need seconds, everything else the hour or the day. A day is judged with
// seconds until it is over and settled, and they are forgotten then: in memory once it
// was judged (dayArrivals.forgetSeconds), in the store by package moments, which has
// it judged first and keeps the hour for KeptDays. Suspects of a cluster say that they
// are (verification.Suspect.Cluster). Whoever judges the day again looks for no cluster
// in an hour of which not every second is known, and takes these in its place; so the
// same is held. Where transactions are stated later, no cluster is found that was none
// before. Suspects that a version before this one found in a cluster do not say so: the
// rules of the day may then hold a few more of the last 45 days, which people decide
// about.
//
// # What it holds wrongly
//
// A group is decided as a whole. A flood of varied answers holds the honest ones of
// its hour and queue until two people have decided, and if they leave it out,
// these are left out with it: nothing but the answers would tell them apart. The
// simulation counts them (beside the attack). A kiosk or a phone that was offline sends
// what it kept at once; where that is more than an hour can take, it is held until
// people say what it was. So is what honest telephones send in the minutes in which
// somebody floods through the network that they share.
//
// # What it does not catch
//
// Somebody who sends fewer than twenty responses an hour and a hundred a day, in
// answers as varied as those of honest people, from a point whose transactions
// nobody states; 48 an hour and 200 a day where there is no past yet, in the first two
// weeks of a point (2,688 content ones in two weeks move the figure of the simulation,
// of 15,700 honest ones, by 1.7 points). Then, every eight days, about twice as many as
// eight days before, if nobody wondered: what grows more slowly would hold the first
// harvest and the end of the school year.
// And as many again in the verified queue, for who has a key or slips of their own:
// there stated transactions are a bound for the day. Figures of the verified ones
// alone stand beside the others. Reference shares are of the past eight weeks, so
// who pushes slowly enough moves them too. In the first two weeks of a campaign there is
// nothing to compare equal answers with but its last days, and on the first of them
// nothing at all: an attacker's own may be the norm then, within the bounds of a new
// point. A bound on equal answers that needs no past would hold the honest people of a
// good counter, who all say 5. Nor the same over several points of a
// unit or a campaign: a hundred an hour over six points are three times what comes
// there on a usual day, and so are market day and harvest, which the simulation has;
// a rule that holds the one holds the other. Nothing but the answers would tell them
// apart, and answers are not judged by what they say.
// One network that sends to several points is a sign only beyond 300 in ten minutes: the
// telephones of a district come from a few networks of their provider. Who sends more
// slowly, or from several networks, is held by the capacity of each point alone.
//
// What comes by a file or from a program is not judged either: an office that brings its
// year of old answers would have all of it held, and a program that sends a day at once
// looks like a flood. Somebody signed in answers for it, the audit log names them and
// how many there were, and it is of the open class, so that no conclusion is firm unless
// the verified ones agree: who misuses that moves the figure of all and not the one that is
// firm. A program's is under a channel of its own whatever it says of itself; a row of a
// file is under the channel file unless it names another one, as forms do that were kept in
// a spreadsheet. Offices read the share of both channels beside the figures, and the
// figures without them (analysis/results, Supplied).
//
// Figures follow by verification.Exclusions: a release leaves suspects out from the time
// at which they were held back, and takes them in again when they are counted.
//
// The package must not compute a figure, refuse a response, or know where on the
// network one came from.
package quarantine
