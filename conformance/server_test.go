package conformance

import (
	"crypto/rand"
	"flag"
	"fmt"
	"math/big"
	"os"
	"testing"

	"cosell/internal/servertest"
	"cosell/internal/store/pgtest"
)

// binary is the server, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	run := func() int { return pgtest.Run(m) }
	if flag.Parse(); testing.Short() {
		os.Exit(run()) // no test starts a server
	}
	os.Exit(servertest.Run(&binary, run))
}

// account returns a random 12-digit access key: the account of the same number.
func account() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000_000_000))
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("%012d", n)
}
