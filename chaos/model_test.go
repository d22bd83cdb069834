package chaos

import (
	"testing"

	"github.com/anishathalye/porcupine"
)

// The models tell what can be from what cannot.
func TestModels(t *testing.T) {
	first := dealState{"1", "a"}
	deal := dealModel(first)
	op := func(call, end int64, in, out any) porcupine.Operation {
		return porcupine.Operation{Call: call, Input: in, Output: out, Return: end}
	}
	for name, test := range map[string]struct {
		model porcupine.Model
		ops   []porcupine.Operation
		want  bool
	}{
		"an update is read": {deal, []porcupine.Operation{
			op(0, 1, updateDeal{"1", "b"}, updated{"2"}), op(2, 3, readDeal{}, dealState{"2", "b"}),
		}, true},
		"what is read later is not older": {deal, []porcupine.Operation{
			op(0, 1, updateDeal{"1", "b"}, updated{"2"}), op(2, 3, readDeal{}, first),
		}, false},
		"two updates of one version": {deal, []porcupine.Operation{
			op(0, 9, updateDeal{"1", "b"}, updated{"2"}), op(0, 9, updateDeal{"1", "c"}, updated{"3"}),
		}, false},
		"a refusal without a reason": {deal, []porcupine.Operation{op(0, 1, updateDeal{"1", "b"}, updated{})}, false},
		"a refusal beside an update": {deal, []porcupine.Operation{
			op(0, 9, updateDeal{"1", "b"}, updated{}), op(0, 9, updateDeal{"1", "c"}, updated{"2"}),
		}, true},
		"an acknowledged update that is gone": {deal, []porcupine.Operation{
			op(0, 1, updateDeal{"1", "b"}, updated{"2"}), op(2, 3, updateDeal{"1", "c"}, updated{"3"}),
		}, false},
		"an update without an answer that is read": {deal, []porcupine.Operation{
			op(0, never, updateDeal{"1", "b"}, updated{"2"}), op(2, 3, readDeal{}, first), op(4, 5, readDeal{}, dealState{"2", "b"}),
		}, true},
		"an update without an answer that is undone": {deal, []porcupine.Operation{
			op(0, never, updateDeal{"1", "b"}, updated{"2"}), op(2, 3, readDeal{}, dealState{"2", "b"}), op(4, 5, readDeal{}, first),
		}, false},

		"the second answer comes too late": {invitationModel, []porcupine.Operation{
			op(0, 9, accept, done), op(0, 9, reject, late), op(10, 11, look, accept),
		}, true},
		"two answers": {invitationModel, []porcupine.Operation{op(0, 9, accept, done), op(0, 9, reject, done)}, false},
		"too late for nothing": {invitationModel, []porcupine.Operation{
			op(0, 1, accept, late), op(2, 3, look, pending),
		}, false},
		"an answer that nobody confirmed": {invitationModel, []porcupine.Operation{
			op(0, never, accept, unknown), op(1, 2, look, pending), op(3, 4, reject, late), op(5, 6, look, accept),
		}, true},

		"revisions one after another": {snapshotModel, []porcupine.Operation{
			op(0, 9, makes(true), int32(2)), op(0, 9, makes(true), int32(1)), op(10, 11, makes(false), int32(2)),
		}, true},
		"a revision twice":     {snapshotModel, []porcupine.Operation{op(0, 9, makes(true), int32(1)), op(0, 9, makes(true), int32(1))}, false},
		"a revision left out":  {snapshotModel, []porcupine.Operation{op(0, 1, makes(true), int32(2))}, false},
		"a revision forgotten": {snapshotModel, []porcupine.Operation{op(0, 1, makes(true), int32(1)), op(2, 3, makes(false), int32(0))}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := porcupine.CheckOperations(test.model, test.ops); got != test.want {
				t.Errorf("linearizable: %t, want %t", got, test.want)
			}
		})
	}
}
