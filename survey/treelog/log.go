package treelog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/ledger"
)

// document is a stored record. It is stored once and never changes.
type document struct {
	ID   string `bson:"_id"` // its number
	Rev  int64  `bson:"rev"`
	Text string `bson:"text"`
}

func recordID(n int64) string { return fmt.Sprintf("%012d", n) }

// partKey names a closed part.
type partKey struct {
	chain  ledger.ChainID
	number int64
}

// signingKeys keep the key that signs, and what was signed last, outside the store.
// keys.Keys does.
type signingKeys interface {
	Key(ctx context.Context, name string) ([]byte, error)
	Remember(ctx context.Context, name string, text []byte) error
	Remembered(ctx context.Context, name string) ([]byte, error)
}

// SignedLog is the log of a store. One value serves a process; any number of goroutines may
// use it.
type SignedLog struct {
	changes *survey.Changes
	keys    signingKeys

	mu      sync.Mutex
	records Records
	numbers map[partKey]int64 // of the records of parts
	days    []survey.Date     // of the parts, by the number of the record; "" of others
	signer  *HeadSigner       // once it was had
	head    survey.LogHead    // that was signed last
}

// New returns the log of a store.
func New(changes *survey.Changes, keys signingKeys) *SignedLog {
	return &SignedLog{changes: changes, keys: keys, numbers: map[partKey]int64{}}
}

// Append appends the parts of the ledger that are closed and have no record, and returns
// how many records were added. It may be killed anywhere and run in several servers at
// once. A part that is not whole gets none: the error is Conflict with the cause
// ledger.ErrBroken then, after the others were appended.
func (l *SignedLog) Append(ctx context.Context) (added int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.refresh(ctx); err != nil {
		return 0, err
	}
	parts, damaged := ledger.ClosedParts(ctx, l.changes.Store, func(chain ledger.ChainID, number int64) bool {
		_, known := l.numbers[partKey{chain, number}]
		return known
	})
	if damaged != nil && !errors.Is(damaged, ledger.ErrBroken) {
		return 0, damaged
	}
	slices.SortStableFunc(parts, func(a, b ledger.ClosedPart) int { return cmp.Compare(a.Day, b.Day) })
	for i := range parts {
		for !l.has(&parts[i]) {
			mine, err := l.insert(ctx, LogRecord{Part: &parts[i]})
			if err != nil {
				return added, err
			}
			if mine {
				added++
			}
		}
	}
	return added, damaged
}

func (l *SignedLog) has(p *ledger.ClosedPart) bool {
	_, known := l.numbers[partKey{p.Chain, p.Number}]
	return known
}

// insert stores a record under the next number, and reports whether it was free. If not,
// what others appended meanwhile is read.
func (l *SignedLog) insert(ctx context.Context, r LogRecord) (mine bool, err error) {
	doc, err := bson.Marshal(document{ID: recordID(l.records.Size()), Rev: 1, Text: r.Text()})
	if err != nil {
		return false, survey.NewError(survey.Internal, "append to the log", err)
	}
	fresh, err := l.changes.Store.Insert(ctx, survey.LogRecords, doc)
	if err != nil {
		return false, err
	}
	return fresh[0], l.refresh(ctx)
}

// refresh reads what was appended since the last time, or everything, where the store is
// another one than then: it was restored.
func (l *SignedLog) refresh(ctx context.Context) error {
	from := l.records.Size() - 1
	if from >= 0 {
		var newest document
		raw, err := l.changes.Store.Get(ctx, survey.LogRecords, recordID(from))
		if err == nil {
			err = bson.Unmarshal(raw, &newest)
		}
		if err != nil && !survey.Is(err, survey.NotFound) {
			return err
		}
		if newest.Text != l.records.Text(from) {
			l.records, l.days, l.numbers = Records{}, nil, map[partKey]int64{}
			l.head = survey.LogHead{}
			from = -1
		}
	}
	return readRecords(ctx, l.changes.Store, from+1, func(text string) error {
		r, err := ParseRecord(text)
		if err != nil {
			return survey.NewError(survey.Internal, "read the log", fmt.Errorf("record %d: %w", l.records.Size(), err))
		}
		day := survey.Date("")
		if p := r.Part; p != nil {
			l.numbers[partKey{p.Chain, p.Number}], day = l.records.Size(), p.Day
		}
		l.days = append(l.days, day)
		return l.records.Append(text)
	})
}

// readRecords visits the texts of the records from one on. The error is Internal where
// one is missing between others.
func readRecords(ctx context.Context, store survey.Store, from int64, visit func(text string) error) error {
	return store.Scan(ctx, survey.LogRecords, recordID(from), "", func(raw bson.Raw) error {
		var d document
		if err := bson.Unmarshal(raw, &d); err != nil {
			return survey.NewError(survey.Internal, "read the log", err)
		}
		if d.ID != recordID(from) {
			return survey.NewError(survey.Internal, "read the log", fmt.Errorf("record %d is missing", from))
		}
		from++
		return visit(d.Text)
	})
}

// Texts returns the texts of at most so many records from a number on.
func (l *SignedLog) Texts(ctx context.Context, from int64, most int) ([]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.refresh(ctx); err != nil {
		return nil, err
	}
	if from < 0 || from >= l.records.Size() {
		return nil, nil
	}
	texts := l.records.texts[from:]
	return slices.Clone(texts[:min(len(texts), most)]), nil
}
