package operator

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"cosell/internal/clock"
	"cosell/internal/limit"
	"cosell/internal/requestlog"
	"cosell/internal/transfer"
)

type resetResult struct {
	Rows int64 `json:"rows" doc:"Number of rows removed"`
}

type resetQuery struct {
	Account string `query:"account" default:"*" pattern:"^([0-9]{12}|\\*)$" patternDescription:"an account of twelve digits, or * for everything" doc:"Remove the records of this account only; its users, keys and policies, the clock and what it shares with other partners stay"`
}

type exportQuery struct {
	Secrets bool `query:"secrets" default:"true" doc:"Whether to include the secrets of the installation"`
}

type importQuery struct {
	Replace bool `query:"replace" doc:"Replace the content of the store; without it the store must be empty or hold part of the same file"`
}

// importPath is the only path whose body is no JSON, and is not looked at before.
const importPath = Prefix + "/import"

// jsonLines is the media type of an export.
const jsonLines = "application/jsonl"

func (c Config) stateRoutes(rest huma.API) {
	huma.Post(rest, "/reset", func(ctx context.Context, in *resetQuery) (*body[resetResult], error) {
		if in.Account != requestlog.All {
			return c.resetAccount(ctx, in.Account)
		}
		rows, err := transfer.Reset(ctx, c.Store)
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		c.WasReset("")
		c.Requests.Clear(requestlog.All)
		if err := c.Faults.Set(nil, 0); err != nil {
			return nil, c.fault(ctx, err)
		}
		c.Clock.Reset()
		if err := c.ClockMoved(ctx); err != nil {
			return nil, c.fault(ctx, err)
		}
		return &body[resetResult]{resetResult{rows}}, nil
	}, tagged("State", "Remove everything but the secrets of the installation, faults too, and return the clock to the real time; or all records of one account"), func(o *huma.Operation) {
		o.DefaultStatus = http.StatusOK // nothing is created
	})
	huma.Get(rest, "/export", func(ctx context.Context, in *exportQuery) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(exchange huma.Context) { c.export(ctx, rest, exchange, *in) }}, nil
	}, tagged("State", "Export everything as JSON Lines"), func(o *huma.Operation) {
		o.Responses = map[string]*huma.Response{"200": {
			Description: "The file. It is complete only if its last line is present.",
			Content:     map[string]*huma.MediaType{jsonLines: {Schema: &huma.Schema{Type: huma.TypeString}}},
		}}
	})
	huma.Post(rest, "/import", func(ctx context.Context, in *importQuery) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(exchange huma.Context) { c.importFile(ctx, rest, exchange, *in) }}, nil
	}, tagged("State", "Import an export; repeat it after an interruption to resume"), func(o *huma.Operation) {
		o.DefaultStatus = http.StatusOK
		o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			jsonLines: {Schema: &huma.Schema{Type: huma.TypeString}},
		}}
		o.Responses = map[string]*huma.Response{"200": {
			Description: "The import is complete.",
			Content: map[string]*huma.MediaType{"application/json": {
				Schema: rest.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[transfer.Result](), true, "ImportResult"),
			}},
		}}
	})
}

// resetAccount removes what an account has, in the store and in memory.
func (c Config) resetAccount(ctx context.Context, account string) (*body[resetResult], error) {
	rows, err := c.Fixtures.ResetAccount(ctx, account)
	if err != nil {
		return nil, c.fault(ctx, err)
	}
	c.WasReset(account)
	c.Requests.Clear(account)
	c.Faults.Clear(account)
	return &body[resetResult]{resetResult{rows}}, nil
}

func (c Config) export(ctx context.Context, rest huma.API, exchange huma.Context, in exportQuery) {
	_, w := humago.Unwrap(exchange)
	out := &exportWriter{ResponseWriter: w, exchange: http.NewResponseController(w)}
	_, err := transfer.Export(ctx, c.Store, out, clock.System().Now(), transfer.Options{WithoutSecrets: !in.Secrets})
	switch {
	case err == nil:
	case !out.begun.IsZero():
		c.Log.LogAttrs(ctx, slog.LevelError, "export", slog.String("cause", err.Error()))
		// The status has already been sent, so the connection is cut.
		panic(http.ErrAbortHandler)
	default:
		c.refuse(rest, exchange, c.fault(ctx, err))
	}
}

// importFile imports a file. It keeps the secrets of the installation, which running
// processes already use.
func (c Config) importFile(ctx context.Context, rest huma.API, exchange huma.Context, in importQuery) {
	r, w := humago.Unwrap(exchange)
	file := importReader{r.Body, http.NewResponseController(w)}
	var answer []byte
	result, err := transfer.Import(ctx, c.Store, file, transfer.Options{WithoutSecrets: true, Replace: in.Replace})
	if err == nil {
		err = c.Imported(ctx)
	}
	if err == nil {
		answer, err = json.Marshal(result)
	}
	if err != nil {
		// A client that is still sending would not read the answer.
		_, _ = io.Copy(io.Discard, file)
		c.refuse(rest, exchange, c.importRefusal(ctx, err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer)
}

func (c Config) importRefusal(ctx context.Context, err error) error {
	wrong, isWrong := errors.AsType[*transfer.FileError](err)
	switch {
	case isWrong:
		return huma.Error422UnprocessableEntity(wrong.Error())
	case errors.Is(err, transfer.ErrNotEmpty), errors.Is(err, transfer.ErrOtherFile), errors.Is(err, transfer.ErrDisturbed):
		return huma.Error409Conflict(err.Error())
	default:
		return c.fault(ctx, err)
	}
}

// refuse answers with an error in handlers that write their answer themselves.
func (c Config) refuse(rest huma.API, exchange huma.Context, err error) {
	if refusal, ok := errors.AsType[huma.StatusError](err); ok {
		_ = huma.WriteErr(rest, exchange, refusal.GetStatus(), refusal.Error())
	}
}

// stallTimeout is how long the other side of a transfer may stall. The duration of
// the whole transfer is not limited.
const stallTimeout = time.Minute

// exportPace is how slowly the reader of an export may keep up. While an export is read, the embedded store's log keeps everything
// that is written meanwhile.
var exportPace = limit.Pace{Stall: stallTimeout, Grace: time.Minute, Rate: 256 << 10}

type exportWriter struct {
	http.ResponseWriter

	exchange *http.ResponseController
	begun    time.Time
	written  int64
}

// Write implements [io.Writer].
func (w *exportWriter) Write(p []byte) (int, error) {
	now := time.Now()
	if w.begun.IsZero() {
		w.begun = now
		w.Header().Set("Content-Type", jsonLines)
		w.Header().Set("Content-Disposition", `attachment; filename="cosell.jsonl"`)
		w.Header().Set("Cache-Control", "no-store")
	}
	w.written += int64(len(p))
	_ = w.exchange.SetWriteDeadline(exportPace.Deadline(now, w.begun, w.written)) // not supported by the writers of tests
	return w.ResponseWriter.Write(p)
}

type importReader struct {
	file     io.Reader
	exchange *http.ResponseController
}

// Read implements [io.Reader].
func (r importReader) Read(p []byte) (int, error) {
	deadline := time.Now().Add(stallTimeout)
	_ = r.exchange.SetReadDeadline(deadline) // not supported by the readers of tests
	// The answer comes after the last read.
	_ = r.exchange.SetWriteDeadline(deadline.Add(stallTimeout))
	return r.file.Read(p)
}
