//go:build linux

package bolt_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/bolt"
)

var ctx = context.Background()

func init() { roles["full"], roles["limited"] = runFull, runLimited }

// fillUp inserts until the store refuses, and says what is wrong, if anything,
// with how it does that, and with how it works once there is room again.
func fillUp(path string, makeRoom func() error) error {
	s, err := bolt.Open(path)
	if err != nil {
		return err
	}
	defer s.Close()
	n := 0
	insert := func() error {
		doc, err := bson.Marshal(bson.D{{Key: "_id", Value: fmt.Sprintf("%08d", n)}, {Key: "content", Value: strings.Repeat("x", 40_000)}})
		if err == nil {
			_, err = s.Insert(ctx, survey.Responses, doc)
		}
		if err == nil {
			n++
		}
		return err
	}
	count := func() error {
		seen := 0
		err := s.Scan(ctx, survey.Responses, "", "", func(bson.Raw) error { seen++; return nil })
		if err == nil && seen != n {
			err = fmt.Errorf("%d documents are there, %d were acknowledged", seen, n)
		}
		return err
	}
	for err = insert(); err == nil; err = insert() {
		if n > 1_000_000 {
			return fmt.Errorf("%d documents did not fill the disk", n)
		}
	}
	for range 20 { // it keeps refusing, and keeps answering
		if !survey.Is(err, survey.Unavailable) || !strings.Contains(err.Error(), "make room") {
			return fmt.Errorf("on a full disk the error after %d documents is %w", n, err)
		}
		if err := count(); err != nil {
			return fmt.Errorf("on a full disk: %w", err)
		}
		err = insert()
	}
	if err := makeRoom(); err != nil {
		return err
	}
	for range 20 {
		if err := insert(); err != nil {
			return fmt.Errorf("after room was made: %w", err)
		}
	}
	if err := count(); err != nil {
		return fmt.Errorf("after room was made: %w", err)
	}
	if err := s.Close(); err != nil {
		return err
	}
	return check(path)
}

// check has bbolt look at every page of the file.
func check(path string) error {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.View(func(tx *bbolt.Tx) error {
		for err := range tx.Check() {
			return err
		}
		return nil
	})
}

// TestFullDisk fills a small file system. A child mounts it where nobody else
// sees it, which takes no rights and leaves nothing behind.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	cmd := child(t, "full", t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	switch {
	case err == nil:
	case errors.As(err, &ended) && ended.ExitCode() != exitNoMount, os.Getenv("CI") == "true":
		t.Errorf("%v\n%s", err, out)
	default:
		t.Skipf("no file system can be mounted here, user namespaces are closed: %v %s", err, out)
	}
}

// exitNoMount is how the child of TestFullDisk says that it could not begin.
const exitNoMount = 3

// runFull is the child of TestFullDisk.
func runFull(dir string) {
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=8m"); err != nil {
		fmt.Println("mount:", err)
		os.Exit(exitNoMount)
	}
	ballast := filepath.Join(dir, "ballast")
	err := os.WriteFile(ballast, make([]byte, 4<<20), 0o600)
	if err == nil {
		err = fillUp(filepath.Join(dir, "store.db"), func() error { return os.Remove(ballast) })
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// TestFileSizeLimit lets the file grow only so far.
func TestFileSizeLimit(t *testing.T) {
	t.Parallel()
	if out, err := child(t, "limited", shortPath(t)).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// runLimited is the child of TestFileSizeLimit; the limit is the process's own.
func runLimited(path string) {
	signal.Ignore(syscall.SIGXFSZ) // a write beyond the limit then is an error
	limit := func(bytes uint64) error {
		return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: bytes, Max: 1 << 40})
	}
	err := limit(20 << 20)
	if err == nil {
		err = fillUp(path, func() error { return limit(1 << 30) })
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
