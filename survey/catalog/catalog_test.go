package catalog_test

import (
	"testing"

	"hailong/survey/catalog"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	if _, err := catalog.Load(); err != nil {
		t.Fatal(err)
	}
}
