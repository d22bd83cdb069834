package observe

import (
	"io"
	"log/slog"
)

// NewLogger returns a logger that writes lines of text, or of JSON if format is "json".
func NewLogger(w io.Writer, format string, level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
