// Package tables answers a query with a table of figures: rates with intervals, some of
// them hidden.
//
// It owns what may be asked (Query), which answers count for which figure (measure), and
// what is hidden in a table from whom: everybody (ForEverybody), the readers of an edition
// (ForEdition), the office whose responses they are (ForOffice). It must not know who
// reads, when figures are published, or what earlier editions showed: package publication
// decides over all tables of an edition by what Decided lists, and package results says
// which reader is shown what. It computes no statistic itself: responses are held and
// counted by package columns, statistics are in package analysis, and what can be computed
// from what is shown is found by package disclosure.
//
// Three rules hold in every table:
//
//  1. Groups are hidden by how many responded, the same for every formula, pooling and
//     question, and what is hidden is hidden in every detail; where too few answered a
//     question, its figure is hidden besides.
//  2. What is hidden does not depend on how a question is put: the order of its
//     dimensions, or a filter instead of a division.
//  3. Figures of the verified responses stand beside those of all only where neither they
//     nor the others are few.
package tables
