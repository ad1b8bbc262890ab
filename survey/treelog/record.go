package treelog

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"hailong/survey"
	"hailong/survey/ledger"
)

// LogRecord is a record of the log: one of Part and Restored is set.
type LogRecord struct {
	Part     *ledger.ClosedPart // a part of the ledger was closed
	Restored *Tree              // this was signed, and the store does not hold it any more
}

// The first lines of the texts of records.
const (
	partTitle     = "hailong ledger part"
	restoredTitle = "hailong log restored"
)

// ErrRecord is about a text that is no record of a log of this program.
var ErrRecord = errors.New("this is not a record of the log")

// Text is what the leaf of a record is made of. It ends with a new line and has no empty one.
func (r LogRecord) Text() string {
	if p := r.Part; p != nil {
		return fmt.Sprintf("%s\nchain %s\npart %d\nday %s\nroot %s\nhash %s\n", partTitle, p.Chain, p.Number, p.Day, p.Root, p.Hash)
	}
	return fmt.Sprintf("%s\nsize %d\nroot %s\n", restoredTitle, r.Restored.Size, r.Restored.Root)
}

// ParseRecord reads the text of a record. It takes nothing that Text would not write.
func ParseRecord(text string) (r LogRecord, err error) {
	lines := strings.Split(text, "\n")
	value := func(line int, name string) string {
		if line >= len(lines) {
			return ""
		}
		v, _ := strings.CutPrefix(lines[line], name+" ")
		return v
	}
	switch {
	case lines[0] == partTitle:
		p := ledger.ClosedPart{Chain: ledger.ChainID(value(1, "chain")), Day: survey.Date(value(3, "day"))}
		number, bad := strconv.ParseInt(value(2, "part"), 10, 64)
		root, badRoot := tlog.ParseHash(value(4, "root"))
		hash, badHash := tlog.ParseHash(value(5, "hash"))
		if _, err := hex.DecodeString(string(p.Chain)); err != nil || !p.Day.Valid() || errors.Join(bad, badRoot, badHash) != nil {
			return r, ErrRecord
		}
		p.Number, p.Root, p.Hash = number, root, hash
		r.Part = &p
	case lines[0] == restoredTitle:
		size, bad := strconv.ParseInt(value(1, "size"), 10, 64)
		root, badRoot := tlog.ParseHash(value(2, "root"))
		if errors.Join(bad, badRoot) != nil {
			return r, ErrRecord
		}
		r.Restored = &Tree{Size: size, Root: root}
	default:
		return r, ErrRecord
	}
	if r.Text() != text {
		return LogRecord{}, ErrRecord
	}
	return r, nil
}
