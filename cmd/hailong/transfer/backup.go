package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/backup"
	"hailong/survey/bolt"
	"hailong/survey/livecopy"
	"hailong/survey/tempdir"
)

// backupOptions are the settings of a backup.
type backupOptions struct {
	store      *shell.StoreOption
	keys       *shell.KeysOption
	out        string
	recipients []string
	keep       string
	publicKey  bool
	program    string
	messages   io.Writer
}

// NewBackupCommand makes the command that backs a store up; the backup names the
// version of the program that wrote it.
func NewBackupCommand(version string) *cobra.Command {
	o := backupOptions{program: version}
	cmd := &cobra.Command{
		Use:   "backup --store STORE --out FILE",
		Short: "Sao lưu toàn bộ dữ liệu vào một tệp / writes everything to one file",
		Long:  backupHelp,
		Args:  shell.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.messages = cmd.ErrOrStderr()
			if o.publicKey {
				return o.printKey(cmd.Context(), cmd.OutOrStdout())
			}
			return o.run(cmd.Context(), cmd.OutOrStdout())
		},
	}
	o.store = shell.AddStoreFlag(cmd)
	o.keys = shell.AddKeysFlag(cmd)
	f := cmd.Flags()
	f.StringVar(&o.out, "out", "", "tệp sẽ ghi, chưa được có sẵn; cùng --keep thì là thư mục / file to write, it must not exist yet; with --keep a directory")
	f.StringSliceVar(&o.recipients, "recipient", nil, "khóa niêm phong age1…, hoặc tệp chứa khóa; ghi nhiều lần được / key to seal the backup for, age1…, or a file of keys; may be repeated")
	f.StringVar(&o.keep, "keep", "", "giữ bản mới nhất của bao nhiêu ngày, tuần, tháng, xóa bản cũ: 7d,4w,12m / keep the newest of so many days, weeks, months, and delete older ones: 7d,4w,12m")
	f.BoolVar(&o.publicKey, "public-key", false, "chỉ in khóa công khai dùng để kiểm tra bản sao lưu / only print the public key by which backups are verified")
	return cmd
}

// printKey prints the key that the office keeps elsewhere.
func (o *backupOptions) printKey(ctx context.Context, out io.Writer) error {
	// Where there is no store, a key would be made that signs nothing.
	if path, err := o.store.BoltPath(); err != nil {
		return err
	} else if _, err := os.Stat(path); path != "" && errors.Is(err, fs.ErrNotExist) {
		return shell.Misused(fmt.Errorf("không có kho %[1]s; ghi đúng --store hoặc HAILONG_STORE / there is no store %[1]s; name it with --store or HAILONG_STORE", path))
	}
	signer, err := o.signer(ctx)
	if err != nil {
		return err
	}
	if signer == nil {
		return shell.Misused(errUnsignedStore)
	}
	_, err = fmt.Fprintln(out, signer.PublicKey())
	return err
}

var errUnsignedStore = errors.New("cần --keys THƯ-MỤC, nơi có khóa ký bản sao lưu / --keys DIR is needed: the key that signs backups is there")

// signer returns who signs the backups of a store; nil where no directory of keys is
// named and there is no usual one (MongoDB).
func (o *backupOptions) signer(ctx context.Context) (*backup.Signer, error) {
	if path, err := o.store.BoltPath(); err != nil || path == "" && o.keys.Dir == "" {
		return nil, err
	}
	secrets, err := o.keys.Open(o.store)
	if err != nil {
		return nil, err
	}
	secret, err := secrets.Key(ctx, backup.SigningKey)
	if err != nil {
		return nil, err
	}
	return backup.NewSigner(secret)
}

func (o *backupOptions) run(ctx context.Context, out io.Writer) error {
	if o.out == "" {
		return shell.Misused(errors.New("cần --out TỆP / backup needs --out FILE"))
	}
	recipients, err := backup.Recipients(o.recipients)
	if err != nil {
		return shell.Misused(err)
	}
	from, err := o.store.Open(ctx)
	if err != nil {
		return err
	}
	err = o.backUp(ctx, from, recipients, out)
	return errors.Join(err, from.Close())
}

func (o *backupOptions) backUp(ctx context.Context, from shell.OpenStore, recipients []age.Recipient, out io.Writer) error {
	signer, err := o.signer(ctx)
	if err != nil && (o.keys.Dir != "" || o.keep != "") {
		return err
	}
	series, now := (*series)(nil), time.Now()
	if o.keep != "" {
		if series, err = newSeries(o.out, o.keep, signer); err != nil {
			return err
		}
		o.out = filepath.Join(o.out, backup.FileName(signer.PublicKey(), now, len(recipients) > 0))
	}
	o.warn(signer, recipients)
	if err := recordBackup(ctx, from); err != nil {
		// A disk that takes no more entries is a reason to back up, not to refuse.
		fmt.Fprintf(o.messages, "chưa ghi được việc sao lưu vào nhật ký / the backup could not be noted in the audit log: %v\n", shell.Explained(err))
	}
	m, err := o.write(ctx, from, backup.WriteOptions{Program: o.program, Now: now, Signer: signer, Recipients: recipients})
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	if err := o.noteBackup(ctx, from, m, len(recipients) > 0); err != nil {
		fmt.Fprintf(o.messages, "chưa ghi được vào kho là đã sao lưu / that it was backed up could not be noted in the store: %v\n", shell.Explained(err))
	}
	if err := report(out, m.Contents); err != nil {
		return err
	}
	return series.prune(o.out, out)
}

// warn says once what a backup lacks.
func (o *backupOptions) warn(signer *backup.Signer, recipients []age.Recipient) {
	if len(recipients) == 0 {
		fmt.Fprintln(o.messages, "Bản sao lưu không niêm phong: ai có tệp thì đọc được mọi phiếu và mã băm mật khẩu. Nên dùng --recipient age1…\n"+
			"The backup is not sealed: whoever has the file reads every response and the hashes of passwords. Better use --recipient age1…")
	}
	if signer == nil {
		fmt.Fprintln(o.messages, "Bản sao lưu không có chữ ký: khi khôi phục không biết nó có bị sửa không. Xin ghi --keys THƯ-MỤC.\n"+
			"The backup is not signed: a restore cannot tell whether somebody altered it. Name the keys with --keys DIR.")
	}
}

// snapshotter is a store that can copy itself as of one moment.
type snapshotter interface {
	Snapshot(ctx context.Context, path string) error
}

// write writes a store's content to a new file and reads it back. The file is there under
// its name only when it is whole. What it needs meanwhile lies in temporary directories:
// the copy of the store, in clear, beside the store, and the unfinished backup beside the
// backup. Both are gone after a kill with the next backup or start of a server.
func (o *backupOptions) write(ctx context.Context, from shell.OpenStore, options backup.WriteOptions) (m backup.Manifest, err error) {
	if _, err := os.Lstat(o.out); err == nil {
		return m, fmt.Errorf("%[1]s đã có; xin chọn tên khác / %[1]s exists; choose a new name", o.out)
	}
	dir, err := tempdir.New(filepath.Dir(o.out))
	if err != nil {
		return m, shell.WithWords(fmt.Sprintf("không ghi được vào %[1]s: không có thư mục này hoặc không có quyền; xin chọn --out khác / cannot write into %[1]s: it is missing or closed to this account; choose another --out", filepath.Dir(o.out)), err)
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	still, done, err := o.atOneMoment(ctx, from)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, done()) }()
	unfinished := dir.Path("backup")
	if m, err = writeBackup(ctx, still, unfinished, options); err != nil {
		return m, err
	}
	err = os.Link(unfinished, o.out) // unlike renaming, it never replaces a file
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = os.Rename(unfinished, o.out) // a file system without links
	}
	return m, err
}

// atOneMoment returns a store as it is now. done gives it back. The copy of a file lies
// beside it; that of a database beside the backup, for which there is room.
func (o *backupOptions) atOneMoment(ctx context.Context, from shell.OpenStore) (still backup.DocumentSource, done func() error, err error) {
	path, err := o.store.BoltPath()
	if err != nil {
		return nil, nil, err
	}
	if path == "" {
		path = o.out
	}
	dir, err := tempdir.New(filepath.Dir(path))
	if err != nil {
		return nil, nil, err
	}
	copied, err := storeCopy(ctx, from, dir.Path("snapshot.db"))
	if err != nil {
		return nil, nil, errors.Join(err, dir.Close())
	}
	return copied, func() error { return errors.Join(copied.Close(), dir.Close()) }, nil
}

// storeCopy copies a store, to which others may write, into a new file.
func storeCopy(ctx context.Context, from shell.OpenStore, path string) (*bolt.Store, error) {
	if s, ok := from.(snapshotter); ok {
		if err := s.Snapshot(ctx, path); err != nil {
			return nil, err
		}
		return bolt.Open(path)
	}
	to, err := bolt.Open(path)
	if err != nil {
		return nil, err
	}
	if err := livecopy.Make(ctx, from, to); err != nil {
		return nil, errors.Join(err, to.Close())
	}
	return to, nil
}

func writeBackup(ctx context.Context, from backup.DocumentSource, path string, o backup.WriteOptions) (m backup.Manifest, err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	bars := newBars()
	o.Wrote = bars.add
	m, own, err := backup.Write(ctx, file, from, o)
	bars.finish()
	if err != nil {
		return m, err
	}
	if err := file.Sync(); err != nil {
		return m, err
	}
	var identities []age.Identity
	if own != nil {
		identities = []age.Identity{own}
	}
	_, err = readBackup(ctx, file, identities)
	return m, err
}

func readBackup(ctx context.Context, file *os.File, identities []age.Identity) (*backup.Archive, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return backup.Open(ctx, file, info.Size(), identities...)
}

// bars show how far each collection is.
type bars struct {
	of  survey.Collection
	bar shell.WorkProgress
}

func newBars() *bars { return &bars{} }

func (b *bars) add(c survey.Collection) {
	if b.of != c {
		b.finish()
		b.of, b.bar = c, shell.NewProgress(string(c), -1)
	}
	b.bar.Add(1)
}

func (b *bars) finish() {
	if b.of != "" {
		b.bar.Finish()
	}
}
