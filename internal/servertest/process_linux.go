package servertest

import "syscall"

// Attributes have a process end with the thread that starts it, and so with this
// program, however that ends. Whoever starts the process locks the thread until
// the process has ended.
func Attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
