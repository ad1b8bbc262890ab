package results

import (
	"fmt"
	"sync"

	"hailong/analysis"
)

// tables keeps what was tabulated. Tables are additive, so a later question
// counts only the rows that have come since and merges them.
type tables struct {
	mu     sync.Mutex
	counts map[string]*kept[*analysis.Table]
	sums   map[string]*kept[*analysis.IndexTable]
}

type kept[T any] struct {
	table T
	rows  int
}

// maxKept bounds the memory of tables; a page asks for about twenty.
const maxKept = 200

func (t *tables) drop() {
	t.counts, t.sums = nil, nil
}

// count returns the counts of all items by the crossed columns.
func (v view) count(by ...int) (*analysis.Table, error) {
	return keep(&v.tables.counts, v.rows, fmt.Sprint(by), func(rows analysis.Snapshot) (*analysis.Table, error) {
		return rows.Tabulate(analysis.Query{By: by})
	})
}

// sum returns the sums of an index by the crossed columns.
func (v view) sum(ix analysis.Index, by ...int) (*analysis.IndexTable, error) {
	return keep(&v.tables.sums, v.rows, fmt.Sprint(ix, by), func(rows analysis.Snapshot) (*analysis.IndexTable, error) {
		return rows.TabulateIndex(ix, analysis.Query{By: by})
	})
}

func keep[T interface {
	comparable
	Merge(T) error
}](all *map[string]*kept[T], rows analysis.Snapshot, key string, tabulate func(analysis.Snapshot) (T, error),
) (T, error) {
	if *all == nil || len(*all) >= maxKept {
		*all = map[string]*kept[T]{}
	}
	k := (*all)[key]
	if k == nil {
		k = &kept[T]{}
	}
	if k.rows == rows.Rows() && k.rows > 0 {
		return k.table, nil
	}
	var none T
	fresh, err := tabulate(rows.Slice(k.rows, rows.Rows()))
	if err != nil {
		return none, err
	}
	if k.rows > 0 {
		err = fresh.Merge(k.table)
	}
	if err != nil {
		return none, err
	}
	k.table, k.rows = fresh, rows.Rows()
	(*all)[key] = k
	return fresh, nil
}
