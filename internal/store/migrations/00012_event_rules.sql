-- Rules of the event bus of an account, their targets, and what API destinations,
-- archives and replays need. The names are EventBridge's.

-- +goose Up
CREATE TABLE event_rules (
    account     TEXT   NOT NULL,
    bus         TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    pattern     TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    description TEXT   NOT NULL,
    role_arn    TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (account, bus, name)
);

-- A target is what PutTargets has of it, as a document.
CREATE TABLE event_targets (
    account  TEXT NOT NULL,
    bus      TEXT NOT NULL,
    rule     TEXT NOT NULL,
    id       TEXT NOT NULL,
    arn      TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account, bus, rule, id)
);

CREATE INDEX event_targets_by_arn ON event_targets (account, bus, arn, rule);

-- Rises with every change of what decides where events of an account go. Writers
-- write it first, so that one changes it at a time and limits hold.
CREATE TABLE event_rule_versions (
    account TEXT   NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);

-- The document is the public part of the authorization parameters; the secret is
-- the sealed whole.
CREATE TABLE event_connections (
    account            TEXT   NOT NULL,
    name               TEXT   NOT NULL,
    id                 TEXT   NOT NULL,
    authorization_type TEXT   NOT NULL,
    state              TEXT   NOT NULL,
    state_reason       TEXT   NOT NULL,
    description        TEXT   NOT NULL,
    document           TEXT   NOT NULL,
    secret             TEXT   NOT NULL,
    created_at         BIGINT NOT NULL,
    modified_at        BIGINT NOT NULL,
    authorized_at      BIGINT NOT NULL,
    PRIMARY KEY (account, name)
);

CREATE TABLE event_api_destinations (
    account     TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    connection  TEXT   NOT NULL,
    endpoint    TEXT   NOT NULL,
    method      TEXT   NOT NULL,
    rate_limit  BIGINT NOT NULL,
    state       TEXT   NOT NULL,
    description TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (account, name)
);

CREATE INDEX event_api_destinations_by_connection ON event_api_destinations (account, connection);

CREATE TABLE event_archives (
    account        TEXT   NOT NULL,
    name           TEXT   NOT NULL,
    bus            TEXT   NOT NULL,
    pattern        TEXT   NOT NULL,
    state          TEXT   NOT NULL,
    description    TEXT   NOT NULL,
    retention_days BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    PRIMARY KEY (account, name)
);

-- The position is the sequence of the last event that was replayed.
CREATE TABLE event_replays (
    account      TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    archive      TEXT   NOT NULL,
    bus          TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    state_reason TEXT   NOT NULL,
    description  TEXT   NOT NULL,
    filters      TEXT   NOT NULL,
    from_time    BIGINT NOT NULL,
    to_time      BIGINT NOT NULL,
    replayed_to  BIGINT NOT NULL,
    position     BIGINT NOT NULL,
    started_at   BIGINT NOT NULL,
    ended_at     BIGINT NOT NULL,
    PRIMARY KEY (account, name)
);
