package mirror

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"hailong/survey"
	"hailong/survey/treelog"
)

// LogSource is where a log is mirrored from.
type LogSource interface {
	// Head returns the signed head.
	Head(ctx context.Context) (string, error)
	// Key returns the key that is said to verify it.
	Key(ctx context.Context) (string, error)
	// Records returns the texts of some records from a number on, at least of one where
	// the log has it.
	Records(ctx context.Context, from int64) ([]string, error)
}

// mostRecords bounds a log: more than a million parts would be three hundred a day for
// ten years.
const mostRecords = 1_000_000

// ErrSource is about a server that does not give the records that its head is over.
var ErrSource = errors.New("máy chủ đưa các mục không khớp đầu sổ của chính nó; xin thử lại sau / the server gives records that do not fit its own head; try again later")

// ErrKeyChanged is about a log that is signed by another key.
var ErrKeyChanged = errors.New("sổ đối chứng được ký bằng khóa khác khóa mà bản đối chứng này biết. Xin hỏi cơ quan; nếu cơ quan xác nhận đã đổi khóa, chạy lại với --key KHÓA-MỚI / " +
	"the log is signed by another key than the one that this mirror knows. Ask the office; if it confirms that the key is a new one, run this again with --key NEW-KEY")

// RewrittenError is about a log that does not hold what it held before.
type RewrittenError struct {
	Had, Has int64  // records, before and now
	Evidence string // directory where both heads are kept
	Declared bool   // the log itself says that an older backup was restored
}

func (e *RewrittenError) Error() string {
	s := fmt.Sprintf("SỔ ĐỐI CHỨNG TRÊN MÁY CHỦ ĐÃ BỊ VIẾT LẠI: bản này có %[1]d mục, máy chủ có %[2]d mục và không nối tiếp bản này. Hai đầu sổ đã ký được giữ trong %[3]s; bản đối chứng giữ nguyên. / "+
		"THE LOG ON THE SERVER WAS REWRITTEN: this mirror has %[1]d records, the server has %[2]d, which do not follow them. Both signed heads are kept in %[3]s; the mirror stays as it was.", e.Had, e.Has, e.Evidence)
	if e.Declared {
		s += " Chính sổ ấy ghi rằng kho được khôi phục từ bản sao lưu cũ; xin hỏi cơ quan, rồi lập bản đối chứng mới ở thư mục khác. / " +
			"The log itself says that an older backup was restored; ask the office, and begin a new mirror in another directory."
	}
	return s
}

// Updated is what an update did.
type Updated struct {
	Mirror
	Added    int64
	FirstUse bool // nobody told the key: the server's was taken
}

// Update brings the mirror of a directory up to the head of a source. key verifies it;
// empty: the one that the mirror knows, or that of the source for a new mirror. Errors:
// RewrittenError, ErrKeyChanged, ErrSource, ErrDamaged, those of treelog.OpenHead, of the
// source and of the file system. The mirror stays as it was then.
func Update(ctx context.Context, dir string, source LogSource, key string) (u Updated, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // a mirror is there to be read
		return u, err
	}
	mine, err := Open(dir)
	if errors.Is(err, ErrNone) {
		mine, err = &Mirror{}, nil
	}
	if err != nil {
		return u, err
	}
	if key = strings.TrimSpace(key); key == "" {
		key = mine.Key
	}
	if key == "" {
		if key, err = source.Key(ctx); err != nil {
			return u, err
		}
		key, u.FirstUse = strings.TrimSpace(key), true
	}
	signed, err := source.Head(ctx)
	if err != nil {
		return u, err
	}
	head, tree, err := treelog.OpenHead(signed, key)
	if errors.Is(err, treelog.ErrSigned) && mine.Key != "" && key == mine.Key {
		return u, ErrKeyChanged
	}
	if err != nil {
		return u, err
	}
	if tree.Size > mostRecords {
		return u, ErrSource
	}
	had := mine.records.Size()
	if err := follow(ctx, source, mine, tree); err != nil {
		var rewritten *RewrittenError
		if errors.As(err, &rewritten) {
			err = rewritten.keep(ctx, dir, source, mine, head)
		}
		return u, err
	}
	keyBefore, before := mine.Key, mine.Head
	mine.Key, mine.Head = key, head
	u.Mirror, u.Added = *mine, mine.records.Size()-had
	return u, mine.save(dir, keyBefore, before)
}

// follow appends the records of a tree to a mirror.
func follow(ctx context.Context, source LogSource, mine *Mirror, tree treelog.Tree) error {
	had := mine.records.Size()
	rewritten := &RewrittenError{Had: had, Has: tree.Size}
	if tree.Size < had || tree.Size == had && mine.records.Tree() != tree {
		return rewritten
	}
	if err := fetch(ctx, source, &mine.records, tree.Size); err != nil {
		return err
	}
	if mine.records.Tree() == tree {
		return nil
	}
	mine.records.Cut(had)
	// Either its older records are others than these, or it gives what it did not sign.
	var theirs treelog.Records
	if err := fetch(ctx, source, &theirs, tree.Size); err != nil {
		return err
	}
	if theirs.Tree() != tree {
		return ErrSource
	}
	return rewritten
}

// fetch appends records until there are so many.
func fetch(ctx context.Context, source LogSource, records *treelog.Records, size int64) error {
	for records.Size() < size {
		texts, err := source.Records(ctx, records.Size())
		if err != nil {
			return err
		}
		if len(texts) == 0 {
			return ErrSource
		}
		for _, text := range texts[:min(int64(len(texts)), size-records.Size())] {
			if _, err := treelog.ParseRecord(text); err != nil {
				return ErrSource
			}
			if err := records.Append(text); err != nil {
				return err
			}
		}
	}
	return nil
}

// save writes the records, and then the head with its key, which makes them count. The
// last head that an older key signed is kept under another name.
func (m *Mirror) save(dir, keyBefore string, before survey.LogHead) error {
	text, err := format(&m.records)
	if err != nil {
		return err
	}
	if err := write(dir, recordsFile, text); err != nil {
		return err
	}
	if keyBefore != "" && keyBefore != m.Key {
		if err := write(dir, fmt.Sprintf("head-%d-of-the-old-key", before.Size), keyed(before)); err != nil {
			return err
		}
	}
	return write(dir, headFile, keyed(m.Head))
}

// keyed is a head as a mirror keeps it: behind the key that verifies it.
func keyed(head survey.LogHead) []byte { return []byte(head.Key + "\n\n" + head.Signed) }

// keep keeps both heads, and the records that the server gives now.
func (e *RewrittenError) keep(ctx context.Context, dir string, source LogSource, mine *Mirror, now survey.LogHead) error {
	e.Evidence = filepath.Join(dir, fmt.Sprintf("rewritten-%d-%d", e.Had, e.Has))
	if err := os.MkdirAll(e.Evidence, 0o755); err != nil { //nolint:gosec // evidence is there to be read
		return errors.Join(e, err)
	}
	err := errors.Join(write(e.Evidence, "head-before", keyed(mine.Head)), write(e.Evidence, "head-now", keyed(now)))
	var theirs treelog.Records
	if fetched := fetch(ctx, source, &theirs, e.Has); fetched == nil {
		text, formatted := format(&theirs)
		err = errors.Join(err, formatted, write(e.Evidence, "records-now", text))
		for n := range theirs.Size() {
			r, parsed := treelog.ParseRecord(theirs.Text(n))
			e.Declared = e.Declared || parsed == nil && r.Restored != nil
		}
	}
	if err != nil {
		return errors.Join(e, err)
	}
	return e
}
