package transfer

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"cosell/internal/store"
)

// progressRows is how many rows pass between two reports.
const progressRows = 1000

// writeSize is how much is written at a time.
const writeSize = 64 << 10

var errBegunAgain = errors.New("the store was lost in the middle of the export; export again")

// Export writes everything that a store holds, as it is in one moment, and
// returns what that was. now is what the file says of its time.
func Export(ctx context.Context, s store.Store, w io.Writer, now time.Time, o Options) (Summary, error) {
	e := &exporter{sum: sha256.New(), encoder: newEncoder(), options: o}
	e.out = bufio.NewWriterSize(w, writeSize)
	e.summary = Summary{CreatedAt: stamp(now), Secrets: !o.WithoutSecrets, Tables: map[string]int64{}}
	begun := false
	err := s.View(ctx, func(tx *store.Tx) error {
		if begun {
			return errBegunAgain // what was written cannot be taken back
		}
		begun = true
		return e.write(ctx, tx)
	}, store.WithoutTimeout())
	if err != nil {
		return Summary{}, fmt.Errorf("export: %w", err)
	}
	return e.summary, nil
}

type exporter struct {
	out     *bufio.Writer
	sum     hash.Hash
	encoder *encoder
	options Options
	summary Summary
}

func (e *exporter) write(ctx context.Context, tx *store.Tx) error {
	err := e.record(header{
		Format: format, Schema: store.LatestSchema(), CreatedAt: e.summary.CreatedAt, Secrets: e.summary.Secrets,
	})
	if err != nil {
		return err
	}
	for _, t := range store.Tables() {
		if e.options.leavesOut(t) {
			continue
		}
		err := tx.Walk(t, func(row []any) error {
			line, err := e.encoder.row(t, row)
			if err != nil {
				return err
			}
			e.summary.Rows++
			e.summary.Tables[t.Name]++
			if e.summary.Rows%progressRows == 0 {
				if err := ctx.Err(); err != nil {
					return err
				}
				e.options.progress(e.summary.Rows)
			}
			return e.line(line)
		})
		if err != nil {
			return err
		}
	}
	err = e.record(footer{
		End: true, Rows: e.summary.Rows, Tables: e.summary.Tables, SHA256: hex.EncodeToString(e.sum.Sum(nil)),
	})
	if err != nil {
		return err
	}
	return e.out.Flush()
}

func (e *exporter) record(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return e.line(append(line, '\n'))
}

func (e *exporter) line(line []byte) error {
	e.sum.Write(line)
	_, err := e.out.Write(line)
	return err
}
