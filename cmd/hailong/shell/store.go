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
}

// AddStoreFlag gives a command its --store flag.
func AddStoreFlag(cmd *cobra.Command) *StoreOption {
	o := &StoreOption{Flag: "store"}
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
		return mongo.Open(ctx, o.URL, Quiet)
	}
	if remote, err := bolt.Dial(path); err == nil {
		return remote, nil
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("không có kho dữ liệu %[1]s; hailong serve tạo kho mới / no such store: %[1]s; hailong serve makes one", o.URL)
	}
	return bolt.Open(path)
}

// Own opens the store for a server, and makes it where there is none. A file is then its own until it closes
// the store: a second server on it is an error. The caller closes it.
func (o *StoreOption) Own(ctx context.Context, log *slog.Logger) (OpenStore, error) {
	path, err := o.BoltPath()
	if err != nil {
		return nil, err
	}
	if path == "" {
		return mongo.Open(ctx, o.URL, log)
	}
	return bolt.Open(path)
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
