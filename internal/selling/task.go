package selling

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cosell/internal/api"
	"cosell/internal/arn"
	"cosell/internal/auth"
	"cosell/internal/operation"
	"cosell/internal/store"
	"cosell/internal/tagging"
)

// A convenience task is a chain of operations that the caller could also call
// one by one. Each step is a transaction of its own, which also counts the step
// as done: a crash between two steps loses nothing and repeats nothing. The
// operation that starts a task takes the steps at once, as many as it can; what
// it leaves, a worker takes up (docs/behavior/tasks.md#how-a-task-runs).

// taskKind is one of the convenience tasks.
type taskKind struct {
	name      string // as ARNs write it
	operation string // which starts it
	answer    func(*task) any
	steps     []taskStep
}

// taskStep is one operation of a task.
type taskStep struct {
	operation string
	perform   func(*Call, *task) error
	reasons   reasons
}

// reasons are the codes that a failed step gives its task, by what went wrong.
type reasons struct {
	denied   api.ReasonCode // something is not there, or not the caller's
	invalid  api.ReasonCode // a rule is broken
	conflict api.ReasonCode // something is in another state than the step needs
}

// task is a task under way or ended. The columns of its row hold what it made so
// far; they are shown when it is complete.
type task struct {
	store.Task
	kind *taskKind
	taskDocument
}

// taskDocument is what of a task has no column.
type taskDocument struct {
	Message       *string         `json:"Message"`
	ReasonCode    *api.ReasonCode `json:"ReasonCode"`
	SnapshotJobID *string         `json:"SnapshotJobId"`
	Tags          []api.Tag       `json:"Tags"`
	// What the caller submits for; of tasks that submit.
	AwsSubmission *api.AwsSubmission `json:"AwsSubmission"`
	// The context to convert; of tasks that convert a lead.
	LeadContextID *string `json:"LeadContextId"`
	// How often the next step ended in a fault of ours.
	Faults int `json:"Faults"`
}

// workTask is the kind of work that takes up tasks left under way.
const workTask = "task"

// taskPatience is how long a worker leaves a task to the operation that started
// it.
const taskPatience = 3 * time.Second

func (t *task) done() bool { return t.Status != string(api.TaskStatusInProgress) }

func (t *task) status() *api.TaskStatus { return new(api.TaskStatus(t.Status)) }

func (t *task) arn() string { return arn.Of("", t.Catalog, t.kind.name+"/"+t.ID) }

func (t *task) startTime() api.Timestamp { return api.Timestamp(t.StartedAt) }

// createdID returns the identifier of a record that the task created, nil until
// the task is complete.
func (t *task) createdID(id string) *string {
	if t.Status != string(api.TaskStatusComplete) || id == "" {
		return nil
	}
	return &id
}

// optionalID returns an identifier, nil where it is empty.
func optionalID(id string) *string {
	if id == "" {
		return nil
	}
	return &id
}

// newTask begins a task of the caller's. Tags that no resource takes are refused
// before anything is done.
func (c *Call) newTask(kind *taskKind, catalog string, tags []api.Tag) (*task, error) {
	if err := tagging.Check(tags); err != nil {
		return nil, err
	}
	return &task{
		kind: kind,
		Task: store.Task{
			TaskKey:   store.TaskKey{Account: c.Caller.Account, Catalog: catalog, Kind: kind.name, ID: c.IDs.Task()},
			Status:    string(api.TaskStatusInProgress),
			StartedAt: int64(c.Now),
		},
		taskDocument: taskDocument{Tags: tags},
	}, nil
}

// start stores a new task, whose steps continueTask takes after the commit.
func (c *Call) start(t *task) error {
	if err := c.insertTask(t); err != nil {
		return err
	}
	return c.Continue(t.TaskKey)
}

// continueTask takes the steps of a task that an operation started, now or when
// its client token was first used, and answers the state of the task.
func (s *Service) continueTask(ctx context.Context, caller auth.Principal, reference api.Raw) (any, error) {
	var key store.TaskKey
	if err := api.Unmarshal(reference, &key); err != nil {
		return nil, fmt.Errorf("decode task key: %w", err)
	}
	t, err := s.advanceTask(ctx, caller, key)
	if err != nil {
		return nil, err
	}
	return t.kind.answer(t), nil
}

// TryTask takes all steps of a task in the transaction that started it, which its caller
// undoes. It returns the error that would fail the task.
func (c *Call) TryTask(reference api.Raw) error {
	var key store.TaskKey
	if err := api.Unmarshal(reference, &key); err != nil {
		return fmt.Errorf("decode task key: %w", err)
	}
	t, err := c.task(key)
	if err != nil {
		return err
	}
	for _, step := range t.kind.steps {
		err := step.perform(c, t)
		if refused, ok := errors.AsType[*api.Error](err); ok {
			return refused
		}
		if err != nil {
			return fmt.Errorf("%s, %s: %w", t.kind.name, step.operation, err)
		}
	}
	return nil
}

func (c *Call) insertTask(t *task) error {
	var err error
	if t.Document, err = operation.Encode("task", t.taskDocument); err != nil {
		return err
	}
	if err := c.Tx.InsertTask(&t.Task); err != nil {
		return fmt.Errorf("insert task: %w", err)
	}
	return c.Later(workTask, t.ID, api.NewTimestamp(c.Now.Time().Add(taskPatience)), t.TaskKey)
}

// advanceTask takes a task's steps until it is done, each in a transaction of
// its own. A fault of ours leaves the task under way, for a worker.
func (s *Service) advanceTask(ctx context.Context, caller auth.Principal, key store.TaskKey) (*task, error) {
	for {
		var t *task
		err := s.update(ctx, caller, func(c *Call) (err error) {
			t, err = c.advance(key)
			return err
		})
		if err != nil {
			s.runner.Log().ErrorContext(ctx, "a task step failed; a worker will repeat it", "task", key.ID, "error", err)
			return s.readTask(ctx, caller, key)
		}
		if t.done() {
			return t, nil
		}
	}
}

func (s *Service) readTask(ctx context.Context, caller auth.Principal, key store.TaskKey) (t *task, err error) {
	err = s.view(ctx, caller, func(c *Call) error {
		t, err = c.task(key)
		return err
	})
	return t, err
}

// handleTask takes one step of a task that was left under way, and asks for the
// next.
func (c *Call) handleTask(key *store.TaskKey) error {
	t, err := c.onBehalfOf(key.Account).advance(*key)
	if err != nil || t.done() {
		return err
	}
	return c.Later(workTask, t.ID, operation.Immediately, key)
}

// advance takes the next step of a task. An error that the caller could have got
// from the operation itself fails the task; what earlier steps did stays.
func (c *Call) advance(key store.TaskKey) (*task, error) {
	t, err := c.task(key)
	if err != nil || t.done() {
		return t, err
	}
	step, taken, after := t.kind.steps[t.Step], t.Step, *t
	c.DoingAs(t.ID, step.operation)
	err = c.Tx.Savepoint(func() error { return step.perform(c, &after) })
	e, refused := errors.AsType[*api.Error](err)
	switch {
	case refused && e.Type != api.TypeInternalServer:
		after = *t
		after.fail(step.reasons.code(err), taskMessage(e))
	case err != nil:
		return nil, fmt.Errorf("%s, %s: %w", t.kind.name, step.operation, err)
	case int(taken)+1 == len(t.kind.steps):
		after.Status = string(api.TaskStatusComplete)
	}
	after.Step, after.Faults = taken+1, 0
	return &after, c.saveTask(&after, taken)
}

func (t *task) fail(code api.ReasonCode, message string) {
	t.Status, t.ReasonCode, t.Message = string(api.TaskStatusFailed), &code, &message
}

// saveTask writes a task that had taken so many steps when it was read.
func (c *Call) saveTask(t *task, taken int64) error {
	var err error
	if t.Document, err = operation.Encode("task", t.taskDocument); err != nil {
		return err
	}
	if err := c.Tx.UpdateTask(&t.Task, taken); err != nil {
		return fmt.Errorf("update task: %w", err)
	}
	return nil
}

// maxFaults is how many faults in a row a step may have before its task is given
// up. With the pauses between them that is a quarter of an hour.
const maxFaults = 10

// taskFaulted counts a fault of ours in a step that a worker took.
func (c *Call) taskFaulted(key *store.TaskKey, reason string) error {
	t, err := c.onBehalfOf(key.Account).task(*key)
	if err != nil || t.done() {
		return err
	}
	if t.Faults++; t.Faults == maxFaults {
		t.fail(api.ReasonCodeInternalError, reason)
	}
	return c.saveTask(t, t.Step)
}

func (c *Call) task(key store.TaskKey) (*task, error) {
	row, err := c.Tx.Task(key)
	if err := operation.Found("task", err); err != nil {
		return nil, err
	}
	return decodeTask(row)
}

func decodeTask(row *store.Task) (*task, error) {
	t := &task{Task: *row, kind: taskKinds[row.Kind]}
	if t.kind == nil {
		return nil, fmt.Errorf("no task of kind %q", row.Kind)
	}
	if err := api.Unmarshal(row.Document, &t.taskDocument); err != nil {
		return nil, fmt.Errorf("decode task: %w", err)
	}
	return t, nil
}

// stepError is the error of a step that fails its task with another reason code
// than the step's reasons have for the error.
type stepError struct {
	error
	code api.ReasonCode
}

// Unwrap returns the error that the operation would have answered.
func (e *stepError) Unwrap() error { return e.error }

// because gives the error of a step a reason code; without a code, or without an
// error, it returns the error.
func because(code api.ReasonCode, err error) error {
	if code == "" || err == nil {
		return err
	}
	return &stepError{err, code}
}

// code returns the reason code for an error that a step answers.
func (r reasons) code(err error) api.ReasonCode {
	if own, ok := errors.AsType[*stepError](err); ok {
		return own.code
	}
	e, ok := errors.AsType[*api.Error](err)
	if !ok {
		return r.invalid
	}
	switch e.Type {
	case api.TypeResourceNotFound, api.TypeAccessDenied:
		return r.denied
	case api.TypeConflict:
		return r.conflict
	case api.TypeServiceQuotaExceeded:
		return api.ReasonCodeServiceQuotaExceeded
	case api.TypeThrottling:
		return api.ReasonCodeRequestThrottled
	default:
		return r.invalid
	}
}

// taskMessage is what a failed task says, in the form of the recorded ones
// (docs/behavior/submission.md#failures-of-the-task):
// a field that is missing, or a rule that is
// broken.
func taskMessage(e *api.Error) string {
	if e.Type != api.TypeValidation {
		return e.Message
	}
	missing := true
	var messages, named []string
	for _, v := range e.ErrorList {
		missing = missing && api.Value(v.Code) == api.ValidationExceptionErrorCodeRequiredFieldMissing
		messages = append(messages, api.Value(v.Message))
		named = append(named, cmp.Or(api.Value(v.FieldName), string(api.Value(v.Code)))+":"+api.Value(v.Message))
	}
	if missing {
		return "OPPORTUNITY_VALIDATION_FAILED " + strings.Join(messages, ";")
	}
	return "BUSINESS_VALIDATION_EXCEPTION " + strings.Join(named, ";")
}
