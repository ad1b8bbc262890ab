package treelog

import (
	"context"
	"encoding/hex"
	"errors"

	"golang.org/x/mod/sumdb/tlog"

	"hailong/survey"
	"hailong/survey/ledger"
)

// signedLast is the name under which the newest head that was signed is remembered.
const signedLast = "log-signed"

// ForEdition returns a function that closes what of the ledger may be closed, appends
// it, and returns the head that an edition names; nil while the log is empty.
func (l *SignedLog) ForEdition(entered *ledger.Ledger) func(context.Context) (*survey.LogHead, error) {
	return func(ctx context.Context) (*survey.LogHead, error) {
		// A chain that was tampered with is for hailong check to show. What is whole of
		// the ledger is published with a head all the same.
		if _, err := entered.Close(ctx); err != nil && !errors.Is(err, ledger.ErrBroken) {
			return nil, err
		}
		if _, err := l.Append(ctx); err != nil && !errors.Is(err, ledger.ErrBroken) {
			return nil, err
		}
		head, err := l.Head(ctx)
		if survey.Is(err, survey.NotFound) {
			return nil, nil
		}
		return &head, err
	}
}

// Head returns the signed head over all records. Errors: NotFound while there are none;
// those of the store and of the keys.
func (l *SignedLog) Head(ctx context.Context) (survey.LogHead, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.signedHead(ctx)
}

// Key is what verifies the heads.
func (l *SignedLog) Key(ctx context.Context) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	signer, err := l.signing(ctx)
	if err != nil {
		return "", err
	}
	return signer.text, nil
}

func (l *SignedLog) signing(ctx context.Context) (*HeadSigner, error) {
	if l.signer == nil {
		secret, err := l.keys.Key(ctx, SigningKey)
		if err != nil {
			return nil, err
		}
		if l.signer, err = NewSigner(secret); err != nil {
			return nil, survey.NewError(survey.Internal, "sign the log", err)
		}
	}
	return l.signer, nil
}

// signedHead is Head for whoever has the lock.
//
// What was signed last is compared before anything is signed, and what is signed is
// remembered on disk before it is returned. A kill between the two leaves a head
// remembered that nobody saw, which the next one extends.
func (l *SignedLog) signedHead(ctx context.Context) (survey.LogHead, error) {
	if err := l.refresh(ctx); err != nil {
		return survey.LogHead{}, err
	}
	if l.records.Size() == 0 {
		return survey.LogHead{}, survey.NewError(survey.NotFound, "sign the log", nil)
	}
	if l.head.Size == l.records.Size() {
		return l.head, nil
	}
	signer, err := l.signing(ctx)
	if err != nil {
		return survey.LogHead{}, err
	}
	last, err := l.signedBefore(ctx, signer)
	if err != nil {
		return survey.LogHead{}, err
	}
	if !l.records.Holds(last) {
		if err := l.declare(ctx, last); err != nil {
			return survey.LogHead{}, err
		}
		last = Tree{}
	}
	head, err := signer.Head(l.records.Tree())
	if err != nil {
		return survey.LogHead{}, survey.NewError(survey.Internal, "sign the log", err)
	}
	if head.Size > last.Size { // another server may have signed more meanwhile
		if err := l.keys.Remember(ctx, signedLast, []byte(head.Signed)); err != nil {
			return survey.LogHead{}, err
		}
	}
	l.head = head
	return head, nil
}

// signedBefore is the tree that was signed last; the empty one if none was.
func (l *SignedLog) signedBefore(ctx context.Context, signer *HeadSigner) (Tree, error) {
	nothing := l.records.TreeAt(0)
	text, err := l.keys.Remembered(ctx, signedLast)
	if survey.Is(err, survey.NotFound) {
		return nothing, nil
	}
	if err != nil {
		return Tree{}, err
	}
	_, last, err := OpenHead(string(text), signer.text)
	if errors.Is(err, ErrSigned) { // the key is another one: nothing was signed by it
		return nothing, nil
	}
	if err != nil {
		return Tree{}, survey.NewError(survey.Internal, "sign the log", err)
	}
	return last, nil
}

// declare says in the audit log and in the log itself that the store does not hold what
// was signed before. First the audit log, which takes it once; a kill before the record
// makes the next run say it.
func (l *SignedLog) declare(ctx context.Context, signed Tree) error {
	sum := tlog.RecordHash([]byte(headText(signed)))
	held := l.records.Tree()
	err := l.changes.Begin(survey.Actor{Shell: "serve"}).Entry("log.restored", "log", map[string]any{"size": signed.Size, "root": signed.Root.String()}, map[string]any{"size": held.Size, "root": held.Root.String()}).
		Once(hex.EncodeToString(sum[:16])).Do(ctx)
	if err != nil {
		return err
	}
	for !l.declared(signed) {
		if _, err := l.insert(ctx, LogRecord{Restored: &signed}); err != nil {
			return err
		}
	}
	return nil
}

// declared reports whether the log says already that a head holds no longer: another
// server was faster, or a kill came before it was remembered.
func (l *SignedLog) declared(signed Tree) bool {
	text := LogRecord{Restored: &signed}.Text()
	for n := l.records.Size() - 1; n >= 0; n-- {
		if l.records.Text(n) == text {
			return true
		}
	}
	return false
}
