package operator

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/events/pattern"
	"cosell/internal/store"
)

const (
	// heartbeat is how often a stream without events sends a comment, so that what is
	// between keeps the connection.
	heartbeat = 15 * time.Second
	// streamWrite is how long a client may take to receive what was written.
	streamWrite = 30 * time.Second
	streamPage  = 100
)

type eventStreamQuery struct {
	Account string `query:"account" required:"true" pattern:"^([0-9]{12}|aws|\\*)$" patternDescription:"an account of twelve digits, aws, or * for all"`
	After   int64  `query:"after" minimum:"0" doc:"Sequence of the last known event; 0 starts at the first"`
	Pattern string `query:"pattern" maxLength:"4096" doc:"Only events that match this EventBridge pattern" example:"{\"detail-type\":[\"Opportunity Updated\"]}"`
	LastID  string `header:"Last-Event-ID" doc:"Sequence of the last known event, as browsers send it; it wins over after"`
}

func (c Config) eventStreamRoute(rest huma.API) {
	huma.Register(rest, huma.Operation{
		OperationID: "get-events-stream", Method: http.MethodGet, Path: "/events/stream",
		Tags: []string{"Events"}, Summary: "Stream the events of an account as server-sent events",
		Responses: map[string]*huma.Response{"200": {
			Description: "Events with their sequence as id and the envelope as data, and comments while there are none",
			Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
	}, func(ctx context.Context, in *eventStreamQuery) (*huma.StreamResponse, error) {
		after := in.After
		if in.LastID != "" {
			var err error
			if after, err = strconv.ParseInt(in.LastID, 10, 64); err != nil || after < 0 {
				return nil, unprocessable("header.Last-Event-ID", "must be a sequence")
			}
		}
		wanted, err := wantedBy(in.Pattern)
		if err != nil {
			return nil, unprocessable("query.pattern", err.Error())
		}
		return &huma.StreamResponse{Body: func(h huma.Context) {
			ctx, release, err := c.whileHeld(ctx)
			if err != nil {
				c.refuse(rest, h, err)
				return
			}
			defer release()
			h.SetHeader("Content-Type", "text/event-stream")
			h.SetHeader("Cache-Control", "no-store")
			h.SetHeader("X-Accel-Buffering", "no")
			w, ok := h.BodyWriter().(http.ResponseWriter)
			if !ok {
				return
			}
			c.stream(ctx, w, in.Account, after, wanted)
		}}, nil
	})
}

// wantedBy returns what decides whether an envelope matches a pattern; "" is matched by
// all of them.
func wantedBy(text string) (func(envelope []byte) bool, error) {
	if text == "" {
		return func([]byte) bool { return true }, nil
	}
	wanted, err := pattern.Parse(text)
	if err != nil {
		return nil, err
	}
	return func(envelope []byte) bool {
		e, err := pattern.ParseEvent(envelope)
		return err == nil && wanted.Match(e)
	}, nil
}

// stream writes events until the context ends, the server stops or the store fails; the
// client then comes back with the last sequence.
func (c Config) stream(ctx context.Context, w http.ResponseWriter, account string, after int64, wanted func([]byte) bool) {
	visible := c.visible(ctx)
	control := http.NewResponseController(w)
	flush := func() bool {
		// The deadlines of other requests do not count here. What cannot set them has none.
		_ = control.SetWriteDeadline(time.Now().Add(streamWrite))
		return control.Flush() == nil
	}
	w.WriteHeader(http.StatusOK)
	beat, ticker := time.Now(), time.NewTicker(waitStep)
	defer ticker.Stop()
	for flush() && ctx.Err() == nil {
		page, err := c.Service.Events(ctx, account, after, streamPage)
		if err != nil {
			return
		}
		if len(page) > 0 {
			if err := writeEvents(w, page, wanted, visible); err != nil {
				return
			}
			after, beat = page[len(page)-1].Sequence, time.Now()
			continue
		}
		for idle := true; idle; {
			select {
			case <-ctx.Done():
				return
			case <-c.Stopping:
				return
			case <-ticker.C:
			}
			if time.Since(beat) >= heartbeat {
				beat = time.Now()
				if _, err := fmt.Fprint(w, ": no events\n\n"); err != nil || !flush() {
					return
				}
			}
			idle = !c.hasEvents(ctx, account, after)
		}
	}
}

// writeEvents writes those of a page that are wanted and that the caller may see.
func writeEvents(w io.Writer, page []store.Event, wanted func([]byte) bool, visible func([]byte) (bool, error)) error {
	for _, e := range page {
		if !wanted(e.Envelope) {
			continue
		}
		shown, err := visible(e.Envelope)
		if err != nil {
			return err
		}
		if !shown {
			continue
		}
		if _, err := fmt.Fprintf(w, "id: %d\ndata: %s\n\n", e.Sequence, e.Envelope); err != nil {
			return err
		}
	}
	return nil
}

// hasEvents reports whether there may be events after a sequence.
func (c Config) hasEvents(ctx context.Context, account string, after int64) bool {
	found, err := c.Service.Events(ctx, account, after, 1)
	return err != nil || len(found) > 0
}
