package columns

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/google/uuid"

	"hailong/analysis"
	"hailong/survey"
)

// People is how many people are in a group, and a sum over who they are: two groups of
// the same people have the same one. It is never shown. Groups are added up, and taken
// from each other, in both.
type People struct {
	N   int64
	Sum uint64 // of the hashes of their responses, modulo 2⁶⁴
}

// hashOf is what a response adds to the sum of its group. A sum of few responses says
// nothing to who does not have their ids.
func hashOf(campaign survey.CampaignID, id uuid.UUID) uint64 {
	hash := sha256.Sum256(append([]byte(campaign+"\n"), id[:]...))
	return binary.BigEndian.Uint64(hash[:])
}

// People returns who answered at least one of some items, by crossed domain columns;
// by no item, who responded at all. Sums are those of responses that were read for this
// once (ReadThrough); 0 of others.
func (v *CampaignView) People(by []int, items ...int) (analysis.Grid, []People) {
	regroup := v.regrouping(by)
	cells := make([]People, regroup.Grid.Cells())
	profiles := v.rows.Domain(profileColumn)
	for row, number := range profiles {
		answered := len(items) == 0
		for _, item := range items {
			code := v.rows.Item(item)[row]
			answered = answered || code != analysis.Missing && code != analysis.NotApplicable
		}
		if !answered {
			continue
		}
		cell := &cells[regroup.Cell[number]]
		cell.N++
		if len(v.hashes) > 0 {
			cell.Sum += v.hashes[row]
		}
	}
	return regroup.Grid, cells
}
