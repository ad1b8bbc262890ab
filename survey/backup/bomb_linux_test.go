package backup_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"hailong/survey/backup"
	"hailong/survey/costtest"
)

// archiveOf makes a backup that says of itself what its manifest says.
func archiveOf(manifest string, entries map[string][]byte) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name string, content []byte) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			panic(err)
		}
	}
	for name, content := range entries {
		add(name, content)
	}
	add("manifest.json", []byte(manifest))
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// deepDocument is a document of nothing but beginnings of others.
func deepDocument(size int) []byte {
	doc := binary.LittleEndian.AppendUint32(nil, uint32(size))
	doc = append(doc, "\x02_id\x00\x02\x00\x00\x00a\x00"...)
	for left := size - len(doc) - 3; left > 20; left -= 7 {
		doc = append(doc, 3, 0)
		doc = binary.LittleEndian.AppendUint32(doc, uint32(left))
	}
	return append(doc, make([]byte, size-len(doc))...)
}

// No file costs a restore much before it is known to be a whole backup.
func TestArchiveBombs(t *testing.T) {
	t.Parallel()
	const whole = `{"format":1,"contents":[{"collection":"responses","documents":1}]}`
	for name, input := range map[string]func() []byte{
		"DeepDocument": func() []byte { return archiveOf(whole, map[string][]byte{"responses.bson": deepDocument(16 << 20)}) },
		"LongDocument": func() []byte { return archiveOf(whole, map[string][]byte{"responses.bson": {0xff, 0xff, 0xff, 0x7f}}) },
		"ManyTimes": func() []byte {
			return archiveOf(`{"format":1,"contents":[`+strings.Repeat(`{"collection":"units"},`, 20_000)+`{"collection":"units"}]}`, nil)
		},
		"Manifest":     func() []byte { return archiveOf(strings.Repeat(" ", 64<<20), nil) },
		"DeepManifest": func() []byte { return archiveOf(strings.Repeat("[", 1_000_000), nil) },
		"Entries": func() []byte {
			entries := map[string][]byte{}
			for i := range 50_000 {
				entries[fmt.Sprint(i)] = nil
			}
			return archiveOf(whole, entries)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cost := costtest.Check(t, input, func(content []byte) string {
				if _, err := openBytes(t, content); err != nil {
					return err.Error()
				}
				return ""
			})
			if !strings.Contains(cost.Result, "nothing was restored; use another") {
				t.Errorf("it said %.300q, want that the backup is not whole", cost.Result)
			}
		})
	}
}

// A name that stands twice would be checked in one and restored from the other.
func TestRestoreRefusesNamesThatStandTwice(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for range 2 {
		w, err := z.Create("manifest.json")
		if err == nil {
			_, err = w.Write([]byte(`{"format":1}`))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := openBytes(t, b.Bytes()); !errors.Is(err, backup.ErrNotWhole) {
		t.Errorf("error %v, want that it is not whole", err)
	}
}
