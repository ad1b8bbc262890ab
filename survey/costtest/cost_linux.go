package costtest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Bounds of every reader. They bound a cost, not a time: a busy machine changes
// neither.
const (
	MaxMemory = 200 << 20        // above what the child holds before it reads
	MaxCPU    = 20 * time.Second // of all its threads, on a machine that does other work too
)

// A child that its reader's bounds do not hold ends by these, before it takes
// the machine with it.
const (
	childSpace = 2 << 30 // of addresses, above those that the runtime reserves
	childCPU   = 60      // seconds
)

const (
	childVariable = "HAILONG_TEST_COST"
	mark          = "cost of reading: "
)

// Cost is what reading cost a process.
type Cost struct {
	Input  int           // bytes that were read
	Memory int64         // bytes above what was held before
	CPU    time.Duration // of the process and of the system for it
	Result string        // what the reader said
}

// Check runs the test that calls it in a child process, has it read an input
// there, and fails the test if that costs more than MaxMemory or MaxCPU. It
// returns what the reader said. The input is made in the child, before the
// measuring begins. A test calls Check once.
func Check(t *testing.T, input func() []byte, read func([]byte) string) Cost {
	t.Helper()
	if Raced {
		t.Skip("what is measured while races are watched for says nothing; make test runs it without")
	}
	if os.Getenv(childVariable) == t.Name() {
		runChild(input(), read)
	}
	cost := runParent(t)
	t.Logf("%10d bytes: %4d MiB, %5.2f s: %s: %.120s", cost.Input, cost.Memory>>20, cost.CPU.Seconds(), t.Name(), cost.Result)
	if cost.Memory > MaxMemory {
		t.Errorf("reading %d bytes took %d MiB, want at most %d", cost.Input, cost.Memory>>20, MaxMemory>>20)
	}
	if cost.CPU > MaxCPU {
		t.Errorf("reading %d bytes took %v of the processor, want at most %v", cost.Input, cost.CPU, MaxCPU)
	}
	return cost
}

func runParent(t *testing.T) (cost Cost) {
	t.Helper()
	var parts []string
	for part := range strings.SplitSeq(t.Name(), "/") {
		parts = append(parts, "^"+regexp.QuoteMeta(part)+"$")
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run="+strings.Join(parts, "/"), "-test.v") // the test itself
	cmd.Env = append(os.Environ(), childVariable+"="+t.Name())
	out, err := cmd.CombinedOutput()
	_, said, found := strings.Cut(string(out), mark)
	if !found {
		t.Fatalf("the child did not come to an end (%v):\n%.2000s", err, out)
	}
	if err := json.NewDecoder(strings.NewReader(said)).Decode(&cost); err != nil {
		t.Fatal(err)
	}
	return cost
}

// runChild reads the input, says what that cost and ends the process.
func runChild(input []byte, read func([]byte) string) {
	debug.FreeOSMemory()
	must(os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)) // the peak begins anew
	space := status("VmSize")
	must(syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: uint64(space + childSpace), Max: uint64(space + childSpace)})) // sizes are positive
	must(syscall.Setrlimit(syscall.RLIMIT_CPU, &syscall.Rlimit{Cur: childCPU, Max: childCPU}))
	held, used := status("VmRSS"), processorTime()
	result := read(input)
	cost := Cost{Input: len(input), CPU: processorTime() - used, Memory: status("VmHWM") - held, Result: result}
	line, err := json.Marshal(cost)
	must(err)
	fmt.Printf("\n%s%s\n", mark, line)
	os.Exit(0)
}

// must ends the child: its parent prints what it said.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// status is a line of the process's status, in bytes.
func status(name string) int64 {
	file, err := os.Open("/proc/self/status")
	must(err)
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name+":"); ok {
			kilobytes, err := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			must(err)
			return kilobytes << 10
		}
	}
	panic("the process has no " + name)
}

func processorTime() time.Duration {
	var u syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
