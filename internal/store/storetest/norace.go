//go:build !race

package storetest

// raceDetector reports whether the race detector is built in.
const raceDetector = false
