// Package model holds the contract of the service: selling.smithy and the means to read it.
package model

import (
	_ "embed"

	"cosell/model/smithy"
)

//go:embed selling.smithy
var source []byte

// Load parses the embedded contract.
func Load() (*smithy.Model, error) {
	return smithy.Parse("model/selling.smithy", source)
}
