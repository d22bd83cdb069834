package bus

import (
	"fmt"
	"time"

	"cosell/internal/api"
	"cosell/internal/events/eventsapi"
	"cosell/internal/events/pattern"
	"cosell/internal/operation"
	"cosell/internal/store"
)

// maxArchives is how many archives an account has at most.
const maxArchives = 100

// archive returns the archive that a request means, or the error where there is none.
func (c *Call) archive(name string) (*store.EventArchive, error) {
	a, err := c.Tx.EventArchive(c.Caller.Account, name)
	return a, found(err, "Archive %s does not exist.", name)
}

// CreateArchive makes an archive of the events from now on.
func (c *Call) CreateArchive(in *eventsapi.CreateArchiveRequest) (*eventsapi.CreateArchiveResponse, error) {
	bus, err := c.bus(in.EventSourceArn)
	if err != nil {
		return nil, err
	}
	if err := checkArchivePattern(in.EventPattern); err != nil {
		return nil, err
	}
	if err := c.Tx.ChangeEventRules(c.Caller.Account); err != nil {
		return nil, err
	}
	all, err := c.Tx.EventArchives(c.Caller.Account, "", "", "", "", maxArchives)
	if err != nil {
		return nil, err
	}
	if len(all) == maxArchives {
		return nil, limitExceeded()
	}
	a := &store.EventArchive{
		Account: c.Caller.Account, Name: *in.ArchiveName, Bus: bus, Pattern: api.Value(in.EventPattern),
		State: string(eventsapi.ArchiveStateEnabled), Description: api.Value(in.Description),
		RetentionDays: int64(api.Value(in.RetentionDays)), CreatedAt: int64(c.Now),
	}
	if err := c.Tx.InsertEventArchive(a); err != nil {
		return nil, taken(err, "Archive %s already exists.", a.Name)
	}
	return &eventsapi.CreateArchiveResponse{
		ArchiveArn: new(archiveARN(a.Account, a.Name)), State: new(eventsapi.ArchiveState(a.State)), CreationTime: c.now(),
	}, nil
}

func checkArchivePattern(text *string) error {
	if api.Value(text) == "" {
		return nil
	}
	_, err := checkPattern(*text)
	return err
}

// DescribeArchive reads an archive.
func (c *Call) DescribeArchive(in *eventsapi.DescribeArchiveRequest) (*eventsapi.DescribeArchiveResponse, error) {
	a, err := c.archive(*in.ArchiveName)
	if err != nil {
		return nil, err
	}
	sizes, err := c.measure([]store.EventArchive{*a})
	if err != nil {
		return nil, err
	}
	return &eventsapi.DescribeArchiveResponse{
		ArchiveArn: new(archiveARN(a.Account, a.Name)), ArchiveName: &a.Name, EventSourceArn: new(busARN(a.Account)),
		Description: optional(a.Description), EventPattern: optional(a.Pattern), State: new(eventsapi.ArchiveState(a.State)),
		RetentionDays: new(int32(a.RetentionDays)), //nolint:gosec // it came as one
		SizeBytes:     &sizes[0].bytes, EventCount: &sizes[0].events, CreationTime: at(a.CreatedAt),
	}, nil
}

// ListArchives returns a page of the archives, by name.
func (c *Call) ListArchives(in *eventsapi.ListArchivesRequest) (*eventsapi.ListArchivesResponse, error) {
	bus := ""
	if in.EventSourceArn != nil {
		var err error
		if bus, err = c.bus(in.EventSourceArn); err != nil {
			return nil, err
		}
	}
	all, next, err := list(c, "ListArchives", in, func(after string, limit int) ([]store.EventArchive, error) {
		return c.Tx.EventArchives(c.Caller.Account, api.Value(in.NamePrefix), bus, string(api.Value(in.State)), after, limit)
	}, func(a *store.EventArchive) string { return a.Name })
	if err != nil {
		return nil, err
	}
	sizes, err := c.measure(all)
	if err != nil {
		return nil, err
	}
	out := &eventsapi.ListArchivesResponse{Archives: []eventsapi.Archive{}, NextToken: next}
	for i, a := range all {
		out.Archives = append(out.Archives, eventsapi.Archive{
			ArchiveName: &a.Name, EventSourceArn: new(busARN(a.Account)), State: new(eventsapi.ArchiveState(a.State)),
			RetentionDays: new(int32(a.RetentionDays)), //nolint:gosec // it came as one
			SizeBytes:     &sizes[i].bytes, EventCount: &sizes[i].events, CreationTime: at(a.CreatedAt),
		})
	}
	return out, nil
}

// UpdateArchive changes an archive; what is absent stays.
func (c *Call) UpdateArchive(in *eventsapi.UpdateArchiveRequest) (*eventsapi.UpdateArchiveResponse, error) {
	a, err := c.archive(*in.ArchiveName)
	if err != nil {
		return nil, err
	}
	if err := checkArchivePattern(in.EventPattern); err != nil {
		return nil, err
	}
	if in.EventPattern != nil {
		a.Pattern = *in.EventPattern
	}
	if in.Description != nil {
		a.Description = *in.Description
	}
	if in.RetentionDays != nil {
		a.RetentionDays = int64(*in.RetentionDays)
	}
	if err := c.Tx.UpdateEventArchive(a); err != nil {
		return nil, err
	}
	return &eventsapi.UpdateArchiveResponse{
		ArchiveArn: new(archiveARN(a.Account, a.Name)), State: new(eventsapi.ArchiveState(a.State)), CreationTime: at(a.CreatedAt),
	}, nil
}

// DeleteArchive removes an archive. Replays of it that run end with the events that
// they have replayed.
func (c *Call) DeleteArchive(in *eventsapi.DeleteArchiveRequest) (*eventsapi.DeleteArchiveResponse, error) {
	err := c.Tx.DeleteEventArchive(c.Caller.Account, *in.ArchiveName)
	return &eventsapi.DeleteArchiveResponse{}, found(err, "Archive %s does not exist.", *in.ArchiveName)
}

// selection says which events are in an archive.
type selection struct {
	pattern     *pattern.Pattern // nil lets every event pass
	from, until int64            // milliseconds
}

// selectionOf returns what is in an archive at a time: events since its creation that
// are not older than its retention.
func selectionOf(a *store.EventArchive, now api.Timestamp) (selection, error) {
	// Times of events have whole seconds.
	s := selection{from: a.CreatedAt / 1000 * 1000, until: int64(api.MaxTimestamp)}
	if a.RetentionDays > 0 {
		s.from = max(s.from, int64(now)-a.RetentionDays*(24*time.Hour).Milliseconds())
	}
	if a.Pattern == "" {
		return s, nil
	}
	var err error
	s.pattern, err = pattern.Parse(a.Pattern)
	return s, err
}

// envelope is what decides whether an event is in an archive.
type envelope struct {
	Time       api.Timestamp `json:"time"`
	ReplayName string        `json:"replay-name"`
}

// candidate is an event that may be in several archives. It is read once for all of them,
// and as far as they ask.
type candidate struct {
	envelope

	text   []byte
	parsed *pattern.Event
}

func newCandidate(event []byte) (*candidate, error) {
	e, err := operation.Decode[envelope]("event", event)
	if err != nil {
		return nil, err
	}
	return &candidate{envelope: *e, text: event}, nil
}

// holds reports whether an event is selected. Events that were replayed are in no archive.
func (s *selection) holds(e *candidate) (bool, error) {
	if e.ReplayName != "" || int64(e.Time) < s.from || int64(e.Time) >= s.until {
		return false, nil
	}
	if s.pattern == nil {
		return true, nil
	}
	if e.parsed == nil {
		var err error
		if e.parsed, err = pattern.ParseEvent(e.text); err != nil {
			return false, fmt.Errorf("read event: %w", err)
		}
	}
	return s.pattern.Match(e.parsed), nil
}

// archiveSize is how much is in an archive.
type archiveSize struct{ events, bytes int64 }

// maxMeasured is how many events are looked at to tell the sizes of archives: of an
// account with more the sizes are those of the first.
const maxMeasured = 100_000

// measure returns the sizes of archives.
func (c *Call) measure(archives []store.EventArchive) ([]archiveSize, error) {
	const page = 1000
	sizes, selections := make([]archiveSize, len(archives)), make([]selection, len(archives))
	for i := range archives {
		var err error
		if selections[i], err = selectionOf(&archives[i], c.Now); err != nil {
			return nil, err
		}
	}
	for after, seen := int64(0), 0; len(archives) > 0 && seen < maxMeasured; seen += page {
		found, err := c.Tx.StoredEvents(c.Caller.Account, after, page)
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			after = e.Sequence
			event, err := newCandidate(e.Envelope)
			if err != nil {
				return nil, err
			}
			for i := range selections {
				ok, err := selections[i].holds(event)
				if err != nil {
					return nil, err
				}
				if ok {
					sizes[i].events++
					sizes[i].bytes += int64(len(e.Envelope))
				}
			}
		}
		if len(found) < page {
			break
		}
	}
	return sizes, nil
}
