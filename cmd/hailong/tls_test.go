package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// writeCertificate writes a certificate for 127.0.0.1 and its key, with a time
// of change of its own, and returns what a client has to trust.
func writeCertificate(t *testing.T, dir string, serial int64) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	changed := time.Unix(1_700_000_000+serial, 0)
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: private}} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, changed, changed); err != nil {
			t.Fatal(err)
		}
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return pool
}

func TestServeTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pool := writeCertificate(t, dir, 1)
	printed, base := startServer(t, "serve", "--store", "bolt:"+filepath.Join(dir, "hailong.db"), "--public-url", "",
		"--tls-cert", filepath.Join(dir, "cert.pem"), "--tls-key", filepath.Join(dir, "key.pem"))
	if !strings.HasPrefix(base, "https://") {
		t.Errorf("printed:\n%s", printed)
	}
	ask := func(pool *x509.CertPool) (*http.Response, error) {
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
		return client.Get(strings.Replace(base, "localhost", "127.0.0.1", 1) + "/staff/login")
	}
	resp, err := ask(pool)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%d, Strict-Transport-Security %q", resp.StatusCode, resp.Header.Get("Strict-Transport-Security"))
	}

	if err := checkHealth(t.Context(), strings.TrimPrefix(base, "https://"), true); err != nil {
		t.Errorf("its health: %v", err)
	}
	renewed := writeCertificate(t, dir, 2)
	if resp, err = ask(renewed); err != nil {
		t.Errorf("after the certificate was renewed: %v", err)
	} else {
		resp.Body.Close()
	}
	// A renewal that is only half there leaves the old one in use.
	if err := os.WriteFile(filepath.Join(dir, "cert.pem"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if resp, err = ask(renewed); err != nil {
		t.Errorf("while the next one is being written: %v", err)
	} else {
		resp.Body.Close()
	}
}

func TestServeRefusesTLSSettings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, tt := range map[string]struct {
		args []string
		text string
	}{
		"KeyMissing": {[]string{"--tls-cert", "x.pem"}, "--tls-key"},
		"NoFiles":    {[]string{"--tls-cert", filepath.Join(dir, "x.pem"), "--tls-key", filepath.Join(dir, "y.pem")}, "--tls-cert"},
		"BadProxy":   {[]string{"--trusted-proxies", "proxy.example"}, "trusted proxy"},
		"BadIssuer":  {[]string{"--oidc-issuer", "sso.example", "--oidc-client-id", "x"}, "issuer"},
	} {
		_, _, err := runCommand(t, append([]string{"serve", "--addr", "127.0.0.1:0", "--metrics-addr", "", "--store", "bolt:" + filepath.Join(t.TempDir(), "h.db")}, tt.args...)...)
		if err == nil || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
