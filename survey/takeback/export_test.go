package takeback

import "context"

// Bits are those of the id that belongs to a code.
func (r *Receipts) Bits(ctx context.Context, code ReceiptCode) ([10]byte, error) {
	return r.bits(ctx, "response", string(code))
}
