package operator

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/store"
)

// Storage is what a store holds and takes.
type Storage struct {
	Usage         []StorageUsage `json:"usage" nullable:"false" doc:"By table and account"`
	DatabaseBytes int64          `json:"databaseBytes,omitempty" doc:"Size of the file of an embedded store"`
	LogBytes      int64          `json:"logBytes,omitempty" doc:"Size of the write-ahead log of an embedded store"`
}

// StorageUsage is what the rows of one account in one table take.
type StorageUsage struct {
	Table   string `json:"table" example:"opportunities"`
	Account string `json:"account,omitempty" doc:"Absent for rows that belong to no single account"`
	Rows    int64  `json:"rows"`
	Bytes   int64  `json:"bytes" doc:"Size of the values, without indexes"`
}

// StorageOf returns what a store found in the form of the API.
func StorageOf(usage []store.Usage) []StorageUsage {
	all := make([]StorageUsage, len(usage))
	for i, u := range usage {
		all[i] = StorageUsage(u)
	}
	return all
}

func (c Config) storageRoutes(rest huma.API) {
	huma.Get(rest, "/storage", func(ctx context.Context, _ *struct{}) (*body[Storage], error) {
		var found Storage
		err := c.Store.View(ctx, func(tx *store.Tx) error {
			usage, err := tx.Usage()
			found.Usage = StorageOf(usage)
			return err
		}, store.WithoutTimeout())
		if err == nil && c.FileSizes != nil {
			found.DatabaseBytes, found.LogBytes, err = c.FileSizes()
		}
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		return &body[Storage]{found}, nil
	}, tagged("State", "Measure the rows of every table and account; this reads the whole store"))
}
