package operator

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/api"
	"cosell/internal/store"
)

type workItem struct {
	Kind      string    `json:"kind" example:"snapshot"`
	Subject   string    `json:"subject" doc:"Identifier of the record it concerns"`
	DueAt     time.Time `json:"dueAt" doc:"Business time"`
	Attempts  int64     `json:"attempts" doc:"Number of times a worker claimed it"`
	Failures  int64     `json:"failures" doc:"Number of consecutive failures"`
	LastError string    `json:"lastError,omitempty"`
}

type workList struct {
	Work []workItem `json:"work" nullable:"false" doc:"Longest due first"`
}

type workQuery struct {
	Limit int `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

func (c Config) workRoutes(rest huma.API) {
	huma.Get(rest, "/work", func(ctx context.Context, in *workQuery) (*body[workList], error) {
		var found []store.Work
		err := c.Store.View(ctx, func(tx *store.Tx) (err error) {
			found, err = tx.AllWork(in.Limit)
			return err
		})
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		list := workList{Work: make([]workItem, len(found))}
		for i, w := range found {
			list.Work[i] = workItem{
				Kind: w.Kind, Subject: w.Subject, DueAt: api.Timestamp(w.DueAt).Time(),
				Attempts: w.Attempt, Failures: w.Failures, LastError: w.LastError,
			}
		}
		return &body[workList]{list}, nil
	}, tagged("Work", "List pending background work"))
}
