package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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

// threadTime is the CPU time that the threads of a process have used so far, in
// nanoseconds where cpuTime counts ticks: for a process that does almost nothing
// and ends no threads.
func threadTime(pid int) (time.Duration, error) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || len(threads) == 0 {
		return 0, errors.Join(err, fmt.Errorf("process %d has no threads to read", pid))
	}
	var total time.Duration
	for _, name := range threads {
		text, err := os.ReadFile(name)
		if err != nil {
			return 0, err
		}
		var used time.Duration
		if _, err := fmt.Sscan(string(text), &used); err != nil {
			return 0, fmt.Errorf("CPU time in %s: %w", name, err)
		}
		total += used
	}
	return total, nil
}

// residentMemory is how many bytes of a process are in memory.
func residentMemory(pid int) (int64, error) { return memory(pid, "VmRSS") }

// privateMemory is how many of them are not pages of a file, which processes share and
// the kernel takes back.
func privateMemory(pid int) (int64, error) { return memory(pid, "RssAnon") }

// memory reads an amount from the status of a process.
func memory(pid int, name string) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	var kilobytes int64
	_, line, _ := bytes.Cut(status, []byte("\n"+name+":"))
	if _, err := fmt.Sscanf(string(line), "%d kB", &kilobytes); err != nil {
		return 0, fmt.Errorf("%s of process %d: %w", name, pid, err)
	}
	return kilobytes << 10, nil
}
