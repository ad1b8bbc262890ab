package traffic

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"net/netip"

	"hailong/survey"
)

// keySource gives secrets that lie outside the store, the same for every server.
type keySource interface {
	Key(ctx context.Context, name string) ([]byte, error)
	Destroy(ctx context.Context, name string) error
}

// dayKeyName is the name of the key of a day.
func dayKeyName(day survey.Date) string { return "networks-" + string(day) }

// keyDays is how many days back a server looks for keys to destroy: it may have
// stood still for a while.
const keyDays = 30

// dayKey is what hashes the networks of a day.
type dayKey struct {
	day survey.Date
	key []byte
	own bool // drawn here, because the right one cannot be had: the others do not know it
}

// drawKey returns a key that only this process has.
func drawKey(day survey.Date) *dayKey {
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // crypto/rand never fails since Go 1.24
	return &dayKey{day, key, true}
}

// network is a keyed hash of a part of an address; 0 is none.
type network uint64

func (k *dayKey) network(address netip.Addr, bits int) network {
	prefix, err := address.WithZone("").Prefix(bits)
	if err != nil { // it has fewer bits
		return 0
	}
	text, _ := prefix.MarshalBinary() // fails for no prefix
	h := hmac.New(sha256.New, k.key)
	h.Write(text)
	return network(binary.BigEndian.Uint64(h.Sum(nil)) | 1)
}

// networks are the narrower and the wider network of an address, which are one in
// IPv4.
func (k *dayKey) networks(address netip.Addr) (narrow, wide network) {
	address = address.Unmap()
	if address.Is4() {
		narrow = k.network(address, 24)
		return narrow, narrow
	}
	return k.network(address, 64), k.network(address, 48)
}
