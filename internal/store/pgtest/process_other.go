//go:build unix && !linux

package pgtest

import "syscall"

// processAttributes makes the server another user's.
func processAttributes(as *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: as}
}

// killAll kills a process. Its children end when they notice.
func killAll(parent int) { _ = syscall.Kill(parent, syscall.SIGKILL) }
