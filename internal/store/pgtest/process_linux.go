package pgtest

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// processAttributes makes the server another user's, and end with the tests.
func processAttributes(as *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: as, Pdeathsig: syscall.SIGQUIT}
}

// killAll kills a process and its children, which here have none.
func killAll(parent int) {
	// A child that it made meanwhile would live on, and hold what its parent had open.
	_ = syscall.Kill(parent, syscall.SIGSTOP)
	family := []int{parent}
	found, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range found {
		text, _ := os.ReadFile(name) // gone, where the process is
		// The name of the program stands in parentheses, and may hold anything.
		_, rest, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(rest)
		if len(fields) < 2 || fields[1] != strconv.Itoa(parent) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name))); err == nil {
			family = append(family, pid)
		}
	}
	for _, pid := range family {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}
