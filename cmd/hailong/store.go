package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"hailong/survey"
	"hailong/survey/bolt"
)

// defaultStore is where a first start keeps everything.
const defaultStore = "bolt:data/hailong.db"

// openStore is a store of either kind, with the right to close it.
type openStore interface {
	survey.Store
	io.Closer
}

// storeOption is the --store flag of a command.
type storeOption struct {
	name string // of the flag
	url  string
}

// addStoreFlag gives a command its --store flag.
func addStoreFlag(cmd *cobra.Command) *storeOption {
	o := &storeOption{name: "store"}
	cmd.Flags().StringVar(&o.url, o.name, "",
		"where everything is kept: bolt:PATH or mongodb://… (HAILONG_STORE, HAILONG_STORE_FILE; default "+defaultStore+")")
	return o
}

// address returns the store's address: the flag, else HAILONG_STORE, else the
// content of the file named by HAILONG_STORE_FILE (an address may hold a
// password), else the default. The environment is read here and not as the
// flag's default, because help prints defaults.
func (o *storeOption) address() (string, error) {
	if o.url != "" {
		return o.url, nil
	}
	if url := os.Getenv("HAILONG_STORE"); url != "" {
		return url, nil
	}
	if name := os.Getenv("HAILONG_STORE_FILE"); name != "" {
		content, err := os.ReadFile(name) //nolint:gosec // the operator names the file
		if err != nil {
			return "", fmt.Errorf("read HAILONG_STORE_FILE: %w", err)
		}
		return strings.TrimSpace(string(content)), nil
	}
	return defaultStore, nil
}

// open opens the store for a command. The caller closes it.
func (o *storeOption) open(ctx context.Context) (openStore, error) {
	url, err := o.address()
	if err != nil {
		return nil, err
	}
	return openStoreURL(ctx, url)
}

// own opens the store for a server, which keeps it to itself while it runs.
// The caller closes it.
func (o *storeOption) own(ctx context.Context) (openStore, error) {
	url, err := o.address()
	if err != nil {
		return nil, err
	}
	return openStoreURL(ctx, url)
}

// openStoreURL opens "bolt:PATH", "mongodb://…" or "mongodb+srv://…".
func openStoreURL(_ context.Context, url string) (openStore, error) {
	if path, ok := strings.CutPrefix(url, "bolt:"); ok {
		if path == "" {
			return nil, usageError{errors.New("--store bolt: names no file; try " + defaultStore)}
		}
		return bolt.Open(path)
	}
	scheme, _, _ := strings.Cut(url, ":") // what follows may be a password
	return nil, usageError{fmt.Errorf("--store %s:… is no store; use bolt:PATH or mongodb://HOST/NAME", scheme)}
}
