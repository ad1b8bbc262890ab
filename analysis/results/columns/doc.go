// Package columns holds the responses of campaigns in memory, as columns,
// follows them live and counts them.
//
// It owns which answers of a campaign are held (ItemLayout), which groups a
// response belongs to, and that each response is counted once, whenever it
// arrived, and not at all once it is void. What was counted is kept and added
// to. It must not know questions, formulas, or what is hidden from whom: its
// counts are of everybody, and package results is the only one that reads them.
package columns
