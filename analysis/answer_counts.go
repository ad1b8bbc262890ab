package analysis

// AnswerCounts counts, per response, its answers to some items: in the low 16 bits
// those it gave, in the high 16 bits those whose code counts as satisfied.
// satisfied marks these codes with 1, indexed by code; nil counts none.
func (s FixedRows) AnswerCounts(items []int, satisfied []float64) []uint32 {
	counts := make([]uint32, s.rows)
	packed := make([][256]uint32, len(items))
	for k, j := range items {
		for code := 1; code <= int(s.schema.Items[j].Codes); code++ {
			packed[k][code] = 1
			if code < len(satisfied) {
				packed[k][code] |= uint32(satisfied[code]) << 16
			}
		}
	}
	work := func(_ struct{}, low, high int) {
		for k, j := range items {
			codes := &packed[k]
			to := counts[low:high]
			for i, code := range s.items[j][low:high] {
				to[i] += codes[code]
			}
		}
	}
	eachBlock(s.rows, func() struct{} { return struct{}{} }, work, func(struct{}) {})
	return counts
}
