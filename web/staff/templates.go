package staff

import (
	"embed"

	"hailong/web/page"
)

//go:embed templates/*.html
var templates embed.FS

// Templates are the templates of this room, and the frame of every other one of
// staff.
func Templates() page.Room { return page.Room{Files: templates, Staff: true} }
