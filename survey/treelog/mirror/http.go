package mirror

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Server is the log of a server, fetched from its public pages.
type Server struct {
	Address string // "https://hailong.example.vn"
	Client  *http.Client
}

// Limits of what is read from a server.
const (
	longestLine    = 4 << 10
	longestRecords = 4 << 20
)

// Head implements LogSource.
func (s *Server) Head(ctx context.Context) (string, error) {
	return s.get(ctx, "/log/head", longestLine)
}

// Key implements LogSource.
func (s *Server) Key(ctx context.Context) (string, error) {
	return s.get(ctx, "/log/key", longestLine)
}

// Records implements LogSource.
func (s *Server) Records(ctx context.Context, from int64) (texts []string, err error) {
	body, err := s.get(ctx, "/log/records?from="+strconv.FormatInt(from, 10), longestRecords)
	if err != nil {
		return nil, err
	}
	for rest := []byte(body); len(rest) > 0; from++ {
		id, text, after, err := tlog.ParseRecord(rest)
		if err != nil || id != from {
			return nil, ErrSource
		}
		texts, rest = append(texts, string(text)), after
	}
	return texts, nil
}

func (s *Server) get(ctx context.Context, path string, limit int64) (string, error) {
	address, err := url.JoinPath(s.Address, "/")
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(address, "/")+path, http.NoBody)
	if err != nil {
		return "", err
	}
	r.Header.Set("Cache-Control", "no-cache") // an older head would look like a log that was cut
	resp, err := s.Client.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("máy chủ trả lời %[2]d ở %[1]s; sổ đối chứng có thể còn trống / the server answers %[2]d at %[1]s; the log may be empty yet", path, resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err == nil && int64(len(body)) > limit {
		return "", ErrSource
	}
	return string(body), err
}
