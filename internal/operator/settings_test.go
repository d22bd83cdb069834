package operator_test

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cosell/internal/audit"
	"cosell/internal/operator"
	"cosell/internal/quota"
	"cosell/internal/retention"
)

func TestSettings(t *testing.T) {
	for name, c := range map[string]struct {
		settings operator.Settings
		want     []string
	}{
		"nothing is limited or removed": {operator.Settings{}, []string{`"retention":{},"audit":"off","requestLog":0`}},
		"quotas, ages and the audit are shown": {
			operator.Settings{
				Quotas: quota.AWS(), Retention: retention.Policy{Tokens: 24 * time.Hour, Events: 48 * time.Hour}, Audit: audit.Writes, RequestLog: 7,
			},
			[]string{`"quotas":{"groups":[{"name":`, `"perSecond":`, `"retention":{"clientTokens":"24h0m0s","events":"48h0m0s"},"audit":"writes","requestLog":7`},
		},
	} {
		d := newDesk()
		handler := operator.New(operator.Config{Service: d, Clock: d.clock, Log: slog.New(slog.DiscardHandler), Version: "1.2.3", Settings: c.settings})
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, asLocal(httptest.NewRequestWithContext(t.Context(), "GET", operator.Prefix+"/settings", nil)))
		for _, want := range append(c.want, `"version":"1.2.3"`) {
			if w.Code != 200 || !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s: got %d %s, want %s", name, w.Code, w.Body, want)
			}
		}
	}
}

func TestFaultPresets(t *testing.T) {
	w := newDesk().call(t, "GET", "/faults/presets", "")
	if w.Code != 200 || !strings.Contains(w.Body.String(), `"throttle":[{"error":"ThrottlingException","sequence":{"fail":1,"pass":1}}]`) {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}
