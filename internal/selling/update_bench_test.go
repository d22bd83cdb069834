package selling_test

import (
	"fmt"
	"sync"
	"syscall"
	"testing"

	"cosell/internal/api"
	"cosell/internal/auth"
)

// BenchmarkUpdate is an update of two fields of a complete opportunity, without the wire.
// Its processor time is that of all threads: the writer of the store has its own.
func BenchmarkUpdate(b *testing.B) {
	h := newHarness(b)
	var ids []string
	for range 1024 {
		ids = append(ids, *h.createOpportunity(b, alice).Id)
	}
	var bodies [2][]api.Input
	op, _ := api.Lookup("UpdateOpportunity")
	for i, day := range []string{"2027-07-01", "2027-07-02"} {
		for _, id := range ids {
			in := op.NewInput()
			body := updateBody(b, h.opportunity(b, alice, id), fmt.Sprintf(`"LifeCycle": {"Stage": "Prospect", "NextSteps": %q, "TargetCloseDate": %[1]q}`, day))
			if err := api.Unmarshal([]byte(body), in); err != nil {
				b.Fatal(err)
			}
			bodies[i] = append(bodies[i], in)
		}
	}
	caller := auth.Principal{Account: alice, ARN: "arn:aws:iam::" + alice + ":user/jane"}
	used := func() int64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return u.Utime.Nano() + u.Stime.Nano()
	}
	// Clients share commits, as those of a busy server do. Each has records of its own.
	const clients = 32
	perClient := (b.N + clients - 1) / clients
	begin := used()
	b.ResetTimer()
	var wg sync.WaitGroup
	for client := range clients {
		wg.Go(func() {
			mine := len(ids) / clients
			for n := range perClient {
				record := client*mine + n%mine
				out, err := h.Do(b.Context(), caller, op, bodies[n/mine%2][record])
				if err != nil {
					b.Error(err)
					return
				}
				for _, all := range bodies { // the next update repeats the time of this one
					all[record].(*api.UpdateOpportunityRequest).LastModifiedDate = out.(*api.UpdateOpportunityResponse).LastModifiedDate
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(used()-begin)/float64(perClient*clients), "cpu-ns/op")
}
