package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	neturl "net/url"
	"time"

	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
)

// newHealthCommand asks a running server whether it lives. A container image
// without a shell or curl needs it for its health check.
func newHealthCommand() *cobra.Command {
	var addr, cert string
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "health",
		Short: "Kiểm tra máy chủ đang chạy / checks a running server",
		Args:  shell.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeout(cmd.Context(), timeout)
			defer cancel()
			return checkHealth(ctx, addr, cert != "")
		},
	}
	cmd.Flags().StringVar(&addr, "addr", usualAddr, "địa chỉ mà máy chủ đang mở / address the server listens on")
	cmd.Flags().StringVar(&cert, "tls-cert", "", "tệp chứng thư của máy chủ; nếu có thì hỏi bằng HTTPS / the certificate file of the server; if it has one, HTTPS is spoken")
	cmd.Flags().DurationVar(&timeout, "timeout", 3*time.Second, "thời gian chờ trả lời / how long to wait for its answer")
	return cmd
}

// checkHealth returns nil when the server that listens on addr answers
// GET /healthz with 200. An address without a host, or with the host that
// stands for all of this machine's, is asked on the loopback interface.
func checkHealth(ctx context.Context, addr string, https bool) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return shell.Misused(fmt.Errorf("--addr phải là máy:cổng hoặc :cổng / must be host:port or :port: %w", err))
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme := "http"
	if https {
		scheme = "https"
	}
	url := scheme + "://" + net.JoinHostPort(host, port) + "/healthz"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return shell.Misused(fmt.Errorf("--addr %q: %w", addr, err))
	}
	// A transport of its own: no proxy of the environment stands between.
	// Whether the certificate names this interface is not the question.
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // see above
	resp, err := client.Do(req)
	if err != nil {
		if asked := (*neturl.Error)(nil); errors.As(err, &asked) {
			err = asked.Err // without the request, which nobody wrote
		}
		return fmt.Errorf("không có máy chủ trả lời tại %[1]s: máy chủ có chạy ở địa chỉ này không? / no healthy server at %[1]s: is it running, and on this address? %[2]w", addr, err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20)) // let the server finish
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("máy chủ tại %[1]s trả lời %[2]s: xin xem nhật ký vận hành / the server at %[1]s answers %[2]s: its log says why", addr, resp.Status)
	}
	return nil
}
