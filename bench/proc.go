package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// tick is the unit of /proc/PID/stat on every Linux there is (USER_HZ).
const tick = time.Second / 100

// cpuTime is the CPU time that a process has used, from Linux's /proc.
func cpuTime(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	return parseStat(stat)
}

// parseStat adds up the user and system time of a process. The name of its
// command, in parentheses, may hold anything, so fields count from its end.
func parseStat(stat []byte) (time.Duration, error) {
	const user, system = 11, 12
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) <= system {
		return 0, fmt.Errorf("cannot read the CPU time in %q", stat)
	}
	var ticks int64
	for _, field := range [][]byte{fields[user], fields[system]} {
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("CPU time: %w", err)
		}
		ticks += n
	}
	return time.Duration(ticks) * tick, nil
}

// residentMemory is how many bytes of a process are in memory.
func residentMemory(pid int) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	var kilobytes int64
	_, line, _ := bytes.Cut(status, []byte("\nVmRSS:"))
	if _, err := fmt.Sscanf(string(line), "%d kB", &kilobytes); err != nil {
		return 0, fmt.Errorf("resident memory of process %d: %w", pid, err)
	}
	return kilobytes << 10, nil
}
