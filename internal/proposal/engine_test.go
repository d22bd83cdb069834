package proposal_test

import (
	"os"
	"testing"

	"cosell/internal/store/enginetest"
)

func TestMain(m *testing.M) { os.Exit(enginetest.Run(m)) }
