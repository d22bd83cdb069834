package chaos

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cosell/internal/servertest"
)

// diskSize has room for all that a test writes while the disk is not filled.
const diskSize = "size=512m"

// smallDisk mounts a disk that a test can fill.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, diskSize); err != nil {
		t.Skipf("NOT TESTED ON A FULL DISK: mounting one takes root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

// fill takes the space of a disk away, but for some, until the function that it
// returns gives it back.
func fill(t *testing.T, disk string, leave uint64) (free func()) {
	t.Helper()
	name := filepath.Join(disk, "ballast")
	ballast, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer ballast.Close()
	for {
		var state syscall.Statfs_t
		if err := syscall.Statfs(disk, &state); err != nil {
			t.Fatal(err)
		}
		space := state.Bavail * uint64(state.Bsize)
		if space <= leave {
			break
		}
		err := syscall.Fallocate(int(ballast.Fd()), 0, 0, int64(space-leave))
		if err == nil {
			break
		}
		if !errors.Is(err, syscall.ENOSPC) { // the server took some meanwhile
			t.Fatal(err)
		}
	}
	return func() {
		if err := os.Remove(name); err != nil {
			t.Error(err)
		}
	}
}

// The disk of the embedded store is full: writes are refused and leave nothing,
// reads go on, a server starts; when there is space again, so are writes.
func TestDiskFull(t *testing.T) {
	disk := smallDisk(t)
	dir := disk // what it logs goes beside it
	c := embedded(t, dir)
	w := newWorld(c, *seed)
	witness := newWorld(c, *seed).partners[0]
	witness.name, witness.account = "witness", "000000000099"
	if err := witness.create(t.Context()); err != nil {
		t.Fatal(err)
	}
	random := draw(t)
	episodes := times(2, 20)
	v := w.injectInto(t, random, episodes, func() {
		// Half of the times the disk is full at once, else in the midst of something.
		free := fill(t, disk, uint64(random.IntN(2)*random.IntN(1<<20)))
		working := !w.stopped.Load()
		if working {
			w.refused(t)
			if log, err := os.ReadFile(dir + ".log"); err != nil || !bytes.Contains(log, []byte("disk is full")) {
				t.Errorf("the log does not say why: %v", err)
			}
		}
		stillReads(t, c, witness)
		if !working || random.IntN(2) == 0 {
			c.restart(t, 0)
			stillReads(t, c, witness)
		}
		free()
		if working && !*full {
			// Writes go on by themselves. For the work that failed meanwhile there is
			// no time: it waits for its lease, or for another process.
			w.await(t, 50)
			c.restart(t, 0)
		}
	})
	c.stop(t, 0)
	verifyDatabase(t, v, dir)
	results.add(row{fault: "disk of the embedded store full", times: episodes}, w, v)
}

// A server that finds no space to make its store says so and ends.
func TestFirstStartOnAFullDisk(t *testing.T) {
	disk := smallDisk(t)
	dir := disk // what it logs goes beside it
	free := fill(t, disk, 0)
	if server, err := servertest.Start(t.Context(), binary, dir); err == nil {
		_ = server.Kill()
		t.Error("a server runs without a store")
	} else if !strings.Contains(err.Error(), "no space left on device") && !strings.Contains(err.Error(), "disk is full") {
		t.Errorf("the server says %q", err)
	}
	free()
	newWorld(embedded(t, dir), *seed).works(t)
}

// refused waits until the partners were told often enough that a write failed.
func (w *world) refused(t *testing.T) {
	t.Helper()
	goal := w.tally.again.Load() + 50
	eventually(t, "writes are refused", func() bool { return w.tally.again.Load() >= goal })
}

// stillReads sees that a server which cannot write still reads.
func stillReads(t *testing.T, c *cluster, witness *partner) {
	t.Helper()
	if _, err := witness.read(t.Context(), witness.deals[0]); err != nil {
		t.Errorf("read on a full disk: %v", err)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		url, err := c.URL(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := wire.Get(url + path)
		if err != nil {
			t.Errorf("%s on a full disk: %v", path, err)
			continue
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s on a full disk answers %s", path, answer.Status)
		}
	}
}

// The directory of the embedded store is read-only: the server says so and ends.
// Nothing is lost by it.
func TestDirectoryReadOnly(t *testing.T) {
	disk := smallDisk(t)
	dir := disk // what it logs goes beside it
	c := embedded(t, dir)
	w := newWorld(c, *seed)
	random := draw(t)
	episodes := times(2, 10)
	v := w.injectInto(t, random, episodes, func() {
		server := c.Take(0)
		if err := server.Kill(); err != nil {
			t.Error(err)
		}
		remount(t, disk, syscall.MS_RDONLY)
		if again, err := servertest.Start(t.Context(), binary, dir); err == nil {
			_ = again.Kill()
			t.Error("a server runs on a read-only directory")
		} else if !strings.Contains(err.Error(), "read-only file system") {
			t.Errorf("the server says %q", err)
		}
		remount(t, disk, 0)
		if err := c.Start(0); err != nil {
			t.Fatal(err)
		}
	})
	c.stop(t, 0)
	verifyDatabase(t, v, dir)
	results.add(row{fault: "directory of the embedded store read-only", times: episodes}, w, v)
}

func remount(t *testing.T, disk string, flags uintptr) {
	t.Helper()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT|flags, diskSize); err != nil {
		t.Fatal(err)
	}
}
