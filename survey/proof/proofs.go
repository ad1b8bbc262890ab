package proof

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"sync"
	"sync/atomic"
	"time"

	"hailong/survey"
)

// keyName is the name of the one key that seals tickets and makes codes.
const keyName = "proof"

// keySource gives secrets that lie outside the store. A key is made when it is first
// asked for, and is then the same for ever and for every replica.
type keySource interface {
	Key(ctx context.Context, name string) ([]byte, error)
}

// Proofs gives out tickets and codes, enrols devices, and checks what comes back.
// One value serves a process.
type Proofs struct {
	changes *survey.Changes
	keys    keySource
	now     func() time.Time

	key atomic.Pointer[[]byte] // of keyName, once it was had

	// How often codes of screens were exchanged, in this window of them and in the
	// last one in which any was.
	mu           sync.Mutex
	window       time.Time
	uses, before map[screenCode]int
}

// New returns the proofs of a store; keys are those of the installation.
func New(changes *survey.Changes, keys keySource) *Proofs {
	return &Proofs{changes: changes, keys: keys, now: changes.Now, uses: map[screenCode]int{}}
}

// mac is a keyed hash of parts, for one purpose. Each part begins with its
// length, so that no two lists of parts are hashed alike.
func (p *Proofs) mac(ctx context.Context, purpose string, parts ...[]byte) ([sha256.Size]byte, error) {
	var sum [sha256.Size]byte
	key := p.key.Load()
	if key == nil {
		had, err := p.keys.Key(ctx, keyName)
		if err != nil {
			return sum, err
		}
		key = &had
		p.key.Store(key)
	}
	h := hmac.New(sha256.New, *key)
	h.Write([]byte(purpose))
	for _, part := range parts {
		h.Write([]byte{0, byte(len(part))}) //nolint:gosec // ids, codes and keys have at most 255 bytes; nothing else is a part
		h.Write(part)
	}
	h.Sum(sum[:0])
	return sum, nil
}
