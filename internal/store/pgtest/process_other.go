//go:build unix && !linux

package pgtest

import "syscall"

// processAttributes makes the server another user's.
func processAttributes(as *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: as}
}
