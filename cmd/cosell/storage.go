package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"text/tabwriter"

	"cosell/internal/operator"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

// storageCommand shows what a store holds.
type storageCommand struct {
	storeTarget

	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints rows and bytes by table and account, and the size of the files.
func (c storageCommand) Run(out output, given flagsGiven) error {
	if err := c.choose(given); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	found, err := c.measure(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(found)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "table\taccount\trows\tbytes\t")
	var rows, bytes int64
	for _, u := range found.Usage {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t\n", u.Table, u.Account, u.Rows, u.Bytes)
		rows, bytes = rows+u.Rows, bytes+u.Bytes
	}
	fmt.Fprintf(w, "all\t\t%d\t%d\t\n", rows, bytes)
	if err := w.Flush(); err != nil {
		return err
	}
	if found.DatabaseBytes > 0 {
		_, err = fmt.Fprintf(out, "database file %d bytes, write-ahead log %d bytes\n", found.DatabaseBytes, found.LogBytes)
	}
	return err
}

func (c storageCommand) measure(ctx context.Context) (found operator.Storage, err error) {
	if c.Endpoint != "" {
		answer, err := c.send(ctx, http.MethodGet, "/storage", nil)
		if err != nil {
			return found, err
		}
		defer func() { _ = answer.Close() }()
		if err := json.NewDecoder(answer).Decode(&found); err != nil {
			return found, fmt.Errorf("read answer: %w", err)
		}
		return found, nil
	}
	err = (&schemaTarget{c.Data, c.DatabaseURL}).read(ctx, func(tx *store.Tx) error {
		usage, err := tx.Usage()
		found.Usage = operator.StorageOf(usage)
		return err
	})
	if err != nil || c.DatabaseURL != "" {
		return found, err
	}
	dir, err := dataDirectory(c.Data)
	if err == nil {
		found.DatabaseBytes, found.LogBytes, err = sqlite.FileSizes(dir)
	}
	return found, err
}
