package main

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"cosell/internal/s3"
)

const (
	uploadSize = 64 << 20
	uploads    = 4
	// uploadMemory is what uploads may add to the resident set of a server: half of what is
	// sent. Most of it is garbage, which is collected late (gcPercent).
	uploadMemory = uploads * uploadSize / 2
)

// TestUploadsTakeBoundedMemory sends files of 64 MiB, four at a time, to a server: it
// keeps none of them in memory.
func TestUploadsTakeBoundedMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("memory is read from /proc")
	}
	if testing.Short() {
		t.Skip("writes 256 MiB")
	}
	p := startLimited(t)
	upload(t, p.URL, 0, 1<<20) // what every upload takes once
	before := peakMemory(t, p.PID())
	var all sync.WaitGroup
	for i := range uploads {
		all.Go(func() { upload(t, p.URL, i, uploadSize) })
	}
	all.Wait()
	if more := peakMemory(t, p.PID()) - before; more > uploadMemory {
		t.Errorf("%d uploads of %d MiB took %d MiB, more than %d", uploads, uploadSize>>20, more>>20, uploadMemory>>20)
	} else {
		t.Logf("%d MiB, and %d more", before>>20, more>>20)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
}

// upload sends a file of zeros.
func upload(t *testing.T, url string, number int, size int64) {
	t.Helper()
	const unsigned = "UNSIGNED-PAYLOAD"
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut,
		fmt.Sprintf("%s/%s/111122223333/%d", url, s3.Bucket, number), io.LimitReader(zeros{}, size))
	if err != nil {
		t.Error(err)
		return
	}
	r.ContentLength = size
	r.Header.Set("X-Amz-Content-Sha256", unsigned)
	as := aws.Credentials{AccessKeyID: "111122223333", SecretAccessKey: "test"}
	if err := v4.NewSigner().SignHTTP(t.Context(), as, r, unsigned, "s3", "us-east-1", time.Now()); err != nil {
		t.Error(err)
		return
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err)
		return
	}
	defer answer.Body.Close()
	if text, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("upload: %d %s %v", answer.StatusCode, text, err)
	}
}

// zeros is an endless file.
type zeros struct{}

// Read implements [io.Reader].
func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
