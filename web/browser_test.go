package web_test

import (
	"os"
	"testing"

	"hailong/web/webtest"
)

func TestMain(m *testing.M) {
	if file := os.Getenv(childStore); file != "" {
		serveAsChild(file)
		return
	}
	webtest.Main(m)
}
