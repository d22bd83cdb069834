package s3

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// deadlines is an answer that keeps the last deadline of its request.
type deadlines struct {
	*httptest.ResponseRecorder

	read time.Time
}

func (d *deadlines) SetReadDeadline(at time.Time) error { d.read = at; return nil }

// TestAttackSlowUpload sees that a body which comes byte by byte does not keep its place: it
// must have come at a rate.
func TestAttackSlowUpload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		const rate, minutes = 100, 10
		p := &patient{
			ReadCloser: io.NopCloser(strings.NewReader(strings.Repeat("x", rate*60*minutes))), exchange: http.NewResponseController(w), begun: time.Now(),
		}
		buffer := make([]byte, rate)
		for range minutes * 60 {
			if _, err := p.Read(buffer); err != nil {
				t.Fatal(err)
			}
			if time.Now().After(w.read) {
				if after := time.Since(p.begun); after > 2*time.Minute {
					t.Errorf("a slow body was cut off after %s", after)
				}
				return
			}
			time.Sleep(time.Second)
		}
		t.Error("a slow body kept its place")
	})
}
