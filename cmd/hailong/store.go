package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/mongo"
)

// defaultStore is where a first start keeps everything.
const defaultStore = "bolt:data/hailong.db"

// openStore is a store of either kind, with the right to close it.
type openStore interface {
	survey.Store
	io.Closer
}

// storeOption is a flag that names a store.
type storeOption struct {
	flag string
	url  string
}

// addStoreFlag gives a command its --store flag.
func addStoreFlag(cmd *cobra.Command) *storeOption {
	o := &storeOption{flag: "store"}
	cmd.Flags().StringVar(&o.url, o.flag, defaultStore, "kho dữ liệu: bolt:ĐƯỜNG-DẪN hoặc mongodb://MÁY/TÊN / store: bolt:PATH or mongodb://HOST/NAME")
	return o
}

// quiet is the logger of commands that work and end: what goes wrong is their
// error.
var quiet = slog.New(slog.DiscardHandler)

// open opens the store for a command that works and ends; on bbolt also while
// a server has the file, through that server. It makes none: a mistyped path
// would otherwise be an empty store, and a backup of it look like a success.
// The caller closes it.
func (o *storeOption) open(ctx context.Context) (openStore, error) {
	path, err := o.boltPath()
	if err != nil {
		return nil, err
	}
	if path == "" {
		return mongo.Open(ctx, o.url, quiet)
	}
	if remote, err := bolt.Dial(path); err == nil {
		return remote, nil
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("không có kho dữ liệu %[1]s; hailong serve tạo kho mới / no such store: %[1]s; hailong serve makes one", o.url)
	}
	return bolt.Open(path)
}

// own opens the store for a server, and makes it where there is none. A file is then its own until it closes
// the store: a second server on it is an error. The caller closes it.
func (o *storeOption) own(ctx context.Context, log *slog.Logger) (openStore, error) {
	path, err := o.boltPath()
	if err != nil {
		return nil, err
	}
	if path == "" {
		return mongo.Open(ctx, o.url, log)
	}
	return bolt.Open(path)
}

// followResponses lets others write to a store of own while a server runs, and
// calls stored for each response that they store: commands on the same machine
// through this process, other servers on the same MongoDB since a time before
// figures were loaded. stored may be called several times for a response, also
// for one of this server's own, and by several goroutines. The caller calls
// stop, and then closes the store.
func followResponses(ctx context.Context, store openStore, since time.Time, log *slog.Logger, stored func(survey.Response)) (stop func()) {
	switch s := store.(type) {
	case *bolt.Store:
		stop, err := s.Share(stored)
		if err != nil { // the server is none the worse for it
			log.Warn("Other commands cannot use the store while this server runs.", "error", err)
			return func() {}
		}
		return stop
	case survey.Follower:
		ctx, cancel := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() {
			defer close(done)
			err := s.Follow(ctx, since, func(doc bson.Raw) error {
				var response survey.Response
				if err := response.UnmarshalBSON(doc); err != nil {
					log.Error("A response cannot be read; it counts in no figure.", "id", doc.Lookup("_id").String(), "error", err)
					return nil
				}
				stored(response)
				return nil
			})
			if err != nil {
				log.Error("Responses of other servers are no longer read.", "error", err)
			}
		}()
		return func() { cancel(); <-done }
	}
	return func() {}
}

// boltPath returns the file that the flag names, or "" if it names a MongoDB.
func (o *storeOption) boltPath() (string, error) {
	scheme, rest, _ := strings.Cut(o.url, ":")
	switch {
	case scheme == "bolt" && rest != "":
		return rest, nil
	case scheme == "bolt":
		return "", usageError{fmt.Errorf("--%[1]s bolt: không ghi tệp nào; thử %[2]s / --%[1]s bolt: names no file; try %[2]s", o.flag, defaultStore)}
	case scheme == "mongodb", scheme == "mongodb+srv":
		return "", nil
	case o.url == "":
		return "", usageError{fmt.Errorf("--%[1]s để trống; dùng bolt:ĐƯỜNG-DẪN hoặc mongodb://MÁY/TÊN / --%[1]s is empty; use bolt:PATH or mongodb://HOST/NAME", o.flag)}
	}
	// The rest is not repeated: it may be a password.
	return "", usageError{fmt.Errorf("--%[1]s không phải kho dữ liệu; dùng bolt:ĐƯỜNG-DẪN hoặc mongodb://MÁY/TÊN / --%[1]s is no store; use bolt:PATH or mongodb://HOST/NAME", o.flag)}
}
