// Command ferretdb serves the MongoDB protocol over a directory of SQLite
// files, for tests. It is a module of its own so that the product's list of
// modules stays free of it.
//
// It listens on a free port of the loopback address, prints its address as one
// line, and ends when its standard input is closed: so it never outlives the
// test that started it, however that one ends.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: ferretdb DIRECTORY")
		os.Exit(2)
	}
	if err := serve(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "ferretdb:", err)
		os.Exit(1)
	}
}

func serve(dir string) error {
	server, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Logger:   slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Handler:  "sqlite",
		// On a machine with much else to do, writers wait for one another for longer
		// than the usual ten seconds. What they wrote outlives the end of the process
		// without a sync of each commit; tests cut no power.
		SQLiteURL: "file:" + filepath.ToSlash(dir) + "/?_pragma=busy_timeout(120000)&_pragma=synchronous(normal)",
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // until the parent closes it or is gone
		cancel()
	}()
	go func() { fmt.Println(server.MongoDBURI()) }() // waits for the listener
	return server.Run(ctx)
}
