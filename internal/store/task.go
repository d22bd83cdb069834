package store

// TaskKey names a task: whose it is, which of the four operations started it,
// and its identifier.
type TaskKey struct {
	Account, Catalog, Kind, ID string
}

// Task is a stored task: a chain of steps of which Step are done. What it
// concerns is repeated in columns for lists; an absent text is empty.
type Task struct {
	TaskKey
	Status        string
	Step          int64
	StartedAt     int64 // milliseconds
	Name          string
	Failed        int64 // how many of its engagements failed
	OpportunityID string
	EngagementID  string
	InvitationID  string
	ContextID     string
	Document      []byte
}

const taskColumns = `account, catalog, kind, id, status, step, started_at, name, failed,
	opportunity_id, engagement_id, invitation_id, context_id, document`

func scanTask(rows Rows, t *Task) error {
	return rows.Scan(&t.Account, &t.Catalog, &t.Kind, &t.ID, &t.Status, &t.Step, &t.StartedAt, &t.Name, &t.Failed,
		&t.OpportunityID, &t.EngagementID, &t.InvitationID, &t.ContextID, &t.Document)
}

// Task returns a task, or ErrNotFound.
func (tx *Tx) Task(key TaskKey) (*Task, error) {
	return only(collect(tx, scanTask, "SELECT "+taskColumns+` FROM tasks
		WHERE account = $1 AND catalog = $2 AND kind = $3 AND id = $4`, key.Account, key.Catalog, key.Kind, key.ID))
}

// InsertTask adds a task, or returns ErrExists.
func (tx *Tx) InsertTask(t *Task) error {
	return tx.insert("INSERT INTO tasks ("+taskColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING`,
		t.Account, t.Catalog, t.Kind, t.ID, t.Status, t.Step, t.StartedAt, t.Name, t.Failed,
		t.OpportunityID, t.EngagementID, t.InvitationID, t.ContextID, string(t.Document))
}

// UpdateTask replaces a task of which previous steps were done when it was read,
// or returns ErrStale: each step happens once.
func (tx *Tx) UpdateTask(t *Task, previous int64) error {
	return tx.replace(`UPDATE tasks SET status = $1, step = $2, failed = $3,
		opportunity_id = $4, engagement_id = $5, invitation_id = $6, context_id = $7, document = $8
		WHERE account = $9 AND catalog = $10 AND kind = $11 AND id = $12 AND step = $13`,
		t.Status, t.Step, t.Failed, t.OpportunityID, t.EngagementID, t.InvitationID, t.ContextID, string(t.Document),
		t.Account, t.Catalog, t.Kind, t.ID, previous)
}

// The columns that a list of tasks can be sorted by.
const (
	ColumnStarted Column = "started_at"
	ColumnName    Column = "name"
	ColumnFailed  Column = "failed"
)

// TaskQuery asks for one page of an account's tasks of a kind. An empty filter
// lets everything pass.
type TaskQuery struct {
	Account, Catalog, Kind string
	Statuses               []string
	IDs                    []string
	Names                  []string
	OpportunityIDs         []string
	EngagementIDs          []string
	InvitationIDs          []string
	ContextIDs             []string
	StartedFrom            int64 // milliseconds; 0 is no bound
	StartedBefore          int64 // milliseconds; 0 is no bound
	SortBy                 Column
	Descending             bool
	After                  *Position // the last task of the page before
	Limit                  int
}

// Tasks returns one page.
func (tx *Tx) Tasks(q *TaskQuery) ([]Task, error) {
	s := new(statement)
	s.add("SELECT "+taskColumns+" FROM tasks WHERE account = ? AND catalog = ? AND kind = ?", q.Account, q.Catalog, q.Kind)
	in(s, "status", q.Statuses)
	in(s, "id", q.IDs)
	in(s, "name", q.Names)
	in(s, "opportunity_id", q.OpportunityIDs)
	in(s, "engagement_id", q.EngagementIDs)
	in(s, "invitation_id", q.InvitationIDs)
	in(s, "context_id", q.ContextIDs)
	if q.StartedFrom != 0 {
		s.add(" AND started_at >= ?", q.StartedFrom)
	}
	if q.StartedBefore != 0 {
		s.add(" AND started_at < ?", q.StartedBefore)
	}
	s.page(string(q.SortBy), "id", q.Descending, q.After, q.Limit)
	return collect(tx, scanTask, s.String(), s.args...)
}
