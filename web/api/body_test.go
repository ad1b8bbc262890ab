package api

import (
	"encoding/json"
	"strings"
	"testing"
)

func FuzzCodes(f *testing.F) {
	for _, seed := range []string{`5`, `"na"`, `[1,"2"]`, `null`, `{"a":1}`, `[[1]]`, `1e400`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var read codes
		if json.Unmarshal(data, &read) != nil {
			return
		}
		again, err := json.Marshal([]string(read))
		if err != nil {
			t.Fatal(err)
		}
		var same codes
		if err := json.Unmarshal(again, &same); err != nil || strings.Join(read, "\x00") != strings.Join(same, "\x00") {
			t.Errorf("%q is read as %q and then as %q (%v)", data, read, same, err)
		}
	})
}
