package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/servertest"
)

const (
	hostileMemory  = 256 << 20 // what the pod of deploy/kubernetes.yaml has
	hostileClients = 32
	normalClients  = 64
	hostilePhase   = 4 * time.Second
	// maxSlowdown is by how much the normal clients' p99 may grow under attack, and
	// slack is what a busy machine adds to any of them.
	maxSlowdown = 3
	slack       = 100 * time.Millisecond
)

// TestHostileLoad sends the worst bodies that are known, 32 at a time, beside 64
// normal clients, to a server that has 256 MiB: it stays within them, answers
// nobody with an internal error, and the normal clients hardly notice.
func TestHostileLoad(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("memory is read from /proc")
	}
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	p := startLimited(t)
	attack := prepareAttacks(t, p.URL, prepareLargest(t, p.URL))
	// Other work on the machine only adds to what an attack costs: the best round counts.
	const rounds = 3
	for round := range rounds {
		quiet := normalLoad(t, p.URL)
		attacked, attacks := attackedLoad(t, p.URL, attack)
		most := maxSlowdown*percentile(quiet) + slack
		t.Logf("%d attacks; normal clients: p99 %v, under attack %v (%d and %d requests)",
			attacks, percentile(quiet), percentile(attacked), len(quiet), len(attacked))
		if attacks < hostileClients {
			t.Errorf("only %d attacks got through", attacks)
		}
		if percentile(attacked) <= most {
			break
		}
		if round == rounds-1 {
			t.Errorf("p99 under attack is %v, more than %v, in each of %d rounds", percentile(attacked), most, rounds)
		}
	}
	if peak := peakMemory(t, p.PID()); peak > hostileMemory {
		t.Errorf("the server took %d MiB, more than %d", peak>>20, hostileMemory>>20)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
}

// attackedLoad runs the normal clients beside hostile ones, and returns how many attacks
// were answered.
func attackedLoad(t *testing.T, url string, attack []*http.Request) (took []time.Duration, attacks int64) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var hostile sync.WaitGroup
	var answered atomic.Int64
	for i := range hostileClients {
		hostile.Go(func() {
			for n := i; ctx.Err() == nil; n++ {
				// A refusal, a full page or a cut connection: anything but a fault of ours.
				status, answer := send(attack[n%len(attack)].Clone(ctx))
				answered.Add(1)
				if status >= http.StatusInternalServerError {
					t.Errorf("attack %d was answered %d %.300s", n, status, answer)
				}
			}
		})
	}
	silent := silentUploads(t, url)
	took = normalLoad(t, url)
	stop()
	hostile.Wait()
	for _, c := range silent {
		_ = c.Close()
	}
	return took, answered.Load()
}

// startLimited starts the server as a process with limited memory.
func startLimited(t *testing.T) *servertest.Process {
	t.Helper()
	dir := t.TempDir()
	binary, err := servertest.Build(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	limited := filepath.Join(dir, "limited")
	script := fmt.Sprintf("#!/bin/sh\nGOMEMLIMIT=%d exec %s \"$@\"\n", hostileMemory*3/4, binary)
	if err := os.WriteFile(limited, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	p, err := servertest.Start(t.Context(), limited, filepath.Join(dir, "data"), "--log-level", "error")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Kill() })
	return p
}

// createBody is a request to create an opportunity, changed by a function.
func createBody(t *testing.T, change func(o map[string]any)) []byte {
	t.Helper()
	encoded, err := api.Marshal(demoOpportunity())
	if err != nil {
		t.Fatal(err)
	}
	var o map[string]any
	if err := json.Unmarshal(encoded, &o); err != nil {
		t.Fatal(err)
	}
	change(o)
	if encoded, err = json.Marshal(o); err != nil {
		t.Fatal(err)
	}
	return encoded
}

// worstBodies are the bodies that took most memory or time in the server's life.
func worstBodies(t *testing.T) [][]byte {
	t.Helper()
	const size = 1_040_000
	empty := func(n int) json.RawMessage {
		return json.RawMessage("[" + strings.TrimSuffix(strings.Repeat("{},", n), ",") + "]")
	}
	at := func(section, member string, value any) []byte {
		return createBody(t, func(o map[string]any) {
			if section == "" {
				o[member] = value
				return
			}
			o[section].(map[string]any)[member] = value
		})
	}
	unknown := map[string]int{}
	for i := range 74_000 {
		unknown[strconv.Itoa(i)] = i
	}
	return [][]byte{
		at("Customer", "Contacts", empty(size/3)),
		at("Customer", "Contacts", empty(10_800)),
		at("", "OpportunityTeam", empty(size/3)),
		at("Project", "ExpectedCustomerSpend", empty(size/3)),
		at("", "Foo", unknown),
		at("", "Foo", json.RawMessage("["+strings.Repeat("null,", size/5)+"0]")),
		at("", "Foo", json.RawMessage(strings.Repeat("[", 9_000)+strings.Repeat("]", 9_000))),
		at("Project", "ApnPrograms", []string{strings.Repeat("\U0001F680", size/4)}),
		at("Project", "CustomerBusinessProblem", strings.Repeat("x", size)),
	}
}

// prepareLargest stores a hundred of the largest opportunities that are accepted,
// in an account of their own, and returns the request that lists them.
func prepareLargest(t *testing.T, url string) []byte {
	t.Helper()
	contact := map[string]string{"Email": strings.Repeat("e", 60) + "@example.com", "FirstName": strings.Repeat("f", 80), "LastName": strings.Repeat("l", 80), "BusinessTitle": strings.Repeat("b", 80), "Phone": "+14155550100"}
	for i := range 100 {
		body := createBody(t, func(o map[string]any) {
			o["ClientToken"] = fmt.Sprintf("largest-%d", i)
			o["Customer"].(map[string]any)["Contacts"] = slices.Repeat([]any{contact}, 100)
			o["Marketing"] = map[string]any{
				"Source": "Marketing Activity", "CampaignName": strings.Repeat("c", 70_000), "AwsFundingUsed": "No", "Channels": []string{"Email"},
			}
		})
		if status, answer := post(t.Context(), url, "999999999999", "CreateOpportunity", body); status != http.StatusOK {
			t.Fatalf("the largest opportunity is refused: %d %.300s", status, answer)
		}
	}
	return []byte(`{"Catalog":"Sandbox","MaxResults":100}`)
}

// prepareAttacks signs the requests of the attackers, so that sending them costs
// little: the server is what is measured.
func prepareAttacks(t *testing.T, url string, list []byte) []*http.Request {
	t.Helper()
	sign := func(key, operation string, body []byte) *http.Request {
		r, err := servertest.Request(t.Context(), url, key, operation, body)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	attacks := []*http.Request{sign("999999999999", "ListOpportunities", list)}
	for i, body := range worstBodies(t) {
		attacks = append(attacks, sign(fmt.Sprintf("%012d", 999_999_990_000+i), "CreateOpportunity", body))
	}
	return attacks
}

var hostileHTTP = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 200}}

// post sends a signed request and returns the answer; the status is 0 if there is
// none.
func post(ctx context.Context, url, key, operation string, body []byte) (int, []byte) {
	r, err := servertest.Request(ctx, url, key, operation, body)
	if err != nil {
		return 0, []byte(err.Error())
	}
	return send(r)
}

// send sends a request, whose body may be sent again.
func send(r *http.Request) (int, []byte) {
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return 0, []byte(err.Error())
		}
		r.Body = body
	}
	answer, err := hostileHTTP.Do(r)
	if err != nil {
		return 0, []byte(err.Error())
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, []byte(err.Error())
	}
	return answer.StatusCode, text
}

// normalLoad runs the normal clients for a while: each creates opportunities of its
// account and reads them. It returns how long each request took.
func normalLoad(t *testing.T, url string) []time.Duration {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), hostilePhase)
	defer cancel()
	var mu sync.Mutex
	var all []time.Duration
	var clients sync.WaitGroup
	for i := range normalClients {
		clients.Go(func() {
			took, err := normalClient(ctx, t, url, fmt.Sprintf("%012d", 111_111_110_000+i))
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
		})
	}
	clients.Wait()
	if len(all) < normalClients {
		t.Fatalf("only %d requests of normal clients", len(all))
	}
	slices.Sort(all)
	return all
}

func normalClient(ctx context.Context, t *testing.T, url, key string) (took []time.Duration, err error) {
	var id string
	// The last request is measured to its end, too: it may be the slowest.
	for n := 0; ctx.Err() == nil; n++ {
		operation, body := "GetOpportunity", []byte(`{"Catalog":"Sandbox","Identifier":"`+id+`"}`)
		if n%4 == 0 {
			operation = "CreateOpportunity"
			body = createBody(t, func(o map[string]any) { o["ClientToken"] = fmt.Sprintf("%s-%d-%d", key, n, time.Now().UnixNano()) })
		}
		started := time.Now()
		status, answer := post(t.Context(), url, key, operation, body)
		if status != http.StatusOK {
			return took, fmt.Errorf("%s of a normal client: %d %.300s", operation, status, answer)
		}
		took = append(took, time.Since(started))
		if operation == "CreateOpportunity" {
			var created api.CreateOpportunityResponse
			if err := json.Unmarshal(answer, &created); err != nil {
				return took, err
			}
			id = *created.Id
		}
	}
	return took, nil
}

// silentUploads opens connections whose requests are not signed and send all but the
// end of a large body.
func silentUploads(t *testing.T, url string) []net.Conn {
	t.Helper()
	const head = "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSPartnerCentralSelling.GetOpportunity\r\n" +
		"Content-Type: application/x-amz-json-1.0\r\nContent-Length: 1048576\r\n\r\n"
	part := append([]byte(head), bytes.Repeat([]byte(" "), 1<<20-10)...)
	conns := make([]net.Conn, 100)
	for i := range conns {
		c, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		conns[i] = c
		go func() {
			_, err := c.Write(part)
			_ = errors.Is(err, net.ErrClosed) // the server may hang up, or the test end
		}()
	}
	return conns
}

var peakPattern = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peakMemory is the largest resident set that a process has had.
func peakMemory(t *testing.T, pid int) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatalf("the server is gone: %v", err)
	}
	found := peakPattern.FindSubmatch(status)
	if found == nil {
		t.Fatalf("no peak in %s", status)
	}
	kilobytes, err := strconv.ParseInt(string(found[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}

// percentile is the 99th percentile of sorted durations.
func percentile(sorted []time.Duration) time.Duration { return sorted[len(sorted)*99/100] }
