package main

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// What packages allocate before main, every command pays: the regular expression of a
// tag once took 15 MB and 28 ms.
func TestPackagesAllocateLittleBeforeMain(t *testing.T) {
	const most = 2 << 20 // bytes
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	command.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	packages := 0
	for line := range strings.Lines(string(out)) {
		// init cosell/internal/api @12 ms, 0.5 ms clock, 1234 bytes, 56 allocs
		fields := strings.Fields(line)
		if len(fields) != 11 || fields[0] != "init" {
			continue
		}
		packages++
		if bytes, err := strconv.Atoi(fields[7]); err != nil || bytes > most {
			t.Errorf("%s allocates too much, %d at most: %s", fields[1], most, line)
		}
	}
	if packages < 20 {
		t.Errorf("only %d packages in:\n%s", packages, out)
	}
}
