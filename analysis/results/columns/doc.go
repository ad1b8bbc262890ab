// Package columns holds the responses of campaigns that their releases hold in
// memory, as columns, and counts them.
//
// It owns which answers of a campaign are held (ItemLayout), which groups a
// response belongs to, that each response of a release is counted once and that no
// other one is (hailong/survey/releases), and how many wait. Nothing changes what is
// counted but a load under later releases, so tables are kept as long as that.
//
// It must not know questions, formulas, or what is hidden from whom: its counts are
// of everybody in the release, and package results is the only one that reads them.
package columns
