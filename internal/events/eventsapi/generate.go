// Package eventsapi is the contract of EventBridge's API in Go, generated from
// model/events.smithy: a type for each shape, the checks of every request and the
// table of operations.
package eventsapi

//go:generate go run cosell/model/gen -package eventsapi -out .
