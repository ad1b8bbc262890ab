package shell_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"hailong/cmd/hailong/shell"
)

func TestKeysLieBesideTheStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, c := range map[string]struct {
		keys  shell.KeysOption
		store string
		want  string
	}{
		"Beside":       {shell.KeysOption{}, "bolt:" + filepath.Join(dir, "hailong.db"), "hailong.keys"},
		"BesideOther":  {shell.KeysOption{}, "bolt:" + filepath.Join(dir, "file"), "file.keys"},
		"Named":        {shell.KeysOption{Dir: filepath.Join(dir, "named")}, "bolt:" + filepath.Join(dir, "x.db"), "named"},
		"NamedMongoDB": {shell.KeysOption{Dir: filepath.Join(dir, "shared")}, "mongodb://h/n", "shared"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, err := c.keys.Open(&shell.StoreOption{Flag: "store", URL: c.store})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := k.Key(t.Context(), "a"); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(filepath.Join(dir, c.want, "a.key")); err != nil {
				t.Error(err)
			}
		})
	}
}

// Keys of a MongoDB in the working directory of a container would be lost with it.
func TestKeysOfMongoDBAreNamed(t *testing.T) {
	t.Parallel()
	var o shell.KeysOption
	_, err := o.Open(&shell.StoreOption{Flag: "store", URL: "mongodb://h/n"})
	if misuse := (shell.UsageError{}); !errors.As(err, &misuse) {
		t.Errorf("keys of a MongoDB were opened without a directory: %v", err)
	}
}

// An empty file is one whose creation was interrupted, unless keys beside it were used:
// then its content has gone.
func TestEmptiedStore(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content string
		used    bool
		lost    bool
	}{
		"BegunAndKilled": {"", false, false},
		"Emptied":        {"", true, true},
		"Whole":          {"x", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "a.db")
			if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			store, option := &shell.StoreOption{Flag: "store", URL: "bolt:" + path}, &shell.KeysOption{}
			k, err := option.Open(store)
			if err == nil && c.used {
				_, err = k.Key(t.Context(), "a")
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := option.CheckEmptied(store); (err != nil) != c.lost {
				t.Errorf("error %v, want one: %v", err, c.lost)
			}
		})
	}
}
