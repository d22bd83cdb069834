package quota_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"cosell/internal/audit"
	"cosell/internal/auth"
	"cosell/internal/ids"
	"cosell/internal/quota"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

const account = "111111111111"

func openStore(t *testing.T) store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func put(t *testing.T, l *quota.Limiter, account string, s quota.Setting) {
	t.Helper()
	if err := l.Put(t.Context(), account, s); err != nil {
		t.Fatal(err)
	}
}

// What is set for an account goes before what the server was started with, for that account
// alone, and the server's is in force again once it is removed.
func TestQuotasOfAnAccountGoFirst(t *testing.T) {
	two := quota.Setting{Mode: quota.ModeCustom, Limits: limits(t, `{"groups": [{"name": "writes", "perSecond": 2, "operations": []}], "otherWrites": "writes"}`)}
	for name, c := range map[string]struct {
		server *quota.Limits
		set    quota.Setting
		want   int // of ten creates
		back   int // after the setting was removed, a second later
	}{
		"aws in place of none":   {nil, quota.Setting{Mode: quota.ModeAWS}, 1, 10},
		"none in place of aws's": {quota.AWS(), quota.Setting{Mode: quota.ModeOff}, 10, 1},
		"others in place of aws": {quota.AWS(), two, 2, 1},
		"aws in place of others": {two.Limits, quota.Setting{Mode: quota.ModeAWS}, 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			c2 := &clock{start}
			l := quota.New(quota.Config{Limits: c.server, Settings: openStore(t), Now: c2.Now})
			put(t, l, account, c.set)
			if got, own, err := l.Setting(t.Context(), account); err != nil || !own || got.Mode != c.set.Mode {
				t.Errorf("the setting is %+v, own %t, %v", got, own, err)
			}
			if got := many(t, l, account, "CreateOpportunity", 10); got != c.want {
				t.Errorf("%d were admitted, want %d", got, c.want)
			}
			if got := many(t, l, "222222222222", "CreateOpportunity", 10); got != c.back {
				t.Errorf("%d of another account were admitted, want %d", got, c.back)
			}
			c2.now = c2.now.Add(time.Second)
			if err := l.Delete(t.Context(), account); err != nil {
				t.Fatal(err)
			}
			if got := many(t, l, account, "CreateOpportunity", 10); got != c.back {
				t.Errorf("%d were admitted after it was removed, want %d", got, c.back)
			}
		})
	}
}

// Another server that shares the store is held to a change within five seconds, even where
// it had refused an account until the next day.
func TestServersTakeChangedQuotas(t *testing.T) {
	s, c := openStore(t), &clock{start}
	config := quota.Config{Limits: limits(t, threeADay), Settings: s, Now: c.Now}
	one, two := quota.New(config), quota.New(config)
	for range 4 {
		c.now = c.now.Add(2 * time.Second)
		many(t, two, account, "CreateOpportunity", 1)
	}
	if admitted(t, two, account, "CreateOpportunity") {
		t.Fatal("a fourth was admitted")
	}
	put(t, one, account, quota.Setting{Mode: quota.ModeAWS})
	c.now = c.now.Add(5 * time.Second)
	if got := many(t, two, account, "CreateOpportunity", 3); got != 1 {
		t.Errorf("%d were admitted, want 1 as AWS does", got)
	}
	put(t, one, account, quota.Setting{Mode: quota.ModeOff})
	c.now = c.now.Add(5 * time.Second)
	if got := many(t, two, account, "CreateOpportunity", 10); got != 10 {
		t.Errorf("%d were admitted, want 10", got)
	}
	if err := one.Delete(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	c.now = c.now.Add(5 * time.Second)
	if admitted(t, two, account, "CreateOpportunity") {
		t.Error("what was used of the server's quotas is forgotten")
	}
}

// What is set and its entry in the audit are committed together.
func TestQuotasAreSetWithTheirAudit(t *testing.T) {
	s := openStore(t)
	recorder, err := audit.New(t.Context(), audit.Config{Store: s, IDs: ids.System(), Key: make([]byte, audit.KeySize), Mode: audit.Writes, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	l := quota.New(quota.Config{Settings: s, Now: time.Now})
	for name, change := range map[string]func(ctx context.Context) error{
		"put":    func(ctx context.Context) error { return l.Put(ctx, account, quota.Setting{Mode: quota.ModeAWS}) },
		"delete": func(ctx context.Context) error { return l.Delete(ctx, account) },
	} {
		e := recorder.Begin(audit.SourceOperator, name, false)
		if err := change(audit.With(t.Context(), e)); err != nil || !e.Recorded() {
			t.Errorf("%s: recorded %t, %v", name, e.Recorded(), err)
		}
	}
}

// Settings are read once in five seconds, and again where they were forgotten.
func TestSettingsAreKept(t *testing.T) {
	s, c := openStore(t), &clock{start}
	l := quota.New(quota.Config{Settings: s, Now: c.Now})
	many(t, l, account, "CreateOpportunity", 1)
	if err := s.Update(t.Context(), func(tx *store.Tx) error { return tx.PutAccountQuotas(account, []byte(`{"mode":"aws"}`)) }); err != nil {
		t.Fatal(err)
	}
	c.now = c.now.Add(4 * time.Second)
	if got := many(t, l, account, "CreateOpportunity", 3); got != 3 {
		t.Errorf("%d were admitted, want 3 by what was read before", got)
	}
	l.Forget(account)
	if got := many(t, l, account, "CreateOpportunity", 3); got != 1 {
		t.Errorf("%d were admitted after it was forgotten, want 1", got)
	}
}

func TestSettingCheck(t *testing.T) {
	good := limits(t, threeADay)
	for name, c := range map[string]struct {
		setting quota.Setting
		member  string // that is wrong, "" if none
	}{
		"off":                       {quota.Setting{Mode: quota.ModeOff}, ""},
		"aws":                       {quota.Setting{Mode: quota.ModeAWS}, ""},
		"custom":                    {quota.Setting{Mode: quota.ModeCustom, Limits: good}, ""},
		"no groups limit nothing":   {quota.Setting{Mode: quota.ModeCustom, Limits: &quota.Limits{}}, ""},
		"no mode":                   {quota.Setting{}, "mode"},
		"another mode":              {quota.Setting{Mode: "AWS"}, "mode"},
		"custom without limits":     {quota.Setting{Mode: quota.ModeCustom}, "limits"},
		"limits beside aws":         {quota.Setting{Mode: quota.ModeAWS, Limits: good}, "limits"},
		"limits that are not right": {quota.Setting{Mode: quota.ModeCustom, Limits: &quota.Limits{Groups: []quota.Group{{Name: "a"}}}}, "limits.groups[0].perSecond"},
		"a name of 65 bytes":        {quota.Setting{Mode: quota.ModeCustom, Limits: &quota.Limits{Groups: []quota.Group{{Name: string(make([]byte, 65)), PerSecond: 1}}}}, "limits.groups[0].name"},
		"101 groups":                {quota.Setting{Mode: quota.ModeCustom, Limits: &quota.Limits{Groups: make([]quota.Group, 101)}}, "limits.groups"},
	} {
		err := c.setting.Check()
		if c.member == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if wrong, ok := errors.AsType[*quota.MemberError](err); !ok || wrong.Member != c.member {
			t.Errorf("%s: %v, want an error of %s", name, err, c.member)
		}
	}
	for _, l := range []*quota.Limits{nil, quota.AWS(), good} {
		if got := quota.SettingOf(l); (got.InForce() == nil) != (l == nil) || got.Check() != nil {
			t.Errorf("%+v is the setting %+v", l, got)
		}
	}
}

// The cost of a request of an account without quotas of its own.
func BenchmarkAdmit(b *testing.B) {
	s, err := sqlite.Open(b.Context(), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	l := quota.New(quota.Config{Settings: s, Now: time.Now})
	op := operation(b, "GetOpportunity")
	for b.Loop() {
		if err := l.Admit(b.Context(), auth.Principal{Account: account}, op); err != nil {
			b.Fatal(err)
		}
	}
}
