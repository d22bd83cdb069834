package store

// Option changes how a transaction runs.
type Option uint8

const (
	idempotent Option = 1 << iota
	withoutTimeout
)

// Idempotent marks an update that finds out by itself whether it has been committed
// already, as one does that begins with [Tx.ClientToken]: an engine then also runs
// it again where the outcome of its commit is unknown.
func Idempotent() Option { return idempotent }

// WithoutTimeout marks a transaction over much of the store, an export for example:
// an engine that bounds the time of transactions does not bound this one.
func WithoutTimeout() Option { return withoutTimeout }

// Settings are the options of a transaction as an engine reads them.
type Settings struct {
	Idempotent     bool
	WithoutTimeout bool
}

// SettingsOf returns what options say together.
func SettingsOf(options []Option) Settings {
	var all Option
	for _, o := range options {
		all |= o
	}
	return Settings{Idempotent: all&idempotent != 0, WithoutTimeout: all&withoutTimeout != 0}
}
