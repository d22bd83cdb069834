//go:build !linux

package servertest

import "syscall"

// Attributes are nothing where a process cannot be made to end with another one.
func Attributes() *syscall.SysProcAttr { return nil }
