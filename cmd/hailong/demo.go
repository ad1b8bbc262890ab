package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/catalog/demo"
	"hailong/survey/keys"
	"hailong/survey/tempdir"
)

// newDemoCommand serves a year of invented responses from a store that is
// thrown away afterwards, so that nobody can mistake it for, or mix it with, a
// real one.
func newDemoCommand() *cobra.Command {
	var (
		o    serveOptions
		demo demo.Demo
	)
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Chạy thử với dữ liệu minh họa / serves a year of invented responses",
		Args:  shell.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.addrAsked = cmd.Flags().Changed("addr")
			if err := o.check(); err != nil {
				return err
			}
			if demo.Responses < 0 {
				return shell.Misused(errors.New("--responses không được âm / --responses must not be negative"))
			}
			o.metricsAsked = true // none by default
			demo.Today = survey.DateOf(time.Now())
			return serveDemo(cmd.Context(), &o, demo, o.logger(cmd.ErrOrStderr()), cmd.OutOrStdout())
		},
	}
	addServeFlags(cmd, &o, "")
	cmd.Flags().Uint64Var(&demo.Seed, "seed", 1, "số khởi tạo; số giống nhau cho các phiếu giống nhau / seed; the same one makes the same responses")
	cmd.Flags().IntVar(&demo.Responses, "responses", 20_000, "số phiếu giả định cần tạo / how many responses to invent")
	return cmd
}

func serveDemo(ctx context.Context, o *serveOptions, demo demo.Demo, log *slog.Logger, out io.Writer) error {
	listeners, err := o.listen(ctx, log)
	if err != nil {
		return err
	}
	defer listeners.close()
	dir, err := tempdir.New("")
	if err != nil {
		return fmt.Errorf("không có chỗ cho bản minh họa; xin đặt TMPDIR là thư mục ghi được / no room for the demonstration; set TMPDIR to a directory that can be written: %w", err)
	}
	defer dir.Close()
	secrets, err := keys.Open(dir.Path("demo.keys"))
	if err != nil {
		return err
	}
	store, err := bolt.Open(dir.Path("demo.db"))
	if err != nil {
		return err
	}
	bar := shell.NewProgress("demo", int64(demo.Responses))
	demo.Stored = bar.Add
	err = demo.Fill(ctx, store)
	bar.Finish()
	if err == nil {
		err = publishDemo(ctx, store, secrets, demo.Today, log)
	}
	if err == nil {
		err = serve(ctx, o, listeners, store, secrets, true, log, out)
	}
	return errors.Join(err, store.Close())
}
