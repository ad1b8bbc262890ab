package main

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"

	"hailong/cmd/hailong/shell"
)

// A server that other machines reach says by which address, and how what is sent is kept
// secret; or it does not start, and names the flags.
func TestExposureIsSafeOrRefused(t *testing.T) {
	t.Parallel()
	const public, proxy = "--public-url", "--trusted-proxies"
	for name, test := range map[string]struct {
		args    []string
		refused []string // what the refusal names; none: it is accepted
	}{
		"Usual":                 {nil, nil},
		"AllAddresses":          {[]string{"--addr", ":8080"}, []string{public, proxy, "--tls-cert", "--lan"}},
		"OneOfTheNetwork":       {[]string{"--addr", "192.168.1.7:8080"}, []string{public, proxy, "--lan"}},
		"EverythingIPv6":        {[]string{"--addr", "[::]:8080"}, []string{public}},
		"NameOfTheMachine":      {[]string{"--addr", "may-chu:8080"}, []string{public}},
		"WithoutProxy":          {[]string{"--addr", ":8080", public, "https://h.example"}, []string{proxy, "--tls-cert"}},
		"WithoutPublicURL":      {[]string{"--addr", ":8080", proxy, "10.0.0.5"}, []string{public}},
		"PlainPublicURL":        {[]string{"--addr", ":8080", public, "http://h.example", proxy, "10.0.0.5"}, []string{"https://"}},
		"PublicURLWithPath":     {[]string{public, "https://h.example/hailong", proxy, "127.0.0.1"}, []string{public}},
		"PublicURLWithoutHost":  {[]string{public, "https://", proxy, "127.0.0.1"}, []string{public}},
		"ProxyOnThisMachine":    {[]string{public, "https://h.example"}, []string{"--trusted-proxies 127.0.0.1"}},
		"CodesForThisMachine":   {[]string{public, "http://localhost:8080"}, nil},
		"BehindAProxy":          {[]string{"--addr", ":8080", public, "https://h.example", proxy, "10.0.0.5"}, nil},
		"BehindALocalProxy":     {[]string{public, "https://h.example/", proxy, "127.0.0.1"}, nil},
		"CertificateOfItsOwn":   {[]string{"--addr", ":443", public, "https://h.example", "--tls-cert", "c", "--tls-key", "k"}, nil},
		"LAN":                   {[]string{"--lan"}, nil},
		"LANAtAnAddress":        {[]string{"--lan", "--addr", "192.168.1.7:80"}, nil},
		"LANWithPublicURL":      {[]string{"--lan", public, "https://h.example"}, []string{"--lan"}},
		"LANWithTrustedProxies": {[]string{"--lan", proxy, "10.0.0.5"}, []string{"--lan"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, command := range []string{"serve", "demo"} {
				var o serveOptions
				cmd := newServeCommand()
				if command == "demo" {
					cmd = newDemoCommand()
				}
				cmd.ResetFlags()
				addServeFlags(cmd, &o, "")
				if err := cmd.ParseFlags(test.args); err != nil {
					t.Fatal(err)
				}
				o.addrAsked = cmd.Flags().Changed("addr")
				err := o.check()
				if test.refused == nil && err != nil {
					t.Errorf("%s: refused: %v", command, err)
				}
				if usage := (shell.UsageError{}); test.refused != nil && !errors.As(err, &usage) {
					t.Errorf("%s: error %v, want one of usage", command, err)
				}
				for _, flag := range test.refused {
					if err != nil && !strings.Contains(err.Error(), flag) {
						t.Errorf("%s: %s is not named: %v", command, flag, err)
					}
				}
			}
		})
	}
}

// A trial in a local network is for the address that telephones reach, says so, and shows
// a code to scan.
func TestLANLeadsToTheNetwork(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	here := []netip.Addr{netip.MustParseAddr("192.168.1.7"), netip.MustParseAddr("10.1.2.3")}
	o := serveOptions{lan: true}
	if err := o.openLAN(listeners{public: l}, here); err != nil {
		t.Fatal(err)
	}
	if want := "http://192.168.1.7:" + port; o.publicURL != want {
		t.Errorf("codes lead to %q, want %q", o.publicURL, want)
	}
	for _, a := range here {
		if !strings.Contains(strings.Join(o.hosts, " "), a.String()) {
			t.Errorf("it does not answer to %s: %v", a, o.hosts)
		}
	}
	alone := serveOptions{lan: true}
	if err := alone.openLAN(listeners{public: l}, nil); err == nil || !strings.Contains(err.Error(), "no local network") {
		t.Errorf("a machine without network: %v", err)
	}
}

// What a telephone in the same room reaches comes before networks of virtual machines.
func TestReach(t *testing.T) {
	t.Parallel()
	order := []string{"192.168.1.7", "10.1.2.3", "172.17.0.1", "203.0.113.9"}
	for i, a := range order[1:] {
		if reach(netip.MustParseAddr(order[i])) >= reach(netip.MustParseAddr(a)) {
			t.Errorf("%s does not come before %s", order[i], a)
		}
	}
}

func TestServeInTheLocalNetwork(t *testing.T) {
	t.Parallel()
	if len(localAddresses()) == 0 {
		t.Skip("this machine is in no network")
	}
	printed, _ := startServer(t, "serve", "--lan", "--store", "bolt:"+t.TempDir()+"/h.db")
	for _, want := range []string{"TRIAL IN THE LOCAL NETWORK", "scan with a telephone", "▄", "http://127.0.0.1:"} {
		if !strings.Contains(printed, want) {
			t.Errorf("%q is not printed:\n%s", want, printed)
		}
	}
}
