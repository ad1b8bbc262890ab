package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
)

const repository = "../.."

// composeFile is the part of docker-compose.yml these tests hold to. That the
// whole file keeps to the Compose Specification is checked by "make lint" with
// the specification's reference implementation.
type composeFile struct {
	Services map[string]composeService `yaml:"services"`
	Volumes  map[string]any            `yaml:"volumes"`
	Networks map[string]struct {
		Internal bool `yaml:"internal"`
		IPAM     struct {
			Config []struct {
				Gateway string `yaml:"gateway"`
			} `yaml:"config"`
		} `yaml:"ipam"`
	} `yaml:"networks"`
	Secrets map[string]struct {
		File string `yaml:"file"`
	} `yaml:"secrets"`
}

type composeService struct {
	Image string `yaml:"image"`
	Build struct {
		Context    string `yaml:"context"`
		Dockerfile string `yaml:"dockerfile"`
	} `yaml:"build"`
	User        string            `yaml:"user"`
	ReadOnly    bool              `yaml:"read_only"`
	CapDrop     []string          `yaml:"cap_drop"`
	CapAdd      []string          `yaml:"cap_add"`
	Privileged  bool              `yaml:"privileged"`
	SecurityOpt []string          `yaml:"security_opt"`
	Tmpfs       []string          `yaml:"tmpfs"`
	Restart     string            `yaml:"restart"`
	Environment map[string]string `yaml:"environment"`
	Secrets     []string          `yaml:"secrets"`
	Volumes     []string          `yaml:"volumes"`
	Ports       []string          `yaml:"ports"`
	Networks    []string          `yaml:"networks"`
	NetworkMode string            `yaml:"network_mode"`
	Command     []string          `yaml:"command"`
	Healthcheck struct {
		Test []string `yaml:"test"`
	} `yaml:"healthcheck"`
	DependsOn map[string]struct {
		Condition string `yaml:"condition"`
	} `yaml:"depends_on"`
}

// oneShot says whether a service does its work and ends, so that nobody asks
// it for its health.
func (s composeService) oneShot() bool { return s.Restart == "no" }

func readCompose(t *testing.T) composeFile {
	t.Helper()
	var file composeFile
	if err := yaml.Unmarshal(shelltest.ReadFile(t, filepath.Join(repository, "docker-compose.yml")), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Services) == 0 {
		t.Fatal("docker-compose.yml has no services")
	}
	return file
}

func TestComposeServicesAreHardened(t *testing.T) {
	t.Parallel()
	file := readCompose(t)
	for name, s := range file.Services {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if uid, _, _ := strings.Cut(s.User, ":"); uid == "" || uid == "0" || uid == "root" {
				t.Errorf("user %q, want one that is not root", s.User)
			}
			if !s.ReadOnly {
				t.Error("the root file system can be written")
			}
			if !slices.ContainsFunc(s.Tmpfs, func(mount string) bool { return mount == "/tmp" || strings.HasPrefix(mount, "/tmp:") }) {
				t.Error("no tmpfs on /tmp, and the root file system is read-only")
			}
			if !slices.Equal(s.CapDrop, []string{"ALL"}) || len(s.CapAdd) > 0 || s.Privileged {
				t.Error("keeps capabilities")
			}
			if !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
				t.Error("may gain privileges")
			}
			if !s.oneShot() && len(s.Healthcheck.Test) == 0 {
				t.Error("no health check")
			}
			if s.oneShot() == (s.Restart == "unless-stopped") {
				t.Errorf("restart %q: a service comes back after a reboot, a one-shot does not", s.Restart)
			}
			if image := s.Image; !strings.Contains(image, ":") || image == "mongo:latest" {
				t.Errorf("image %q is not pinned to a version", image)
			}
			for _, port := range s.Ports {
				if !strings.HasPrefix(port, "127.0.0.1:") {
					t.Errorf("port %s is published beyond this machine, without TLS", port)
				}
			}
		})
	}
}

// What a service names must be declared, and what is declared must be used.
func TestComposeReferences(t *testing.T) {
	t.Parallel()
	file := readCompose(t)
	usedVolumes, usedSecrets := map[string]bool{}, map[string]bool{}
	for name, s := range file.Services {
		for _, volume := range s.Volumes {
			source, _, _ := strings.Cut(volume, ":")
			usedVolumes[source] = true
			if _, ok := file.Volumes[source]; !ok {
				t.Errorf("%s mounts %q, which is not a named volume", name, source)
			}
		}
		for _, secret := range s.Secrets {
			usedSecrets[secret] = true
			if _, ok := file.Secrets[secret]; !ok {
				t.Errorf("%s wants the secret %q, which is not declared", name, secret)
			}
		}
		for _, network := range s.Networks {
			if _, ok := file.Networks[network]; !ok {
				t.Errorf("%s joins the network %q, which is not declared", name, network)
			}
		}
		if other, ok := strings.CutPrefix(s.NetworkMode, "service:"); ok {
			if _, ok := file.Services[other]; !ok {
				t.Errorf("%s shares the network of %q, which is no service", name, other)
			}
		}
		for dependency, on := range s.DependsOn {
			d, ok := file.Services[dependency]
			if !ok {
				t.Errorf("%s depends on %q, which is no service", name, dependency)
			}
			want := "service_healthy"
			if d.oneShot() {
				want = "service_completed_successfully"
			}
			if on.Condition != want {
				t.Errorf("%s waits for %s until %q, want %q", name, dependency, on.Condition, want)
			}
		}
	}
	for volume := range file.Volumes {
		if !usedVolumes[volume] {
			t.Errorf("nobody mounts the volume %s", volume)
		}
	}
	makefile := string(shelltest.ReadFile(t, filepath.Join(repository, "Makefile")))
	for name, secret := range file.Secrets {
		if !usedSecrets[name] {
			t.Errorf("nobody reads the secret %s", name)
		}
		base, ok := strings.CutPrefix(secret.File, ".secrets/")
		if !ok || !strings.Contains(makefile, ">$@.new/"+base+"\n") && !strings.Contains(makefile, "\n"+secret.File+": ") {
			t.Errorf("the secret %s is the file %q, which the Makefile does not make", name, secret.File)
		}
	}
}

// No secret stands in the file or in an environment; the application gets what
// it must not leak as files.
func TestComposeSecretsAreFiles(t *testing.T) {
	t.Parallel()
	file := readCompose(t)
	for name, s := range file.Services {
		for key, value := range s.Environment {
			sensitive := strings.Contains(key, "PASSWORD") || strings.Contains(key, "TOKEN") ||
				strings.Contains(key, "STORE") || strings.Contains(value, "mongodb://")
			secret, isFile := strings.CutPrefix(value, "/run/secrets/")
			if sensitive && (!strings.HasSuffix(key, "_FILE") || !isFile) {
				t.Errorf("%s: %s must be given as a file", name, key)
			}
			if isFile && !slices.Contains(s.Secrets, secret) {
				t.Errorf("%s: %s names the secret %s, which is not mounted", name, key, secret)
			}
		}
	}
	app := file.Services["app"]
	for _, key := range []string{"HAILONG_STORE_FILE", "HAILONG_ADMIN_PASSWORD_FILE"} {
		if app.Environment[key] == "" {
			t.Errorf("app: %s is not set", key)
		}
	}
	if !strings.Contains(string(shelltest.ReadFile(t, filepath.Join(repository, ".gitignore"))), "/.secrets/\n") {
		t.Error(".gitignore lets .secrets/ be committed")
	}
}

// A variable that no flag reads would be a setting that does nothing.
func TestComposeSettingsExist(t *testing.T) {
	t.Parallel()
	serve, _, err := newRootCommand().Find([]string{"serve"})
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	serve.Flags().VisitAll(func(f *pflag.Flag) {
		known[environmentName(f.Name)] = true
	})
	for key := range readCompose(t).Services["app"].Environment {
		if !known[strings.TrimSuffix(key, "_FILE")] {
			t.Errorf("app: %s sets no flag of serve", key)
		}
	}
}

// What the file sets makes the server start: it listens to other containers, so it needs
// an address of https and the proxy whose word is believed, and that is the gateway of
// the network that it is asked through.
func TestComposeServesSafely(t *testing.T) {
	t.Parallel()
	file := readCompose(t)
	app := file.Services["app"]
	if !strings.HasPrefix(app.Environment["HAILONG_PUBLIC_URL"], "${HAILONG_PUBLIC_URL:?") {
		t.Errorf("without HAILONG_PUBLIC_URL it begins to start: %q", app.Environment["HAILONG_PUBLIC_URL"])
	}
	o := serveOptions{
		addr: app.Environment["HAILONG_ADDR"], publicURL: "https://danhgia.example.gov.vn", logFormat: app.Environment["HAILONG_LOG_FORMAT"],
		trustedProxies: strings.Split(app.Environment["HAILONG_TRUSTED_PROXIES"], ","),
	}
	if err := o.check(); err != nil {
		t.Errorf("the settings are refused: %v", err)
	}
	front := file.Networks["front"].IPAM.Config
	if len(front) != 1 || !slices.Equal(o.trustedProxies, []string{front[0].Gateway}) {
		t.Errorf("trusted are %v, want the gateway of front alone, of %v", o.trustedProxies, front)
	}
}

// Every mongod is a member, with a volume of its own, and out of reach from
// outside; the application knows all of them.
func TestComposeReplicaSet(t *testing.T) {
	t.Parallel()
	file := readCompose(t)
	script := strings.Join(file.Services["mongo-init"].Command, "\n")
	var members []string
	volumes := map[string]bool{}
	for name, s := range file.Services {
		if s.oneShot() || !strings.HasPrefix(s.Image, "mongo:") {
			continue
		}
		members = append(members, name)
		if want := []string{"--replSet", "hailong", "--keyFile"}; !cmp.Equal(s.Command[:len(want)], want) {
			t.Errorf("%s starts mongod with %q, want it to start with %q", name, s.Command, want)
		}
		if !strings.Contains(script, "host: '"+name+":27017'") {
			t.Errorf("%s is not initiated as a member", name)
		}
		if len(s.Volumes) != 1 || volumes[s.Volumes[0]] {
			t.Errorf("%s has the volumes %q, want one of its own", name, s.Volumes)
		} else {
			volumes[s.Volumes[0]] = true
		}
		if len(s.Ports) > 0 || !slices.Equal(s.Networks, []string{"data"}) {
			t.Errorf("%s can be reached from outside", name)
		}
	}
	if !file.Networks["data"].Internal {
		t.Error("the network data is not internal")
	}
	slices.Sort(members)
	if len(members)%2 == 0 {
		t.Errorf("members %q: an even number elects no better than one fewer", members)
	}
	url := "mongodb://%s:%s@" + strings.Join(members, ",") + "/hailong?replicaSet=hailong"
	if !strings.Contains(string(shelltest.ReadFile(t, filepath.Join(repository, "Makefile"))), ":= "+url+"\n") {
		t.Errorf("the Makefile does not write the store's address as %s", url)
	}
}

// Of every collection the file says what the application's user may do to it, so that no
// new one is forgotten; to what makes changes visible it may only add.
func TestComposeRoles(t *testing.T) {
	t.Parallel()
	script := strings.Join(readCompose(t).Services["mongo-init"].Command, "\n")
	list := func(quoted string) (words []string) {
		for _, word := range strings.Split(quoted, ",") {
			if word = strings.Trim(strings.TrimSpace(word), "'"); word != "" {
				words = append(words, word)
			}
		}
		return words
	}
	may := map[survey.Collection]string{}
	for _, grant := range regexp.MustCompile(`actions: \[([^\]]*)\], collections: \[([^\]]*)\]`).FindAllStringSubmatch(script, -1) {
		for _, c := range list(grant[2]) {
			if before, twice := may[survey.Collection(c)]; twice {
				t.Errorf("%s is listed twice, with %s", c, before)
			}
			may[survey.Collection(c)] = strings.Join(list(grant[1]), " ")
		}
	}
	want := map[survey.Collection]string{
		survey.Audit: "insert", survey.LedgerDays: "insert", survey.Ledger: "insert remove",
		survey.Responses: "insert update", survey.Chains: "insert update", survey.Snapshots: "insert update", survey.FormatCollection: "insert update",
	}
	for _, c := range survey.Collections {
		if want[c] == "" {
			want[c] = "insert update remove"
		}
	}
	if diff := cmp.Diff(want, may); diff != "" {
		t.Errorf("the role of the application (-want +got):\n%s", diff)
	}
	for _, line := range []string{"set(appUser, 'application');", "set(dutyUser, 'readWrite');"} {
		if !strings.Contains(script, line) {
			t.Errorf("the script does not do %s", line)
		}
	}
	if app := readCompose(t).Services["app"]; slices.Contains(app.Secrets, "store_duty") || app.DependsOn["duty"].Condition == "" {
		t.Error("the application holds the secret of the user on duty, or does not wait for its work")
	}
}

// The daemon that could build the image is not everywhere; that what the build
// copies exists, and that the context lets it through, can be told without.
func TestDockerfileCopiesWhatExists(t *testing.T) {
	t.Parallel()
	build := readCompose(t).Services["app"].Build
	context := filepath.Join(repository, build.Context)
	ignore := strings.Split(string(shelltest.ReadFile(t, filepath.Join(context, ".dockerignore"))), "\n")
	if !slices.Contains(ignore, "*") {
		t.Error(".dockerignore is not a list of what may pass")
	}
	copied := map[string]bool{}
	for line := range strings.Lines(string(shelltest.ReadFile(t, filepath.Join(context, build.Dockerfile)))) {
		fields := strings.Fields(line)
		if len(fields) < 3 || fields[0] != "COPY" || strings.HasPrefix(fields[1], "--from=") {
			continue
		}
		for _, source := range fields[1 : len(fields)-1] {
			copied[source] = true
			if _, err := os.Stat(filepath.Join(context, source)); err != nil {
				t.Errorf("the Dockerfile copies what is not there: %v", err)
			}
			if !slices.Contains(ignore, "!"+source) {
				t.Errorf(".dockerignore keeps %s out of the build", source)
			}
		}
	}
	// Everything that holds Go code goes in, or the build would miss it.
	for _, source := range []string{"cmd", "survey", "analysis", "web", "qr", "go.mod", "go.sum"} {
		if !copied[source] {
			t.Errorf("the Dockerfile does not copy %s", source)
		}
	}
}
