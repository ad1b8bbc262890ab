package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/storetest"
)

// previousFile names the commit of the version that landed before this one. CONTRIBUTING.md
// says who raises it.
const previousFile = "../../.ci/previous"

// program is a version of this program, run in processes of its own.
type program struct {
	path        string
	environment []string
}

// today is the program that is tested: the binary of this test.
func today() program { return program{os.Args[0], []string{childEnv + "=1"}} }

// previous builds the version that landed before. It is unpacked into a directory that
// stays, so that Go compiles it once: what it compiles depends on where the source is.
func previous(t *testing.T) program {
	t.Helper()
	commit := strings.TrimSpace(string(shelltest.ReadFile(t, previousFile)))
	source, err := filepath.Abs(filepath.Join("../../.cache/previous", commit))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(source); errors.Is(err, fs.ErrNotExist) {
		unpack(t, commit, source)
	}
	binary := filepath.Join(t.TempDir(), "previous")
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", binary, "./cmd/hailong")
	build.Dir = source
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build of %s: %v\n%s", commit, err, out)
	}
	return program{path: binary}
}

// unpack writes the files of a commit to a directory, all at once.
func unpack(t *testing.T, commit, to string) {
	t.Helper()
	archive := exec.CommandContext(t.Context(), "git", "archive", "--format=tar", commit)
	archive.Dir = "../.."
	packed, err := archive.Output()
	if err != nil {
		t.Skip("the version that landed before, commit " + commit + " of .ci/previous, is not in this clone (git fetch --unshallow); .ci/run says so too")
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		t.Fatal(err)
	}
	part, err := os.MkdirTemp(filepath.Dir(to), "part-")
	if err != nil {
		t.Fatal(err)
	}
	tar := exec.CommandContext(t.Context(), "tar", "-x", "-C", part)
	tar.Stdin = bytes.NewReader(packed)
	if out, err := tar.CombinedOutput(); err != nil {
		t.Fatalf("tar: %v\n%s", err, out)
	}
	if err := os.Rename(part, to); err != nil { // another test run was faster
		t.Log(os.RemoveAll(part), err)
	}
}

func (p program) command(t *testing.T, args ...string) *exec.Cmd {
	c := exec.CommandContext(t.Context(), p.path, args...)
	c.Env = append(os.Environ(), p.environment...)
	return c
}

// run carries out a command to its end.
func (p program) run(t *testing.T, args ...string) (out, messages string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c := p.command(t, args...)
	c.Stdout, c.Stderr = &stdout, &stderr
	err := c.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatalf("hailong %q: %v", args, err)
	}
	return stdout.String(), stderr.String(), c.ProcessState.ExitCode()
}

// succeed carries out a command, which has to end with 0.
func (p program) succeed(t *testing.T, args ...string) (out string) {
	t.Helper()
	out, messages, code := p.run(t, args...)
	if code != 0 {
		t.Fatalf("hailong %q: exit code %d, want 0\n%s%s", args, code, out, messages)
	}
	return out
}

const previousToken = "mã của phần mềm khác" // of the JSON interface

// served has a server of this version run on a store while do asks it.
func (p program) served(t *testing.T, store string, do func(base string)) {
	t.Helper()
	var printed bytes.Buffer
	c := p.command(t, "serve", "--addr", "127.0.0.1:0", "--metrics-addr", "", "--store", store, "--api-token", previousToken)
	c.Stderr = t.Output()
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	part := make([]byte, 4096)
	for !strings.Contains(printed.String(), "Ctrl+C") {
		n, err := out.Read(part)
		printed.Write(part[:n])
		if err != nil {
			t.Fatalf("serve ended (%v), having printed:\n%s", c.Wait(), printed.String())
		}
	}
	base := regexp.MustCompile(`https?://localhost:\d+`).FindString(printed.String())
	awaitReady(t, base)
	do(base)
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("serve ended with %v", err)
	}
}

// figuresOf is what programs are told of the figures of a server.
func figuresOf(t *testing.T, base string) map[string]any {
	t.Helper()
	all := map[string]any{}
	for _, campaign := range []string{"tthc-2026", "edu-2026", "sipas-2026"} {
		for _, by := range []string{"", "unit", "month", "channel", "item"} {
			path := "/api/v1/results?campaign=" + campaign + "&by=" + by
			all[path] = answerOf(t, previousToken, base, path)
		}
	}
	all["targets"] = answerOf(t, previousToken, base, "/api/v1/targets?on="+oldDay)
	return all
}

// expectToldStill fails where something that was told is not told, or told otherwise. A
// newer version may tell more.
func expectToldStill(t *testing.T, at string, then, now any) {
	t.Helper()
	switch then := then.(type) {
	case map[string]any:
		now, ok := now.(map[string]any)
		if !ok {
			t.Errorf("%s: %v, want an object", at, now)
		}
		for key, value := range then {
			expectToldStill(t, at+"."+key, value, now[key])
		}
	case []any:
		list, ok := now.([]any)
		if !ok || len(list) != len(then) {
			t.Errorf("%s: %v, want %d of them", at, now, len(then))
			return
		}
		for i, value := range then {
			expectToldStill(t, at, value, list[i])
		}
	default:
		if diff := cmp.Diff(then, now); diff != "" {
			t.Errorf("%s is told otherwise (-then +now):\n%s", at, diff)
		}
	}
}

// idsOf lists what a store holds, read as it is.
func idsOf(t *testing.T, file string) map[survey.Collection][]string {
	t.Helper()
	store, err := bolt.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer shelltest.CloseStore(t, store)
	contents, err := store.Contents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := map[survey.Collection][]string{}
	for _, c := range contents {
		err := store.Scan(t.Context(), c, "", "", func(doc bson.Raw) error {
			id, err := survey.DocumentID(doc)
			all[c] = append(all[c], id)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// expectKept fails where documents are gone. Sessions end, and what led from a link to a
// response is forgotten.
func expectKept(t *testing.T, before, after map[survey.Collection][]string) {
	t.Helper()
	for c, ids := range before {
		for _, id := range ids {
			if c != survey.Sessions && c != survey.OneTimeLinks && !slices.Contains(after[c], id) {
				t.Errorf("%s: %q is gone", c, id)
			}
		}
	}
	if len(after[survey.Responses]) == 0 || len(after[survey.Responses]) < len(before[survey.Responses]) {
		t.Errorf("%d responses, want %d or more", len(after[survey.Responses]), len(before[survey.Responses]))
	}
}

// formatOf is the format of a store, and the program that brought it there.
func formatOf(t *testing.T, file string) survey.StoreFormat {
	t.Helper()
	store, err := bolt.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer shelltest.CloseStore(t, store)
	format, err := store.Format(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return format
}

// usedBy has a version serve the store of a first version for a while: a citizen sends a
// form, staff come, figures are read.
func usedBy(t *testing.T, p program) (file string, figures map[string]any) {
	t.Helper()
	store := oldStore(t)
	p.succeed(t, "release", "--store", store)
	p.succeed(t, "user", "add", "can-bo-moi", "--role", "viewer", "--name", "Cán bộ mới", "--store", store)
	var points []survey.PointListing
	if err := json.Unmarshal([]byte(p.succeed(t, "points", "list", "--json", "--store", store)), &points); err != nil {
		t.Fatal(err)
	}
	counter := slices.IndexFunc(points, func(l survey.PointListing) bool { return l.Kind == survey.Procedures && l.Channel == survey.ChannelQR })
	if counter < 0 {
		t.Fatalf("no counter among the points: %+v", points)
	}
	p.served(t, store, func(base string) {
		figures = figuresOf(t, base)
		submit(t, base, "/s/"+string(points[counter].Code))
	})
	return strings.TrimPrefix(store, "bolt:"), figures
}

// copyOf copies a store with its keys.
func copyOf(t *testing.T, file string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "hailong.db")
	if err := os.WriteFile(to, shelltest.ReadFile(t, file), 0o600); err != nil {
		t.Fatal(err)
	}
	keys := strings.TrimSuffix(file, ".db") + ".keys"
	if err := os.CopyFS(strings.TrimSuffix(to, ".db")+".keys", os.DirFS(keys)); err != nil {
		t.Fatal(err)
	}
	return to
}

// TestPreviousVersion holds this version and the one before it against each other. What a
// newer one wrote, an older one of the same format goes on with, and one of an older
// format refuses by the version that is needed, without changing a byte.
func TestPreviousVersion(t *testing.T) {
	t.Parallel()
	before, now := previous(t), today()
	theirs, figures := usedBy(t, before)
	ours, _ := usedBy(t, now)
	same := formatOf(t, copyOf(t, theirs)).Version == survey.CurrentFormat

	t.Run("TodayGoesOnWithTheirs", func(t *testing.T) {
		t.Parallel()
		goesOn(t, now, copyOf(t, theirs), figures)
	})
	t.Run("TodayRestoresTheirBackup", func(t *testing.T) {
		t.Parallel()
		restoresBackup(t, before, now, copyOf(t, theirs), "--unsigned")
	})
	t.Run("TodayKeepsWhatItDoesNotKnow", func(t *testing.T) {
		t.Parallel()
		keepsUnknown(t, now, copyOf(t, ours))
	})
	if same {
		t.Run("TheyGoOnWithTodays", func(t *testing.T) {
			t.Parallel()
			file := copyOf(t, ours)
			goesOn(t, before, file, nil)
			keepsUnknown(t, before, file)
		})
		t.Run("TheyRestoreTodaysBackup", func(t *testing.T) {
			t.Parallel()
			restoresBackup(t, now, before, copyOf(t, ours))
		})
		return
	}
	t.Run("TheyRefuseTodays", func(t *testing.T) {
		t.Parallel()
		refuses(t, before, now, copyOf(t, ours))
	})
}

// goesOn has a version serve a store that another one wrote; what it holds and tells stays.
func goesOn(t *testing.T, p program, file string, figures map[string]any) {
	t.Helper()
	store := "bolt:" + file
	held := idsOf(t, copyOf(t, file))
	p.served(t, store, func(base string) {
		expectToldStill(t, "", figures, figuresOf(t, base))
	})
	if out, messages, code := today().run(t, "check", "--store", store); code != 0 {
		t.Errorf("check ends with %d, want 0:\n%s%s", code, out, messages)
	}
	expectKept(t, held, idsOf(t, file))
}

// restoresBackup has a version restore what another one backed up.
func restoresBackup(t *testing.T, writer, reader program, file string, flags ...string) {
	t.Helper()
	dir := filepath.Dir(file)
	packed, restored := filepath.Join(dir, "b.zip"), filepath.Join(dir, "restored.db")
	writer.succeed(t, "backup", "--store", "bolt:"+file, "--out", packed)
	reader.succeed(t, slices.Concat([]string{"restore", packed, "--store", "bolt:" + restored, "--keys", filepath.Join(dir, "hailong.keys")}, flags)...)
	if out, messages, code := today().run(t, "check", "--store", "bolt:"+restored); code != 0 {
		t.Errorf("check ends with %d, want 0:\n%s%s", code, out, messages)
	}
	expectKept(t, idsOf(t, file), idsOf(t, restored))
}

// refuses has a version of an older format meet the store and the backup of a newer one.
func refuses(t *testing.T, older, newer program, file string) {
	t.Helper()
	store, dir := "bolt:"+file, filepath.Dir(file)
	packed, elsewhere := filepath.Join(dir, "b.zip"), filepath.Join(dir, "elsewhere.db")
	newer.succeed(t, "backup", "--store", store, "--out", packed)
	sum := sha256.Sum256(shelltest.ReadFile(t, file))
	for _, args := range [][]string{
		{"serve", "--addr", "127.0.0.1:0", "--metrics-addr", ""},
		{"points", "list"},
		{"user", "reset", "noi-vu"},
		{"export", "--campaign", "all", "--format", "csv"},
		{"backup", "--out", filepath.Join(dir, "theirs.zip")},
	} {
		_, messages, code := older.run(t, append(args, "--store", store)...)
		if code != 1 || !strings.Contains(messages, "newer version") {
			t.Errorf("hailong %q: exit code %d, want 1 and that a newer version is needed:\n%s", args, code, messages)
		}
	}
	if _, messages, code := older.run(t, "copy", "--from", store, "--to", "bolt:"+elsewhere); code != 1 || !strings.Contains(messages, "newer version") {
		t.Errorf("hailong copy: exit code %d, want 1 and that a newer version is needed:\n%s", code, messages)
	}
	wrote := formatOf(t, copyOf(t, file)).Wrote
	_, messages, code := older.run(t, "restore", packed, "--store", "bolt:"+elsewhere)
	if code != 1 || wrote == "" || !strings.Contains(messages, wrote) {
		t.Errorf("hailong restore: exit code %d, want 1 and that %q is needed:\n%s", code, wrote, messages)
	}
	if sum != sha256.Sum256(shelltest.ReadFile(t, file)) {
		t.Error("the store that was refused was changed")
	}
	if _, err := os.Stat(filepath.Join(dir, "theirs.zip")); err == nil {
		t.Error("there is a backup of a store that was refused")
	}
}

// keepsUnknown has a version of this format work on a store that holds what only a later
// one knows: a collection, and a field of a user.
func keepsUnknown(t *testing.T, p program, file string) {
	t.Helper()
	const appeals survey.Collection = "appeals"
	store, dir := "bolt:"+file, filepath.Dir(file)
	opened, err := bolt.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := opened.AddCollection(t.Context(), appeals); err != nil {
		t.Fatal(err)
	}
	if _, err := opened.Insert(t.Context(), appeals, storetest.Document(t, "appeal-1", 1, "xin xem lại")); err != nil {
		t.Fatal(err)
	}
	user, err := opened.Get(t.Context(), survey.Users, "noi-vu")
	if err != nil {
		t.Fatal(err)
	}
	var fields bson.D
	if err := bson.Unmarshal(user, &fields); err != nil {
		t.Fatal(err)
	}
	rev, _ := user.Lookup("rev").AsInt64OK()
	for i := range fields {
		if fields[i].Key == "rev" {
			fields[i].Value = rev + 1
		}
	}
	later, err := bson.Marshal(append(fields, bson.E{Key: "later", Value: "giữ lại"}))
	if err != nil {
		t.Fatal(err)
	}
	if err := opened.Replace(t.Context(), survey.Users, rev, later); err != nil {
		t.Fatal(err)
	}
	shelltest.CloseStore(t, opened)

	packed, restored, copied := filepath.Join(dir, "k.zip"), filepath.Join(dir, "k.db"), filepath.Join(dir, "c.db")
	p.succeed(t, "user", "disable", "noi-vu", "--store", store)
	p.served(t, store, func(base string) {
		if status, _ := get(t, base+"/results"); status != http.StatusOK {
			t.Errorf("GET /results: %d, want 200", status)
		}
	})
	p.succeed(t, "backup", "--store", store, "--out", packed)
	p.succeed(t, "restore", packed, "--store", "bolt:"+restored, "--keys", filepath.Join(dir, "hailong.keys"))
	p.succeed(t, "copy", "--from", store, "--to", "bolt:"+copied)
	for _, file := range []string{file, restored, copied} {
		left, err := bolt.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		if doc, err := left.Get(t.Context(), appeals, "appeal-1"); err != nil || survey.DocumentText(doc, "content") != "xin xem lại" {
			t.Errorf("%s: the appeal is %s, %v", filepath.Base(file), doc, err)
		}
		doc, err := left.Get(t.Context(), survey.Users, "noi-vu")
		if err != nil || survey.DocumentText(doc, "later") != "giữ lại" {
			t.Errorf("%s: the field of a later version is gone from %s, %v", filepath.Base(file), doc, err)
		}
		if disabled, _ := doc.Lookup("disabled").BooleanOK(); !disabled {
			t.Errorf("%s: the user is not disabled: %s", filepath.Base(file), doc)
		}
		shelltest.CloseStore(t, left)
	}
}
