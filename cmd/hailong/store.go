package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

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
	cmd.Flags().StringVar(&o.url, o.flag, defaultStore, "where everything is kept: bolt:PATH or mongodb://HOST/NAME")
	return o
}

// open opens the store for a command that works and ends; on bbolt also while
// a server has the file, through that server. The caller closes it.
func (o *storeOption) open(ctx context.Context) (openStore, error) {
	path, err := o.boltPath()
	if err != nil {
		return nil, err
	}
	if path == "" {
		return mongo.Open(ctx, o.url, slog.Default())
	}
	if remote, err := bolt.Dial(path); err == nil {
		return remote, nil
	}
	return bolt.Open(path)
}

// own opens the store for a server. A file is then its own until it closes
// the store: a second server on it is an error. On bbolt other commands get at
// the store through this process; stored is called after each new response
// that one of them stored.
func (o *storeOption) own(ctx context.Context, log *slog.Logger, stored func(survey.Response)) (openStore, error) {
	path, err := o.boltPath()
	if err != nil {
		return nil, err
	}
	if path == "" {
		return mongo.Open(ctx, o.url, log)
	}
	s, err := bolt.Open(path)
	if err != nil {
		return nil, err
	}
	return share(s, log, stored), nil
}

// share opens a store to the other commands of this machine. Where that
// cannot be done, the server is none the worse for it.
func share(s *bolt.Store, log *slog.Logger, stored func(survey.Response)) openStore {
	stop, err := s.Share(stored)
	if err != nil {
		log.Warn("Other commands cannot use the store while this server runs.", "error", err)
		return s
	}
	return sharedStore{s, stop}
}

type sharedStore struct {
	*bolt.Store
	stop func()
}

func (s sharedStore) Close() error {
	s.stop()
	return s.Store.Close()
}

// boltPath returns the file that the flag names, or "" if it names a MongoDB.
func (o *storeOption) boltPath() (string, error) {
	scheme, rest, _ := strings.Cut(o.url, ":")
	switch {
	case scheme == "bolt" && rest != "":
		return rest, nil
	case scheme == "bolt":
		return "", usageError{fmt.Errorf("--%s bolt: names no file; try %s", o.flag, defaultStore)}
	case scheme == "mongodb", scheme == "mongodb+srv":
		return "", nil
	case o.url == "":
		return "", usageError{fmt.Errorf("--%s is empty; use bolt:PATH or mongodb://HOST/NAME", o.flag)}
	}
	// The rest is not repeated: it may be a password.
	return "", usageError{errors.New("--" + o.flag + " is no store; use bolt:PATH or mongodb://HOST/NAME")}
}
