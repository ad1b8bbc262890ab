package columns

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/google/uuid"

	"hailong/analysis"
	"hailong/survey"
)

// Respondents is how many people of a group there are, and a sum over who they are: two groups of
// the same people have the same one. It is never shown. Groups are added up, and taken
// from each other, in both.
type Respondents struct {
	N   int64
	Sum uint64 // of the hashes of their responses, modulo 2⁶⁴
}

// hashOf is what a response adds to the sum of its group. A sum of few responses says
// nothing to who does not have their ids.
func hashOf(campaign survey.CampaignID, id uuid.UUID) uint64 {
	hash := sha256.Sum256(append([]byte(campaign+"\n"), id[:]...))
	return binary.BigEndian.Uint64(hash[:])
}

// Respondents returns who answered at least one of some items, by crossed domain columns;
// by no item, who responded at all. Sums are those of responses that were read for this
// once (ReadThrough); 0 of others. Where answers cannot be decompressed, who reads gets the
// error at the end.
func (v *CampaignView) Respondents(by []int, items ...int) (analysis.Grid, []Respondents) {
	regroup := v.regrouping(by)
	cells := make([]Respondents, regroup.Grid.Cells())
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
	for _, rows := range v.segments {
		if err := rows.respondents(&regroup, items, cells); err != nil {
			v.failed = err
		}
	}
	return regroup.Grid, cells
}

// respondents adds those of a segment to cells.
func (r *segmentRows) respondents(regroup *analysis.Regrouping, items []int, cells []Respondents) error {
	answered := make([]bool, r.block.Rows)
	var codes []uint8
	for _, item := range items {
		var err error
		if codes, err = r.block.Answers(item, codes); err != nil {
			return survey.NewError(survey.Internal, "read segment", err)
		}
		for row, code := range codes {
			answered[row] = answered[row] || code != analysis.Missing && code != analysis.NotApplicable
		}
	}
	row := 0
	for _, run := range r.runs {
		cell := &cells[regroup.Cell[run.profile]]
		for range run.n {
			if run.held && (len(items) == 0 || answered[row]) {
				cell.N++
			}
			row++
		}
	}
	return nil
}
