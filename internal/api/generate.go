// Package api is the contract in Go: one type per shape of model/selling.smithy, the checks of every
// request and the table of operations are generated; errors, times and the like are written by hand.
package api

//go:generate go run cosell/model/gen -out .
