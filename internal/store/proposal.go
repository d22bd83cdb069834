package store

// Proposal is an operation that its caller proposes, until a person decides. Times are
// milliseconds of business time.
type Proposal struct {
	Token, Account string
	Status         string
	CreatedAt      int64
	ExpiresAt      int64
	Document       []byte // what is proposed
	Decision       []byte // what became of it
}

const proposalColumns = `token, account, status, created_at, expires_at, document, decision`

func scanProposal(rows Rows, p *Proposal) error {
	return rows.Scan(&p.Token, &p.Account, &p.Status, &p.CreatedAt, &p.ExpiresAt, &p.Document, &p.Decision)
}

// Proposal returns the proposal with a token, or ErrNotFound.
func (tx *Tx) Proposal(token string) (*Proposal, error) {
	return only(collect(tx, scanProposal, `SELECT `+proposalColumns+` FROM proposals WHERE token = $1`, token))
}

// Proposals returns at most limit proposals of an account, or of all where it is empty,
// the newest first. Those with another status than the given one are left out, unless it
// is empty.
func (tx *Tx) Proposals(account, status string, limit int) ([]Proposal, error) {
	s := new(statement)
	s.WriteString(`SELECT ` + proposalColumns + ` FROM proposals WHERE 1 = 1`)
	if account != "" {
		s.add(` AND account = ?`, account)
	}
	if status != "" {
		s.add(` AND status = ?`, status)
	}
	s.add(` ORDER BY created_at DESC, token DESC LIMIT ?`, limit)
	return collect(tx, scanProposal, s.String(), s.args...)
}

// CountProposals returns how many proposals of an account, or of all where it is empty,
// have a status and expire after a time, counted up to limit.
func (tx *Tx) CountProposals(account, status string, after int64, limit int) (n int, err error) {
	s := new(statement)
	s.WriteString(`SELECT count(*) FROM (SELECT 1 FROM proposals WHERE 1 = 1`)
	if account != "" {
		s.add(` AND account = ?`, account)
	}
	s.add(` AND status = ?`, status)
	s.add(` AND expires_at > ?`, after)
	s.add(` LIMIT ?`, limit)
	s.WriteString(`) AS found`)
	err = tx.row(s.String(), s.args, &n)
	return n, err
}

// InsertProposal adds a proposal, or returns ErrExists.
func (tx *Tx) InsertProposal(p *Proposal) error {
	return tx.insert(`INSERT INTO proposals (`+proposalColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		p.Token, p.Account, p.Status, p.CreatedAt, p.ExpiresAt, string(p.Document), string(p.Decision))
}

// DecideProposal gives a proposal another status and decision, or returns ErrNotFound
// where it does not have the status from.
func (tx *Tx) DecideProposal(token, from, to string, decision []byte) error {
	return orNotFound(tx.exec(`UPDATE proposals SET status = $1, decision = $2 WHERE token = $3 AND status = $4`, to, string(decision), token, from))
}
