package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/store"
)

func testBlobs(t *testing.T, s store.Store) {
	key := store.BlobKey{Account: "111122223333", ID: "b1"}
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	update(t, s, func(tx *store.Tx) error {
		blob := &store.Blob{BlobKey: key, CreatedAt: 7}
		if err := tx.InsertBlob(blob); err != nil {
			return err
		}
		return errors.Join(
			isNot(tx.InsertBlob(blob), store.ErrExists),
			tx.AppendBlob(key, 0, 0, every),
			tx.AppendBlob(key, 256, 1, []byte("end")),
			isNot(tx.AppendBlob(key, 256, 2, []byte("late")), store.ErrNotFound),
			isNot(tx.AppendBlob(store.BlobKey{Account: "other", ID: "b1"}, 0, 0, nil), store.ErrNotFound),
		)
	})
	view(t, s, func(tx *store.Tx) error {
		blob, err := tx.Blob(key)
		if want := (&store.Blob{BlobKey: key, Size: 259, CreatedAt: 7}); err == nil && *blob != *want {
			t.Errorf("got %+v, want %+v", blob, want)
		}
		first, firstErr := tx.BlobChunk(key, 0)
		second, secondErr := tx.BlobChunk(key, 1)
		if !bytes.Equal(first, every) || string(second) != "end" {
			t.Errorf("read %q and %q", first, second)
		}
		_, none := tx.BlobChunk(key, 2)
		return errors.Join(err, firstErr, secondErr, isNot(none, store.ErrNotFound))
	})
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(
			tx.LockBlob(key),
			isNot(tx.LockBlob(key), store.ErrNotFound),
			isNot(tx.AppendBlob(key, 259, 2, []byte("late")), store.ErrNotFound),
			tx.ReleaseBlob(key),
		)
	})
	for _, want := range []bool{true, true, false} {
		update(t, s, func(tx *store.Tx) error {
			more, err := tx.DeleteBlob(key, 1)
			if more != want {
				t.Errorf("more is %t, want %t", more, want)
			}
			return err
		})
	}
	view(t, s, func(tx *store.Tx) error {
		_, err := tx.Blob(key)
		return isNot(err, store.ErrNotFound)
	})
}

func testFiles(t *testing.T, s store.Store) {
	key := store.FileKey{Account: "111122223333", Name: "dir/ü.csv"}
	version := func(n int64) *store.File {
		return &store.File{
			FileKey: key, Sequence: n, Version: fmt.Sprint("v", n), CreatedAt: n,
			Document: []byte("{}"),
		}
	}
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(
			tx.InsertFile(version(1)), tx.InsertFile(version(2)), isNot(tx.InsertFile(version(2)), store.ErrExists),
			tx.PinFile(key.Account, "v1", 1), isNot(tx.PinFile(key.Account, "v3", 1), store.ErrNotFound),
		)
	})
	view(t, s, func(tx *store.Tx) error {
		newest, err := tx.File(key)
		if diff := cmp.Diff(version(2), newest); diff != "" {
			t.Error(diff)
		}
		first, other := tx.FileVersion(key, "v1")
		want := version(1)
		want.Pins = 1
		if diff := cmp.Diff(want, first); diff != "" {
			t.Error(diff)
		}
		_, otherName := tx.FileVersion(store.FileKey{Account: key.Account, Name: "x"}, "v1")
		_, otherAccount := tx.File(store.FileKey{Account: "444455556666", Name: key.Name})
		return errors.Join(err, other, isNot(otherName, store.ErrNotFound), isNot(otherAccount, store.ErrNotFound))
	})
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(
			isNot(tx.DeleteFile(version(1)), store.ErrNotFound), tx.PinFile(key.Account, "v1", -1),
			tx.DeleteFile(version(1)), tx.DeleteFile(version(2)), isNot(tx.DeleteFile(version(2)), store.ErrNotFound),
		)
	})
}

func testFileUploads(t *testing.T, s store.Store) {
	u := &store.FileUpload{FileKey: store.FileKey{Account: "1", Name: "n"}, ID: "u", CreatedAt: 3, Document: []byte("{}")}
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(
			tx.InsertFileUpload(u), isNot(tx.InsertFileUpload(u), store.ErrExists),
			tx.LockFileUpload("1", "u"), isNot(tx.LockFileUpload("2", "u"), store.ErrNotFound),
			tx.PutFilePart("1", "u", store.FilePart{Number: 10, Document: []byte("10")}),
			tx.PutFilePart("1", "u", store.FilePart{Number: 2, Document: []byte("old")}),
			tx.PutFilePart("1", "u", store.FilePart{Number: 2, Document: []byte("2")}),
		)
	})
	view(t, s, func(tx *store.Tx) error {
		got, err := tx.FileUpload("1", "u")
		if diff := cmp.Diff(u, got); diff != "" {
			t.Error(diff)
		}
		for account, want := range map[string][]int64{"1": {1, 0}, "2": {0, 0}} {
			for i, most := range []int{10, 0} {
				if n, err := tx.CountFileUploads(account, most); n != want[i] || err != nil {
					t.Errorf("%d uploads of %s up to %d, %v", n, account, most, err)
				}
			}
		}
		parts, other := tx.FileParts("1", "u")
		want := []store.FilePart{{Number: 2, Document: []byte("2")}, {Number: 10, Document: []byte("10")}}
		if diff := cmp.Diff(want, parts); diff != "" {
			t.Error(diff)
		}
		return errors.Join(err, other)
	})
	update(t, s, func(tx *store.Tx) error {
		err := errors.Join(tx.DeleteFileUpload("1", "u"), isNot(tx.DeleteFileUpload("1", "u"), store.ErrNotFound))
		parts, other := tx.FileParts("1", "u")
		if len(parts) > 0 {
			t.Errorf("%d parts remained", len(parts))
		}
		return errors.Join(err, other)
	})
}

func bulkJob(n int, status string) *store.BulkJob {
	return &store.BulkJob{
		BulkJobKey: store.BulkJobKey{Account: "111122223333", Catalog: "AWS", ID: fmt.Sprintf("bulkjob-%d", n)},
		Family:     "opportunities", Status: status, CreatedAt: int64(n), Document: fmt.Append(nil, n),
	}
}

func testBulkJobs(t *testing.T, s store.Store) {
	update(t, s, func(tx *store.Tx) error {
		for n, status := range []string{"COMPLETED", "SUBMITTED", "IN_PROGRESS", "SUBMITTED"} {
			if err := tx.InsertBulkJob(bulkJob(n, status)); err != nil {
				return err
			}
		}
		other := bulkJob(9, "SUBMITTED")
		other.Family = "accounts"
		return errors.Join(tx.InsertBulkJob(other), isNot(tx.InsertBulkJob(other), store.ErrExists), tx.CountDeleted(other.BulkJobKey))
	})
	q := store.BulkJobQuery{Account: "111122223333", Catalog: "AWS", Family: "opportunities", Limit: 3}
	for name, c := range map[string]struct {
		change func(*store.BulkJobQuery)
		want   []string
	}{
		"newest first":    {func(*store.BulkJobQuery) {}, []string{"bulkjob-3", "bulkjob-2", "bulkjob-1"}},
		"next page":       {func(q *store.BulkJobQuery) { q.After = &store.Position{Value: int64(1), ID: "bulkjob-1"} }, []string{"bulkjob-0"}},
		"of a status":     {func(q *store.BulkJobQuery) { q.Status = "SUBMITTED" }, []string{"bulkjob-3", "bulkjob-1"}},
		"of an id":        {func(q *store.BulkJobQuery) { q.ID = "bulkjob-2" }, []string{"bulkjob-2"}},
		"another family":  {func(q *store.BulkJobQuery) { q.Family = "accounts" }, []string{"bulkjob-9"}},
		"another catalog": {func(q *store.BulkJobQuery) { q.Catalog = "Sandbox" }, nil},
		"another account": {func(q *store.BulkJobQuery) { q.Account = "444455556666" }, nil},
	} {
		view(t, s, func(tx *store.Tx) error {
			asked := q
			c.change(&asked)
			jobs, err := tx.BulkJobs(&asked)
			var got []string
			for _, j := range jobs {
				got = append(got, j.ID)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			return err
		})
	}
	view(t, s, func(tx *store.Tx) error {
		oldest, err := tx.OldestBulkJob("111122223333", "AWS", "SUBMITTED")
		n, countErr := tx.CountBulkJobs("111122223333", "AWS", "SUBMITTED", "IN_PROGRESS")
		deleted, deletedErr := tx.BulkJob(bulkJob(9, "").BulkJobKey)
		if err == nil && (oldest.ID != "bulkjob-1" || n != 4 || deleted.Deleted != 1) {
			t.Errorf("oldest %s, %d unfinished, %d deleted", oldest.ID, n, deleted.Deleted)
		}
		_, none := tx.OldestBulkJob("111122223333", "AWS", "FAILED")
		return errors.Join(err, countErr, deletedErr, isNot(none, store.ErrNotFound))
	})
}

// Many workers take the steps of one job; each step is taken once.
func testBulkJobSteps(t *testing.T, s store.Store) {
	const workers, steps = 8, 20
	update(t, s, func(tx *store.Tx) error { return tx.InsertBulkJob(bulkJob(1, "IN_PROGRESS")) })
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range steps {
				if err := s.Update(context.Background(), func(tx *store.Tx) error {
					j, err := tx.BulkJob(bulkJob(1, "").BulkJobKey)
					if err != nil {
						return err
					}
					previous := j.Step
					j.Step++
					if err := tx.UpdateBulkJob(j, previous); err != nil {
						return err
					}
					return tx.InsertBulkResult(j.Account, j.ID, &store.BulkResult{Row: j.Step, Status: "SUCCEEDED", Document: []byte("{}")})
				}); err != nil {
					t.Errorf("Update: %v", err)
				}
			}
		})
	}
	wg.Wait()
	view(t, s, func(tx *store.Tx) error {
		results, err := tx.BulkResults("111122223333", "bulkjob-1", "", 0, 1000)
		if len(results) != workers*steps || results[len(results)-1].Row != workers*steps {
			t.Errorf("%d results, want %d", len(results), workers*steps)
		}
		return err
	})
}

func testBulkResults(t *testing.T, s store.Store) {
	j := bulkJob(1, "COMPLETED")
	const account, job = "111122223333", "bulkjob-1"
	update(t, s, func(tx *store.Tx) error {
		for row := int64(1); row <= 10; row++ {
			status := "SUCCEEDED"
			if row%4 == 0 {
				status = "FAILED"
			}
			r := &store.BulkResult{Row: row, RequestID: fmt.Sprint("r", row), Status: status, Document: []byte("{}")}
			if err := errors.Join(tx.InsertBulkResult(account, job, r), isNot(tx.InsertBulkResult(account, job, r), store.ErrExists)); err != nil {
				return err
			}
		}
		return errors.Join(
			tx.InsertBulkJob(j),
			tx.PutBulkReport(&store.BulkReport{Account: account, Job: job, Kind: "k", Status: "old", Document: []byte("{}")}),
			tx.PutBulkReport(&store.BulkReport{Account: account, Job: job, Kind: "k", Status: "new", Document: []byte("{}")}),
		)
	})
	rows := func(status string, after int64, limit int) (got []int64) {
		view(t, s, func(tx *store.Tx) error {
			results, err := tx.BulkResults(account, job, status, after, limit)
			got = nil
			for _, r := range results {
				got = append(got, r.Row)
			}
			return err
		})
		return got
	}
	for _, c := range []struct{ got, want []int64 }{
		{rows("", 0, 3), []int64{1, 2, 3}},
		{rows("", 9, 3), []int64{10}},
		{rows("FAILED", 0, 9), []int64{4, 8}},
		{rows("SUCCEEDED", 3, 2), []int64{5, 6}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Error(diff)
		}
	}
	view(t, s, func(tx *store.Tx) error {
		there, err := tx.HasBulkResult(account, job, "r7")
		gone, other := tx.HasBulkResult(account, job, "r11")
		report, reportErr := tx.BulkReport(account, job, "k")
		if !there || gone || reportErr == nil && report.Status != "new" {
			t.Errorf("r7 %t, r11 %t, report %+v", there, gone, report)
		}
		return errors.Join(err, other, reportErr)
	})
	for _, want := range []bool{true, true, false} {
		update(t, s, func(tx *store.Tx) error {
			more, err := tx.DeleteBulkJob(j.BulkJobKey, 5)
			if more != want {
				t.Errorf("more is %t, want %t", more, want)
			}
			return err
		})
	}
	view(t, s, func(tx *store.Tx) error {
		_, job := tx.BulkJob(j.BulkJobKey)
		_, report := tx.BulkReport(account, "bulkjob-1", "k")
		return errors.Join(isNot(job, store.ErrNotFound), isNot(report, store.ErrNotFound))
	})
}

func testFeatures(t *testing.T, s store.Store) {
	view(t, s, func(tx *store.Tx) error {
		_, err := tx.Features("1")
		return isNot(err, store.ErrNotFound)
	})
	for _, document := range []string{`{"a":1}`, `{"a":2}`} {
		update(t, s, func(tx *store.Tx) error { return tx.PutFeatures("1", []byte(document)) })
		view(t, s, func(tx *store.Tx) error {
			got, err := tx.Features("1")
			if string(got) != document {
				t.Errorf("got %s, want %s", got, document)
			}
			return err
		})
	}
}
