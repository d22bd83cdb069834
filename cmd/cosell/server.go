package main

import (
	"context"
	"log/slog"

	"cosell/internal/server"
)

// open assembles the server that the flags describe. It listens and does not serve yet.
func (c *serve) open(ctx context.Context, log *slog.Logger) (*server.Server, error) {
	config, err := c.config(log)
	if err != nil {
		return nil, err
	}
	return server.Open(ctx, config)
}

// config returns what the flags ask for.
func (c *serve) config(log *slog.Logger) (config server.Config, err error) {
	if err := c.check(); err != nil {
		return config, err
	}
	c.warnExposed(log)
	config = server.Config{
		Listen: c.Listen, Store: c.openStore, Alone: c.DatabaseURL == "", Log: log, Version: currentBuild().version,
		Strict: c.strict(), OnNetwork: c.onNetwork(), ClientCertificates: c.TLSClientCA != "", MetricsToken: c.MetricsToken,
		MaxCustomerAccounts: c.MaxCustomerAccounts, PublicURL: c.PublicURL, Retention: c.retention(), RequestLog: c.RequestLog,
		Audit: c.mode(c.strict()), AuditEvents: c.AuditEvents,
	}
	for _, read := range []func() error{
		func() error { config.Determinism, err = c.determinism(); return err },
		func() error { config.Fixtures, err = readFixtures(c.Fixtures); return err },
		func() error { config.World, err = c.world(); return err },
		func() error { config.TLS, err = c.tls(log); return err },
		func() error { config.AuditFile, err = c.openAuditFile(); return err },
		func() error { config.OperatorToken, err = c.token(); return err },
		func() error { config.MetricsAllow, err = parseNetworks("--metrics-allow", c.MetricsAllow); return err },
		func() error {
			config.TrustedProxies, err = parseNetworks("--trusted-proxies", c.TrustedProxies)
			return err
		},
		func() error { config.Secrets, err = c.secrets(); return err },
		func() error { config.Quotas, err = c.quotas(); return err },
		func() error { config.Faults, err = c.faults(); return err },
		func() error { config.Products, err = c.products(); return err },
		func() error { config.Sinks, err = c.sinks(); return err },
		func() error { config.Buckets, err = c.buckets(); return err },
		func() error { config.Outbound, err = c.outbound(c.Auth == "dev"); return err },
	} {
		if err := read(); err != nil {
			return config, err
		}
	}
	return config, nil
}

// signingName is the service name in the scope of signatures.
const signingName = "partnercentral-selling"
