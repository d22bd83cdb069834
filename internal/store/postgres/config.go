package postgres

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	connectTimeout = 5 * time.Second
	// Connections are renewed, so that the load finds servers that came later.
	connLifetime       = time.Hour
	connLifetimeJitter = 10 * time.Minute
	connIdleTime       = 5 * time.Minute
)

const off = "off"

// settings are those of every connection, where the URL does not have its own.
var settings = map[string]string{
	"application_name": "cosell",
	// The server ends what a client that vanished has left, so that its locks go.
	"statement_timeout":                   "30000",
	"idle_in_transaction_session_timeout": "30000",
	// Every query is written for an index that yields its rows in order. A planner
	// that knows less would rather scan and sort, while statistics are young.
	"enable_seqscan":          off,
	"enable_bitmapscan":       off,
	"enable_sort":             off,
	"enable_incremental_sort": off,
	"plan_cache_mode":         "force_generic_plan",
	"jit":                     off,
}

// errURL stands in for the parser's error, which may repeat the password.
var errURL = errors.New("the database URL is not valid: it must be like postgres://user:password@host:5432/database, " +
	"with special characters of the password percent-encoded")

// configure reads a URL and adds what it leaves open.
func configure(url string, options Options) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errURL
	}
	switch {
	case options.MaxConns > 0:
		config.MaxConns = options.MaxConns
	case !strings.Contains(url, "pool_max_conns"):
		config.MaxConns = defaultMaxConns
	}
	config.MaxConnLifetime, config.MaxConnLifetimeJitter = connLifetime, connLifetimeJitter
	config.MaxConnIdleTime = connIdleTime
	conn := config.ConnConfig
	if !strings.Contains(url, "connect_timeout") {
		conn.ConnectTimeout = connectTimeout
		conn.DialFunc = (&net.Dialer{Timeout: connectTimeout}).DialContext
	}
	for name, value := range settings {
		if _, ok := conn.RuntimeParams[name]; !ok {
			conn.RuntimeParams[name] = value
		}
	}
	// Of several servers the one that writes: what it has acknowledged it also shows.
	if conn.ValidateConnect == nil {
		conn.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	conn.OnNotice = keepWarning
	return config, nil
}

// SQLSTATE codes that the engine tells apart.
const (
	codeInvalidAuthorization = "28000"
	codeWrongPassword        = "28P01"
	codeNoDatabase           = "3D000"
	codeNoPrivilege          = "42501"
	codeReadOnly             = "25006"
	codeDivisionByZero       = "22012"
	codeUniqueViolation      = "23505"
	codeNoTable              = "42P01"
	codeSerialization        = "40001"
	codeCompletionUnknown    = "40003"
	codeDeadlock             = "40P01"
	codeAdminShutdown        = "57P01"
	codeCrashShutdown        = "57P02"
	codeCannotConnectNow     = "57P03"
)

// readOnly is how pgconn says that it found a server which does not write.
const readOnly = "read only connection"

// explain says in the operator's words why a connection cannot be had.
func explain(config *pgx.ConnConfig, err error) error {
	server := "PostgreSQL at " + net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))
	refusal, answered := errors.AsType[*pgconn.PgError](err)
	switch {
	case answered:
	case strings.Contains(err.Error(), readOnly):
		return fmt.Errorf("%s takes no writes: it is a standby or its database read-only; name the server that writes: %w", server, err)
	default:
		return fmt.Errorf("cannot reach %s: %w", server, err)
	}
	switch refusal.Code {
	case codeWrongPassword:
		return fmt.Errorf("%s does not accept the password of user %q: %w", server, config.User, err)
	case codeInvalidAuthorization:
		return fmt.Errorf("%s does not let user %q in: %w", server, config.User, err)
	case codeNoDatabase:
		return fmt.Errorf("%s has no database %q; create it first: %w", server, config.Database, err)
	case codeCannotConnectNow:
		return fmt.Errorf("%s is starting or stopping: %w", server, err)
	default:
		return fmt.Errorf("%s refuses the connection: %w", server, err)
	}
}
