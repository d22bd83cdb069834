package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"cosell/internal/api"
	"cosell/internal/servertest"
)

// profile writes a profile of a server's processor time under the loads of the
// bench, for its compiler: as long creating as reading, or one of them where only says
// so ("get" or "create"). The binary must be built with the tag "profile".
func (b *bench) profile(ctx context.Context, file, only string) error {
	server, err := b.start(ctx, "profile")
	if err != nil {
		return err
	}
	defer func() { _ = server.Kill() }()
	requests, err := b.readRequests(ctx, server)
	if err != nil {
		return err
	}
	toggle := func() error { return syscall.Kill(server.PID(), syscall.SIGUSR1) }
	if err := toggle(); err != nil {
		return err
	}
	reads := load{address: strings.TrimPrefix(server.URL, "http://"), pid: server.PID(), conns: createClients, requests: requests, again: true}
	writes := reads
	writes.again = false
	const rate = 10_000 // more than a server does
	for range b.rounds {
		if only != "create" {
			if _, err := reads.run(ctx, b.round); err != nil {
				return err
			}
		}
		if only == "get" {
			continue
		}
		if writes.requests, err = creates(ctx, server.URL, int(rate*b.round.Seconds())); err != nil {
			return err
		}
		if _, err := writes.run(ctx, b.round); err != nil {
			return err
		}
	}
	return errors.Join(toggle(), keepProfile(ctx, filepath.Join(b.dir, "profile", "cpu.pprof"), file))
}

// readRequests creates opportunities and returns a signed request to read each.
func (b *bench) readRequests(ctx context.Context, server *servertest.Process) (requests [][]byte, err error) {
	for i := range readAnew {
		created, err := call[api.CreateOpportunityResponse](ctx, server.URL, "CreateOpportunity", draft(strconv.Itoa(i)))
		if err != nil {
			return nil, err
		}
		request, err := rendered(ctx, server.URL, "GetOpportunity", &api.GetOpportunityRequest{Catalog: new(catalog), Identifier: created.Id})
		if err != nil {
			return nil, err
		}
		requests = append(requests, request)
	}
	return requests, nil
}

// keepProfile waits until a profile is written, and copies it.
func keepProfile(ctx context.Context, from, to string) error {
	const poll, most = 50 * time.Millisecond, 200
	for range most {
		content, err := os.ReadFile(from)
		if err == nil {
			const readable = 0o644
			return os.WriteFile(to, content, readable) //nolint:gosec // a part of the sources
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		select {
		case <-time.After(poll):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return errors.New("the server wrote no profile; is it built with -tags profile?")
}
