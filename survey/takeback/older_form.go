package takeback

import (
	"context"
	"crypto/hmac"

	"hailong/survey"
)

// ofOlder is Of for a form that an older version of this program showed, or a program
// sent: its response is stored as the older version stored it, so that one that it
// stored already is not stored again. It carried the id of the response and the code of
// its receipt; a page that a device had kept and showed again carried an id that the
// device drew, and the code of another response. No form carries a code any more.
//
// TODO: remove it, and the field of forms that it needs, two releases after the first
// in which forms carry no code: no telephone keeps a form for so long.
func (r *Receipts) ofOlder(ctx context.Context, f SentForm) (IssuedReceipt, error) {
	retry, err := r.retry(ctx, f)
	if err != nil {
		return IssuedReceipt{}, err
	}
	kept, err := ParseReceiptCode(f.Kept)
	if err != nil || f.Kiosk {
		return IssuedReceipt{ID: f.Drawn, Retry: retry}, nil //nolint:nilerr // it carried no code
	}
	belongs, err := r.belongs(ctx, f.Drawn, kept)
	if err != nil || belongs {
		return IssuedReceipt{ID: f.Drawn, Code: kept, Retry: retry}, err
	}
	// The day in the drawn id is by the clock of the device, which may be wrong.
	receipt, err := r.derived(ctx, noDay, "kept", string(kept)+"\x00"+string(f.Drawn))
	receipt.Retry = retry
	return receipt, err
}

// belongs reports whether a code is that of a response's id.
func (r *Receipts) belongs(ctx context.Context, id survey.ResponseID, code ReceiptCode) (bool, error) {
	bits, err := r.bits(ctx, "response", string(code))
	if err != nil {
		return false, err
	}
	// The day is the first part of the id; the rest does not depend on it.
	const dayPart = len("00000000-0000")
	of := survey.ResponseIDOf("", bits)
	return len(id) == len(of) && hmac.Equal([]byte(id[dayPart:]), []byte(of[dayPart:])), nil
}
