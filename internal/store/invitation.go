package store

// The states of an engagement invitation as the store knows them.
const (
	invitationPending = "PENDING"
	invitationExpired = "EXPIRED"
)

// Invitation is a stored engagement invitation. Times are milliseconds.
type Invitation struct {
	Catalog, ID  string
	EngagementID string
	Sender       string // account
	Receiver     string // account
	Status       string
	PayloadType  string
	InvitedAt    int64
	ExpiresAt    int64 // 0 is never
	Document     []byte
}

const invitationColumns = "catalog, id, engagement_id, sender, receiver, status, payload_type, invited_at, expires_at, document"

func scanInvitation(rows Rows, i *Invitation) error {
	return rows.Scan(&i.Catalog, &i.ID, &i.EngagementID, &i.Sender, &i.Receiver, &i.Status, &i.PayloadType,
		&i.InvitedAt, &i.ExpiresAt, &i.Document)
}

// Invitation returns an invitation, or ErrNotFound. Who may see it is the
// caller's business.
func (tx *Tx) Invitation(catalog, id string) (*Invitation, error) {
	return only(collect(tx, scanInvitation,
		"SELECT "+invitationColumns+" FROM engagement_invitations WHERE catalog = $1 AND id = $2", catalog, id))
}

// InsertInvitation adds an invitation. ErrExists says that the identifier is
// taken, or that the receiver has a pending invitation to the engagement.
func (tx *Tx) InsertInvitation(i *Invitation) error {
	return tx.insert("INSERT INTO engagement_invitations ("+invitationColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
		i.Catalog, i.ID, i.EngagementID, i.Sender, i.Receiver, i.Status, i.PayloadType,
		i.InvitedAt, i.ExpiresAt, string(i.Document))
}

// AnswerInvitation gives a pending invitation another status, or returns
// ErrStale where it is pending no longer.
func (tx *Tx) AnswerInvitation(i *Invitation) error {
	return tx.replace(`UPDATE engagement_invitations SET status = $1, document = $2
		WHERE catalog = $3 AND id = $4 AND status = $5`,
		i.Status, string(i.Document), i.Catalog, i.ID, invitationPending)
}

// EngagementInvitations returns all invitations to an engagement, oldest first.
func (tx *Tx) EngagementInvitations(key EngagementKey) ([]Invitation, error) {
	return collect(tx, scanInvitation, "SELECT "+invitationColumns+` FROM engagement_invitations
		WHERE catalog = $1 AND engagement_id = $2 ORDER BY invited_at, id`, key.Catalog, key.ID)
}

// InvitationQuery asks for one page of the invitations that an account sent or
// received, by time of invitation. An empty filter lets everything pass. A
// pending invitation counts as expired from its time on, whether or not that was
// written already.
type InvitationQuery struct {
	Account, Catalog string
	Sent             bool // those it sent, else those it received
	Now              int64
	Statuses         []string
	PayloadTypes     []string
	EngagementIDs    []string
	Senders          []string
	Descending       bool
	After            *Position // the last invitation of the page before
	Limit            int
}

// Invitations returns one page.
func (tx *Tx) Invitations(q *InvitationQuery) ([]Invitation, error) {
	participant := "receiver"
	if q.Sent {
		participant = "sender"
	}
	s := new(statement)
	s.add("SELECT "+invitationColumns+" FROM engagement_invitations WHERE "+participant+" = ? AND catalog = ?", q.Account, q.Catalog)
	if len(q.Statuses) > 0 {
		s.add(" AND CASE WHEN status = ? AND expires_at <> 0 AND expires_at <= ? THEN ? ELSE status END IN ",
			invitationPending, q.Now, invitationExpired)
		list(s, q.Statuses)
	}
	in(s, "payload_type", q.PayloadTypes)
	in(s, "engagement_id", q.EngagementIDs)
	in(s, "sender", q.Senders)
	s.page("invited_at", "id", q.Descending, q.After, q.Limit)
	return collect(tx, scanInvitation, s.String(), s.args...)
}
