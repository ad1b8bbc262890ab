package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/check"
	"hailong/survey/migrations"
	"hailong/survey/mongo"
	"hailong/survey/salvage"
)

// defaultStore is where a first start keeps everything.
const defaultStore = "bolt:data/hailong.db"

// OpenStore is a store of either kind, with the right to close it.
type OpenStore interface {
	survey.Carrier
	io.Closer
}

// StoreOption is a flag that names a store.
type StoreOption struct {
	Flag string
	URL  string

	cmd *cobra.Command // that has the flag; nil in tests
}

// ProgramVersion is the annotation of the root command that holds the version of the
// program. A store keeps it, to tell older programs which one it needs.
const ProgramVersion = "version"

// NewStoreOption is an option of a command, which adds the flag itself.
func NewStoreOption(cmd *cobra.Command, flag string) *StoreOption {
	return &StoreOption{Flag: flag, cmd: cmd}
}

// AddStoreFlag gives a command its --store flag.
func AddStoreFlag(cmd *cobra.Command) *StoreOption {
	o := NewStoreOption(cmd, "store")
	cmd.Flags().StringVar(&o.URL, o.Flag, defaultStore, "kho dữ liệu: bolt:ĐƯỜNG-DẪN hoặc mongodb://MÁY/TÊN / store: bolt:PATH or mongodb://HOST/NAME")
	return o
}

// Quiet is the logger of commands that work and end: what goes wrong is their
// error.
var Quiet = slog.New(slog.DiscardHandler)

// Open opens the store for a command that works and ends; on bbolt also while
// a server has the file, through that server. It makes none: a mistyped path
// would otherwise be an empty store, and a backup of it look like a success.
// The caller closes it.
func (o *StoreOption) Open(ctx context.Context) (OpenStore, error) {
	path, err := o.BoltPath()
	if err != nil {
		return nil, err
	}
	if path == "" {
		return o.current(ctx, Quiet, func() (FilledStore, error) { return mongo.Open(ctx, o.URL, Quiet) })
	}
	if remote, err := bolt.Dial(path); err == nil {
		return remote, nil
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, o.missing()
	}
	return o.current(ctx, Quiet, func() (FilledStore, error) { return bolt.Open(path) })
}

// Check looks through the data of the store, in whatever state it is: by the server
// that has the file open, or else the file itself, before anything opens it. Where the
// data are whole and of this format, what they say together is looked at, too. Nothing
// is changed.
func (o *StoreOption) Check(ctx context.Context, told func(bytes int) error) (report check.Findings, err error) {
	path, err := o.BoltPath()
	if err != nil {
		return report, err
	}
	var store interface {
		check.Store
		io.Closer
	}
	if path == "" {
		store, err = mongo.Open(ctx, o.URL, Quiet)
	} else if remote, unserved := bolt.Dial(path); unserved == nil {
		store = remote
	} else {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return report, o.missing()
		}
		report, err = check.Data(func(found func(survey.Damage)) (survey.Inspected, error) { return bolt.CheckFile(path, told, found) })
		if err != nil || !report.Whole() {
			return report, errors.Join(err, report.Rest(ctx, nil))
		}
		store, err = bolt.Open(path)
	}
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if len(report.Parts) == 0 {
		report, err = check.Data(func(found func(survey.Damage)) (survey.Inspected, error) { return store.Check(ctx, told, found) })
		if err != nil {
			return report, err
		}
	}
	return report, report.Rest(ctx, store)
}

// DamagedStore is a store of which whatever can be read is read.
type DamagedStore interface {
	salvage.Source
	io.Closer
}

// Damaged opens the store for a salvage, in whatever state it is, if no server has it.
// Nothing is changed. The caller closes it.
func (o *StoreOption) Damaged(ctx context.Context, told func(bytes int) error) (DamagedStore, error) {
	path, err := o.BoltPath()
	if err != nil {
		return nil, err
	}
	if path == "" {
		store, err := mongo.Open(ctx, o.URL, Quiet)
		return &mongo.Damaged{Store: store}, err
	}
	if remote, err := bolt.Dial(path); err == nil {
		return nil, errors.Join(bolt.ErrInUse, remote.Close())
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, o.missing()
	}
	return bolt.OpenDamaged(path, told)
}

func (o *StoreOption) missing() error {
	return fmt.Errorf("không có kho dữ liệu %[1]s; hailong serve tạo kho mới / no such store: %[1]s; hailong serve makes one", o.URL)
}

// Own opens the store for a server, and makes it where there is none. A file is then its own until it closes
// the store: a second server on it is an error. The caller closes it.
func (o *StoreOption) Own(ctx context.Context, log *slog.Logger) (OpenStore, error) {
	path, err := o.BoltPath()
	if err != nil {
		return nil, err
	}
	if path == "" {
		return o.current(ctx, log, func() (FilledStore, error) { return mongo.Open(ctx, o.URL, log) })
	}
	return o.current(ctx, log, func() (FilledStore, error) { return bolt.Open(path) })
}

// Fill opens the store for a command that puts the documents of another one into it, also
// where an earlier such command was interrupted, and has fill do so. Then the store is
// brought to the format of this program.
func (o *StoreOption) Fill(ctx context.Context, fill func(FilledStore) error) (err error) {
	path, err := o.BoltPath()
	if err != nil {
		return err
	}
	var store FilledStore
	if path == "" {
		store, err = mongo.OpenHalfFilled(ctx, o.URL, Quiet)
	} else {
		store, err = bolt.OpenHalfFilled(path)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if format, err := store.Format(ctx); err != nil || format.Filling == "" {
		if err = errors.Join(err, o.migrate(ctx, Quiet, store)); err != nil {
			return err
		}
	}
	if err := fill(store); err != nil {
		return err
	}
	return o.migrate(ctx, Quiet, store)
}

// FilledStore is a store that was opened as it is: one that is filled, or migrated.
type FilledStore interface {
	OpenStore
	migrations.Store
}

// current opens a store and brings it to the format of this program: whoever opens
// it may write to it.
func (o *StoreOption) current(ctx context.Context, log *slog.Logger, open func() (FilledStore, error)) (OpenStore, error) {
	store, err := open()
	if half := (*survey.HalfFilled)(nil); errors.As(err, &half) {
		return nil, WithWords(fmt.Sprintf("lệnh “hailong %[2]s” vào kho %[1]s bị ngắt giữa chừng, kho mới có một phần dữ liệu; xin chạy lại đúng lệnh ấy để làm nốt, hoặc chọn kho khác / \"hailong %[2]s\" into %[1]s was interrupted, and only a part of the data is in it; run the same command again, which completes it, or choose another store", o.Shown(), half.By), err)
	}
	if err != nil {
		return nil, err
	}
	if err := o.migrate(ctx, log, store); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}

// migrate brings an open store to the format of this program.
func (o *StoreOption) migrate(ctx context.Context, log *slog.Logger, store migrations.Store) error {
	program := ""
	if o.cmd != nil {
		program = o.cmd.Root().Annotations[ProgramVersion]
	}
	var bar WorkProgress
	begun := false
	found, err := migrations.Run(ctx, store, program, func(to int, _ survey.Collection, documents int) {
		if !begun {
			begun = true
			log.Warn("an older version wrote this store; it is brought to the format of this one", "format", to)
			bar = NewProgress(fmt.Sprintf("nâng cấp kho / upgrade to format %d", to), -1)
		}
		bar.Add(documents)
	})
	if begun {
		bar.Finish()
	}
	if err == nil && begun {
		log.Warn("the store has the format of this version now; older ones refuse it", "before", found.Done(), "now", survey.CurrentFormat)
	}
	return err
}

// Shown names the store in messages; an address of MongoDB may hold a password.
func (o *StoreOption) Shown() string {
	if strings.HasPrefix(o.URL, "bolt:") {
		return o.URL
	}
	return "MongoDB"
}

// BoltPath returns the file that the flag names, or "" if it names a MongoDB.
func (o *StoreOption) BoltPath() (string, error) {
	scheme, rest, _ := strings.Cut(o.URL, ":")
	switch {
	case scheme == "bolt" && rest != "":
		return rest, nil
	case scheme == "bolt":
		return "", Misused(fmt.Errorf("--%[1]s bolt: không ghi tệp nào; thử %[2]s / --%[1]s bolt: names no file; try %[2]s", o.Flag, defaultStore))
	case scheme == "mongodb", scheme == "mongodb+srv":
		return "", nil
	case o.URL == "":
		return "", Misused(fmt.Errorf("--%[1]s để trống; dùng bolt:ĐƯỜNG-DẪN hoặc mongodb://MÁY/TÊN / --%[1]s is empty; use bolt:PATH or mongodb://HOST/NAME", o.Flag))
	}
	// The rest is not repeated: it may be a password.
	return "", Misused(fmt.Errorf("--%[1]s không phải kho dữ liệu; dùng bolt:ĐƯỜNG-DẪN hoặc mongodb://MÁY/TÊN / --%[1]s is no store; use bolt:PATH or mongodb://HOST/NAME", o.Flag))
}

// SameStore reports whether two options name one store.
func SameStore(a, b *StoreOption) bool {
	if a.URL == b.URL {
		return true
	}
	pathA, _ := a.BoltPath()
	pathB, _ := b.BoltPath()
	if pathA == "" || pathB == "" {
		return false
	}
	pathA, errA := filepath.Abs(pathA)
	pathB, errB := filepath.Abs(pathB)
	return errA == nil && errB == nil && pathA == pathB
}
