// Package quality finds signs of bad data in columns of answers.
//
// It owns straight lines and answers given too fast, forms whose answers repeat,
// bursts in time, preferred digits, what surveyors have in common that their
// respondents should not, and the reliability of a scale. Each function computes
// one sign by a stated formula and leaves the judgement to people: honest answers
// show every one of them now and then.
//
// It must not know responses, surveyors or pages: it is given columns and marks
// rows (Flags, which analysis.Grouping.Omit takes), and imports package analysis
// alone. The principles of that package (plain data, no panic on data,
// repeatable) hold here as well.
package quality
