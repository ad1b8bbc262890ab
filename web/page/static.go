package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"
)

//go:embed static
var staticFiles embed.FS

// asset is an embedded file that a browser loads.
type asset struct {
	name string // as in the source: "hailong.css"
	url  string // with the hash of the content: a changed file has a new address
	kind string // content type
	body []byte

	gzip, brotli func() []byte // compressed on first use, then kept
}

// Assets are the embedded files by name and by hashed name.
type Assets struct {
	byName  map[string]*asset
	ByHash  map[string]*asset
	version string // changes with any file
}

// LoadAssets reads the embedded files and names each by its content.
func LoadAssets() (*Assets, error) {
	a := &Assets{byName: map[string]*asset{}, ByHash: map[string]*asset{}}
	all := sha256.New()
	files, err := fs.Sub(staticFiles, "static")
	if err != nil {
		return nil, err
	}
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		all.Write(sum[:])
		base := path.Base(name)
		ext := path.Ext(base)
		hashed := strings.TrimSuffix(base, ext) + "." + hex.EncodeToString(sum[:5]) + ext
		if a.byName[base] != nil {
			return fmt.Errorf("two static files are named %s", base)
		}
		file := &asset{name: base, url: "/static/" + hashed, kind: contentType(ext), body: body}
		file.gzip = sync.OnceValue(func() []byte { return gzipped(body) })
		file.brotli = sync.OnceValue(func() []byte { return brotlied(body) })
		a.byName[base], a.ByHash[hashed] = file, file
		return nil
	})
	a.version = hex.EncodeToString(all.Sum(nil)[:5])
	return a, err
}

func contentType(ext string) string {
	switch ext { // not left to the machine's table of types
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".webmanifest":
		return "application/manifest+json"
	}
	return mime.TypeByExtension(ext)
}

func gzipped(body []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // fails only for a level that does not exist
	_, _ = w.Write(body)                                  // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

func brotlied(body []byte) []byte {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, 9) // 11 takes seconds for the large files of the staff pages
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}

// url returns the address of an asset; an error of a template that names a
// file which is not there.
func (a *Assets) url(name string) (string, error) {
	file := a.byName[name]
	if file == nil {
		return "", fmt.Errorf("no static file %q", name)
	}
	return file.url, nil
}

// AssetShow sends an embedded file. Its address holds a hash of its content,
// so that a browser may keep it for ever.
func (s *Site) AssetShow(c *fiber.Ctx) error {
	file := s.Assets.ByHash[c.Params("name")]
	if file == nil {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	return file.send(c)
}

func (a *asset) send(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, a.kind)
	c.Vary(fiber.HeaderAcceptEncoding)
	switch {
	case Accepts(c, "br"):
		c.Set(fiber.HeaderContentEncoding, "br")
		return c.Send(a.brotli())
	case Accepts(c, "gzip"):
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(a.gzip())
	}
	return c.Send(a.body)
}

// Accepts reports whether the client takes an encoding.
func Accepts(c *fiber.Ctx, encoding string) bool {
	return c.Request().Header.HasAcceptEncoding(encoding)
}

// WorkerShow sends the service worker. It lives at the top so that it may look
// after /s/, and is asked for anew each time: its first line holds the version
// of the files, so that a new release replaces what a phone has kept.
func (s *Site) WorkerShow(c *fiber.Ctx) error {
	file := s.Assets.byName["worker.js"]
	c.Set(fiber.HeaderContentType, file.kind)
	return c.SendString("var VERSION = '" + s.Assets.version + "';\n" + string(file.body))
}

// FaviconShow sends the icon that browsers ask for unbidden.
func (s *Site) FaviconShow(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "public, max-age=86400")
	return s.Assets.byName["icon.svg"].send(c)
}
