package auditlog_test

import (
	"testing"

	"hailong/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }
