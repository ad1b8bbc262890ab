package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/check"
	"hailong/survey/migrations"
	"hailong/survey/mongo"
)

// defaultStore is where a first start keeps everything.
const defaultStore = "bolt:data/hailong.db"

// OpenStore is a store of either kind, with the right to close it.
type OpenStore interface {
	survey.Store
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

// AddStoreFlag gives a command its --store flag.
func AddStoreFlag(cmd *cobra.Command) *StoreOption {
	o := &StoreOption{Flag: "store", cmd: cmd}
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
		return o.current(ctx, Quiet, func() (migratedStore, error) { return mongo.Open(ctx, o.URL, Quiet) })
	}
	if remote, err := bolt.Dial(path); err == nil {
		return remote, nil
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, o.missing()
	}
	return o.current(ctx, Quiet, func() (migratedStore, error) { return bolt.Open(path) })
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
		return o.current(ctx, log, func() (migratedStore, error) { return mongo.Open(ctx, o.URL, log) })
	}
	return o.current(ctx, log, func() (migratedStore, error) { return bolt.Open(path) })
}

// migratedStore is a store that was opened as it is.
type migratedStore interface {
	OpenStore
	migrations.Store
}

// current opens a store and brings it to the format of this program: whoever opens
// it may write to it.
func (o *StoreOption) current(ctx context.Context, log *slog.Logger, open func() (migratedStore, error)) (OpenStore, error) {
	store, err := open()
	if err != nil {
		return nil, err
	}
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
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	if begun {
		log.Warn("the store has the format of this version now; older ones refuse it", "before", found.Done(), "now", survey.CurrentFormat)
	}
	return store, nil
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
