package store

// EventConnection is how API destinations authorize themselves.
type EventConnection struct {
	Account, Name string
	ID            string // the last part of the ARN

	AuthorizationType string // BASIC, API_KEY or OAUTH_CLIENT_CREDENTIALS
	State             string
	StateReason       string
	Description       string
	Document          []byte // the authorization parameters without secrets
	Secret            string // the authorization parameters with secrets, sealed
	CreatedAt         int64  // milliseconds
	ModifiedAt        int64
	AuthorizedAt      int64 // 0 for never
}

const eventConnectionColumns = `account, name, id, authorization_type, state, state_reason, description, document, secret,
	created_at, modified_at, authorized_at`

func scanEventConnection(rows Rows, c *EventConnection) error {
	return rows.Scan(&c.Account, &c.Name, &c.ID, &c.AuthorizationType, &c.State, &c.StateReason, &c.Description, &c.Document, &c.Secret,
		&c.CreatedAt, &c.ModifiedAt, &c.AuthorizedAt)
}

// EventConnection returns a connection, or ErrNotFound.
func (tx *Tx) EventConnection(account, name string) (*EventConnection, error) {
	return only(collect(tx, scanEventConnection, `SELECT `+eventConnectionColumns+` FROM event_connections
		WHERE account = $1 AND name = $2`, account, name))
}

// InsertEventConnection adds a connection, or returns ErrExists.
func (tx *Tx) InsertEventConnection(c *EventConnection) error {
	return tx.insert(`INSERT INTO event_connections (`+eventConnectionColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
		c.Account, c.Name, c.ID, c.AuthorizationType, c.State, c.StateReason, c.Description, string(c.Document), c.Secret,
		c.CreatedAt, c.ModifiedAt, c.AuthorizedAt)
}

// UpdateEventConnection replaces a connection, or returns ErrNotFound.
func (tx *Tx) UpdateEventConnection(c *EventConnection) error {
	return orNotFound(tx.exec(`UPDATE event_connections SET authorization_type = $1, state = $2, state_reason = $3, description = $4,
		document = $5, secret = $6, modified_at = $7, authorized_at = $8 WHERE account = $9 AND name = $10`,
		c.AuthorizationType, c.State, c.StateReason, c.Description, string(c.Document), c.Secret, c.ModifiedAt, c.AuthorizedAt,
		c.Account, c.Name))
}

// DeleteEventConnection removes a connection, or returns ErrNotFound.
func (tx *Tx) DeleteEventConnection(account, name string) error {
	return orNotFound(tx.exec(`DELETE FROM event_connections WHERE account = $1 AND name = $2`, account, name))
}

// EventConnections returns at most limit connections whose names begin with a prefix,
// behind a name, by name. An empty state is any.
func (tx *Tx) EventConnections(account, prefix, state, after string, limit int) ([]EventConnection, error) {
	s := new(statement)
	s.add(`SELECT `+eventConnectionColumns+` FROM event_connections WHERE account = ?`, account)
	equal(s, "state", state)
	pageByName(s, prefix, after, limit)
	return collect(tx, scanEventConnection, s.String(), s.args...)
}

// CountEventConnections returns how many connections an account has.
func (tx *Tx) CountEventConnections(account string) (n int64, err error) {
	err = tx.row(`SELECT count(*) FROM event_connections WHERE account = $1`, []any{account}, &n)
	return n, err
}

// EventAPIDestination is an HTTP endpoint that rules can have as a target.
type EventAPIDestination struct {
	Account, Name string
	ID            string // the last part of the ARN

	Connection  string // the name
	Endpoint    string
	Method      string
	RateLimit   int64  // invocations per second
	State       string // ACTIVE, or INACTIVE while its connection is not authorized
	Description string
	CreatedAt   int64 // milliseconds
	ModifiedAt  int64
}

const eventAPIDestinationColumns = `account, name, id, connection, endpoint, method, rate_limit, state, description, created_at, modified_at`

func scanEventAPIDestination(rows Rows, d *EventAPIDestination) error {
	return rows.Scan(&d.Account, &d.Name, &d.ID, &d.Connection, &d.Endpoint, &d.Method, &d.RateLimit, &d.State, &d.Description,
		&d.CreatedAt, &d.ModifiedAt)
}

// EventAPIDestination returns an API destination, or ErrNotFound.
func (tx *Tx) EventAPIDestination(account, name string) (*EventAPIDestination, error) {
	return only(collect(tx, scanEventAPIDestination, `SELECT `+eventAPIDestinationColumns+` FROM event_api_destinations
		WHERE account = $1 AND name = $2`, account, name))
}

// InsertEventAPIDestination adds an API destination, or returns ErrExists.
func (tx *Tx) InsertEventAPIDestination(d *EventAPIDestination) error {
	return tx.insert(`INSERT INTO event_api_destinations (`+eventAPIDestinationColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
		d.Account, d.Name, d.ID, d.Connection, d.Endpoint, d.Method, d.RateLimit, d.State, d.Description, d.CreatedAt, d.ModifiedAt)
}

// UpdateEventAPIDestination replaces an API destination, or returns ErrNotFound.
func (tx *Tx) UpdateEventAPIDestination(d *EventAPIDestination) error {
	return orNotFound(tx.exec(`UPDATE event_api_destinations SET connection = $1, endpoint = $2, method = $3, rate_limit = $4,
		state = $5, description = $6, modified_at = $7 WHERE account = $8 AND name = $9`,
		d.Connection, d.Endpoint, d.Method, d.RateLimit, d.State, d.Description, d.ModifiedAt, d.Account, d.Name))
}

// DeleteEventAPIDestination removes an API destination, or returns ErrNotFound.
func (tx *Tx) DeleteEventAPIDestination(account, name string) error {
	return orNotFound(tx.exec(`DELETE FROM event_api_destinations WHERE account = $1 AND name = $2`, account, name))
}

// EventAPIDestinations returns at most limit API destinations whose names begin with
// a prefix, behind a name, by name. An empty connection is any.
func (tx *Tx) EventAPIDestinations(account, prefix, connection, after string, limit int) ([]EventAPIDestination, error) {
	s := new(statement)
	s.add(`SELECT `+eventAPIDestinationColumns+` FROM event_api_destinations WHERE account = ?`, account)
	equal(s, "connection", connection)
	pageByName(s, prefix, after, limit)
	return collect(tx, scanEventAPIDestination, s.String(), s.args...)
}

// CountEventAPIDestinations returns how many API destinations an account has.
func (tx *Tx) CountEventAPIDestinations(account string) (n int64, err error) {
	err = tx.row(`SELECT count(*) FROM event_api_destinations WHERE account = $1`, []any{account}, &n)
	return n, err
}
