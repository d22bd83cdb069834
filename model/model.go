// Package model holds the contracts of the services, selling.smithy and events.smithy, and the means to read them.
package model

import (
	_ "embed"

	"cosell/model/smithy"
)

// The paths of the contracts.
const (
	SellingFile = "model/selling.smithy"
	EventsFile  = "model/events.smithy"
)

//go:embed selling.smithy
var selling []byte

//go:embed events.smithy
var events []byte

// Load parses the embedded contract of the Partner Central Selling API.
func Load() (*smithy.Model, error) { return smithy.Parse(SellingFile, selling) }

// LoadEvents parses the embedded contract of the EventBridge API.
func LoadEvents() (*smithy.Model, error) { return smithy.Parse(EventsFile, events) }
