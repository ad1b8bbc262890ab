package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
)

// usualAddr is where a server listens that was told nothing: on its own machine.
const usualAddr = "127.0.0.1:8080"

// Whoever can be reached from other machines has to say by which address, and how what
// is sent is kept secret on its way: a flag that was forgotten must not leave passwords
// readable, everybody one sender, and codes that lead wherever a request says.

// exposureProblems are the settings that are missing for the address that is listened on.
func (o *serveOptions) exposureProblems() []error {
	var problems []error
	if o.lan {
		if o.publicURL != "" || o.tlsCert != "" || len(o.trustedProxies) > 0 {
			problems = append(problems, errors.New("--lan là để thử trong mạng nội bộ, không đi cùng --public-url, --tls-cert, --trusted-proxies / --lan is a trial in a local network and goes without --public-url, --tls-cert and --trusted-proxies"))
		}
		return problems
	}
	problems = append(problems, o.publicURLProblems()...)
	proxied := len(o.trustedProxies) > 0 || o.tlsCert != ""
	switch host, _, err := net.SplitHostPort(o.addr); {
	case err != nil: // said by check
	case isLoopback(host) && strings.HasPrefix(o.publicURL, "https:") && !proxied:
		problems = append(problems, errors.New("--addr chỉ mở trong máy này mà có --public-url: có một proxy đứng trước, xin ghi địa chỉ của nó, thường là --trusted-proxies 127.0.0.1 / --addr listens on this machine alone, and there is a --public-url: a proxy stands before it; name it, mostly --trusted-proxies 127.0.0.1"))
	case isLoopback(host):
	case o.publicURL == "" || !proxied:
		problems = append(problems, fmt.Errorf("--addr %s nhận kết nối từ máy khác, nên cần --public-url https://… và một trong hai: --trusted-proxies (có proxy đứng trước) hoặc --tls-cert với --tls-key; để thử trong mạng nội bộ thì dùng --lan / "+
			"--addr %[1]s takes connections of other machines and needs --public-url https://… and either --trusted-proxies (behind a proxy) or --tls-cert with --tls-key; for a trial in a local network use --lan", o.addr))
	}
	return problems
}

// publicURLProblems are what is wrong with the public address. Only codes that lead to
// this very machine may do without https: there is no way on which somebody could listen.
func (o *serveOptions) publicURLProblems() []error {
	if o.publicURL == "" {
		return nil
	}
	u, err := url.Parse(o.publicURL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return []error{errors.New("--public-url phải bắt đầu bằng https:// và có tên máy / must begin with https:// and name a host")}
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return []error{errors.New("--public-url chỉ gồm https:// và tên máy / is https:// and a host, nothing more")}
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return []error{errors.New("--public-url phải bắt đầu bằng https:// (http:// chỉ dùng trong máy này) / must begin with https:// (http:// is for this very machine)")}
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// openLAN makes a listening server one of the local network: its public address is that
// of this machine there, and it answers to all the names that it has there.
func (o *serveOptions) openLAN(d listeners, addresses []netip.Addr) error {
	if !o.lan {
		return nil
	}
	host, port, err := net.SplitHostPort(d.public.Addr().String())
	if err != nil {
		return err
	}
	if ip, err := netip.ParseAddr(host); err == nil && !ip.IsUnspecified() {
		addresses = []netip.Addr{ip}
	}
	if len(addresses) == 0 {
		return errors.New("máy này không ở trong mạng nội bộ nào; xin nối mạng (cáp hoặc Wi-Fi) rồi chạy lại / this machine is in no local network; connect it, by cable or Wi-Fi, and start again")
	}
	o.publicURL = "http://" + net.JoinHostPort(addresses[0].String(), port)
	for _, a := range addresses {
		o.hosts = append(o.hosts, a.String())
	}
	if name, err := os.Hostname(); err == nil {
		o.hosts = append(o.hosts, name, name+".local")
	}
	return nil
}

// localAddresses are the addresses of this machine in local networks; those that a
// telephone in the same room most likely reaches come first.
func localAddresses() []netip.Addr {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var found []netip.Addr
	for _, a := range all {
		network, ok := a.(*net.IPNet)
		if !ok {
			continue
		}
		ip, ok := netip.AddrFromSlice(network.IP)
		if ip = ip.Unmap(); ok && ip.Is4() && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() {
			found = append(found, ip)
		}
	}
	slices.SortStableFunc(found, func(a, b netip.Addr) int { return reach(a) - reach(b) })
	return found
}

// reach is low for networks of homes and offices, higher for those of virtual machines
// and containers.
func reach(a netip.Addr) int {
	for i, prefix := range []string{"192.168.0.0/16", "10.0.0.0/8", "172.16.0.0/12"} {
		if netip.MustParsePrefix(prefix).Contains(a) {
			return i
		}
	}
	return 3
}
