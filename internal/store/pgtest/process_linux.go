package pgtest

import "syscall"

// processAttributes makes the server another user's, and end with the tests.
func processAttributes(as *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: as, Pdeathsig: syscall.SIGQUIT}
}
