package operator

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/audit"
	"cosell/internal/quota"
	"cosell/internal/retention"
)

// Settings are how the server was started, as far as operators ask for it.
type Settings struct {
	// Quotas limit the requests of accounts without their own; nil does not.
	Quotas *quota.Limits
	// Retention says from which age on rows are removed.
	Retention retention.Policy
	// Audit is what the audit keeps.
	Audit audit.Mode
	// RequestLog is how many requests are kept in memory.
	RequestLog int
}

type retentionSettings struct {
	ClientTokens string `json:"clientTokens,omitempty" example:"24h0m0s" doc:"Age from which on client tokens are removed, on the business clock; absent if they are kept"`
	Events       string `json:"events,omitempty" example:"720h0m0s" doc:"Age from which on events are removed; absent if they are kept"`
	History      string `json:"history,omitempty" example:"8760h0m0s" doc:"Age from which on the history of records is removed; absent if it is kept"`
	Proposals    string `json:"proposals,omitempty" example:"720h0m0s" doc:"Age from which on proposals of agents are removed, on the business clock; absent if they are kept"`
	Audit        string `json:"audit,omitempty" example:"8760h0m0s" doc:"Age from which on entries of the audit are removed; absent if they are kept"`
}

type shownSettings struct {
	Version    string            `json:"version" doc:"Version of the server"`
	Quotas     *quota.Limits     `json:"quotas,omitempty" doc:"Quotas of accounts for which no others were set; absent if their requests are not limited"`
	Retention  retentionSettings `json:"retention"`
	Audit      string            `json:"audit" enum:"off,writes,all" doc:"What the audit keeps"`
	RequestLog int               `json:"requestLog" doc:"How many of the last requests are kept in memory"`
}

func (c Config) settingsRoutes(rest huma.API) {
	huma.Get(rest, "/settings", func(context.Context, *struct{}) (*body[shownSettings], error) {
		s := c.Settings
		mode := string(s.Audit)
		if mode == "" {
			mode = string(audit.Off)
		}
		return &body[shownSettings]{shownSettings{
			Version: c.Version, Quotas: s.Quotas, Audit: mode, RequestLog: s.RequestLog,
			Retention: retentionSettings{ageText(s.Retention.Tokens), ageText(s.Retention.Events), ageText(s.Retention.History), ageText(s.Retention.Proposals), ageText(s.Retention.Audit)},
		}}, nil
	}, tagged("State", "Read how the server was started: quotas, retention, audit"))
}

// ageText returns "" for an age that removes nothing.
func ageText(age time.Duration) string {
	if age == 0 {
		return ""
	}
	return age.String()
}
