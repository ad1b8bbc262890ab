package treelog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"hailong/survey"
	"hailong/survey/ledger"
)

// proofFormat is what a file begins with that holds a proof.
const proofFormat = "hailong receipt proof 1"

// longestProof bounds what is read as a proof.
const longestProof = 64 << 10

// longestPath bounds the paths of a proof: no part and no log has more levels.
const longestPath = 64

// ReceiptProof leads from a response to a signed head.
type ReceiptProof struct {
	Format string     `json:"format"`
	Leaf   []byte     `json:"leaf"`   // of the response: its id and its commitment
	Path   []Step     `json:"path"`   // from the leaf to the root of its part
	Record string     `json:"record"` // of the part
	Number int64      `json:"number"` // of the record in the log, from 0
	Beside []NodeHash `json:"beside"` // the path of the record in the log (RFC 9162)
	Head   string     `json:"head"`   // signed
	Key    string     `json:"key"`    // by whom it says it is signed
}

// NodeHash is the hash of a node; as JSON, in base64.
type NodeHash = tlog.Hash

// Step is a node beside the way to the root of a part.
type Step struct {
	Left bool     `json:"left,omitempty"`
	Hash NodeHash `json:"hash"`
}

// Errors about proofs that somebody shows.
var (
	ErrProof  = errors.New("không phải tệp bằng chứng phiếu có trong sổ đối chứng / this is not the file of a proof that a response is in the log")
	ErrProves = errors.New("tệp không chứng minh được: đã bị sửa hoặc hỏng / the file proves nothing: it was altered or damaged")
)

// Proved is what a proof shows.
type Proved struct {
	Day  survey.Date // on which the ledger took the response in
	Tree Tree        // that it is in
	Head survey.LogHead
}

// ReadProof reads the file of a proof. The error is ErrProof, or ErrProves for one that
// is not as it was written.
func ReadProof(file []byte) (p ReceiptProof, err error) {
	if len(file) > longestProof {
		return p, ErrProof
	}
	if err := json.Unmarshal(file, &p); err != nil || p.Format != proofFormat {
		return ReceiptProof{}, ErrProof
	}
	// It is as it was written, or it is another file.
	written, err := p.File()
	if err != nil || !bytes.Equal(bytes.TrimSpace(written), bytes.TrimSpace(bytes.ReplaceAll(file, []byte("\r\n"), []byte("\n")))) {
		return ReceiptProof{}, ErrProves
	}
	return p, nil
}

// File is the proof as a file.
func (p ReceiptProof) File() ([]byte, error) {
	file, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return nil, survey.NewError(survey.Internal, "write proof", err)
	}
	return append(file, '\n'), nil
}

// Name is what the file is called. It says nothing that is not in it.
func (p ReceiptProof) Name() string {
	sum := tlog.RecordHash(p.Leaf)
	return fmt.Sprintf("phieu-%x.json", sum[:4])
}

// Verify holds a proof against a key. Errors: those of OpenHead, and ErrProves.
func (p ReceiptProof) Verify(key string) (Proved, error) {
	head, tree, err := OpenHead(p.Head, key)
	switch {
	case err != nil:
		return Proved{}, err
	case head.Key != p.Key:
		return Proved{}, ErrSigned
	}
	if len(p.Leaf) != len(ledger.Leaf{}) || len(p.Path) > longestPath || len(p.Beside) > longestPath {
		return Proved{}, ErrProves
	}
	root := tlog.RecordHash(p.Leaf)
	for _, s := range p.Path {
		if s.Left {
			root = tlog.NodeHash(s.Hash, root)
		} else {
			root = tlog.NodeHash(root, s.Hash)
		}
	}
	record, err := ParseRecord(p.Record)
	if err != nil || record.Part == nil || record.Part.Root != root {
		return Proved{}, ErrProves
	}
	if p.Number < 0 || p.Number >= tree.Size || tlog.CheckRecord(p.Beside, tree.Size, tree.Root, p.Number, tlog.RecordHash([]byte(p.Record))) != nil {
		return Proved{}, ErrProves
	}
	return Proved{Day: record.Part.Day, Tree: tree, Head: head}, nil
}
