package public

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"slices"
	"sync"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/formview"
	"hailong/web/page"
)

// formCache keeps rendered forms, one for each point, version and view. Only
// the id that is drawn for the form and its ticket differ between two visitors; they are
// put into the kept bytes, also into the compressed ones.
type formCache struct {
	mu      sync.RWMutex
	catalog *survey.Catalog // the pages are of this catalogue
	pages   map[formKey]*splicedPage
}

type formKey struct {
	point survey.PointCode
	form  survey.FormRef
	place survey.UnitID // that is named: another one from the day of a merger
	view  page.View
}

// formCacheSize bounds the pages kept: about 70 KB each for the longest form.
const formCacheSize = 400

func newFormCache() *formCache { return &formCache{} }

// get returns the page of a key, made by render if it is not kept.
func (f *formCache) get(catalog *survey.Catalog, key formKey, render func() (*splicedPage, error)) (*splicedPage, error) {
	f.mu.RLock()
	page := f.pages[key]
	current := f.catalog == catalog
	f.mu.RUnlock()
	if page != nil && current {
		return page, nil
	}
	// Two visitors may render the same page at once; it comes out the same.
	page, err := render()
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.catalog != catalog || len(f.pages) >= formCacheSize {
		f.catalog, f.pages = catalog, map[formKey]*splicedPage{}
	}
	f.pages[key] = page
	return page, nil
}

// splicedPage is a rendered page with gaps for what is each visitor's own, which
// stand close together.
type splicedPage struct {
	policy     string
	head, tail []byte
	between    string // the gaps
	zHead      []byte // gzip header and compressed head, ended at a byte
	zTail      []byte // compressed tail, the end of the stream
	headSum    uint32 // checksum of head
}

func newSplicedPage(page []byte, policy string) (*splicedPage, error) {
	p := &splicedPage{policy: policy}
	head, rest, found := bytes.Cut(page, []byte(formview.IDGap))
	between, tail, foundTicket := bytes.Cut(rest, []byte(formview.TicketGap))
	if !found || !foundTicket || bytes.Contains(rest, []byte(formview.IDGap)) || bytes.Contains(tail, []byte(formview.TicketGap)) {
		return nil, errors.New("a form's page must hold the id that is drawn for it once, and behind it the ticket")
	}
	p.head, p.headSum, p.between, p.tail = head, crc32.ChecksumIEEE(head), string(between), tail
	gzipHeader := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255}
	p.zHead = slices.Concat(gzipHeader, deflated(head, (*flate.Writer).Flush))
	p.zTail = deflated(tail, (*flate.Writer).Close)
	return p, nil
}

func deflated(b []byte, end func(*flate.Writer) error) []byte {
	var out bytes.Buffer
	w, _ := flate.NewWriter(&out, flate.BestCompression) // fails only for a level that does not exist
	_, _ = w.Write(b)                                    // a buffer takes everything
	_ = end(w)
	return out.Bytes()
}

// send answers with the page for the id that was drawn for the form and its ticket.
func (p *splicedPage) send(c *fiber.Ctx, id, ticket string) error {
	own := id + p.between + ticket // far below 64 KiB, the longest stored block
	response := c.Response()
	response.Header.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	response.Header.Set(fiber.HeaderContentSecurityPolicy, p.policy)
	response.Header.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	if !page.Accepts(c, "gzip") {
		response.AppendBody(p.head)
		response.AppendBodyString(own)
		response.AppendBody(p.tail)
		return nil
	}
	response.Header.Set(fiber.HeaderContentEncoding, "gzip")
	response.AppendBody(p.zHead)
	length := binary.LittleEndian.AppendUint16(nil, uint16(len(own)))            //nolint:gosec // see above
	response.AppendBody([]byte{0, length[0], length[1], ^length[0], ^length[1]}) // a stored block, not the last
	response.AppendBodyString(own)
	response.AppendBody(p.zTail)
	sum := crc32.Update(p.headSum, crc32.IEEETable, []byte(own))
	sum = crc32.Update(sum, crc32.IEEETable, p.tail)
	var trailer [8]byte
	binary.LittleEndian.PutUint32(trailer[:4], sum)
	binary.LittleEndian.PutUint32(trailer[4:], uint32(len(p.head)+len(own)+len(p.tail))) //nolint:gosec // a page is far below 4 GiB
	response.AppendBody(trailer[:])
	return nil
}
