-- Events of all accounts are read in one order.

-- +goose Up
CREATE INDEX events_by_sequence ON events (sequence);

-- How far a follower inside the server has come in the events of an account. What is
-- behind its sequence is kept for it.
CREATE TABLE event_followers (
    follower TEXT   NOT NULL,
    account  TEXT   NOT NULL,
    sequence BIGINT NOT NULL,
    PRIMARY KEY (follower, account)
);

-- Webhook endpoints of accounts. Their secrets are among the installation's.
CREATE TABLE webhooks (
    account  TEXT NOT NULL,
    id       TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account, id)
);

-- An event on its way to a target: PENDING, DELIVERED or DEAD. Times are
-- milliseconds of real time. The log is a document.
CREATE TABLE event_deliveries (
    account    TEXT   NOT NULL,
    target     TEXT   NOT NULL,
    sequence   BIGINT NOT NULL,
    resource   TEXT   NOT NULL,
    status     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    due_at     BIGINT NOT NULL,
    attempts   BIGINT NOT NULL,
    envelope   TEXT   NOT NULL,
    log        TEXT   NOT NULL,
    PRIMARY KEY (account, target, sequence)
);

CREATE INDEX event_deliveries_pending ON event_deliveries (account, target, resource, sequence, due_at) WHERE status = 'PENDING';

-- A lane is all deliveries to one target. One process at a time works on it, until
-- its lease ends; attempt fences the others. Version rises with each new delivery.
CREATE TABLE event_lanes (
    account       TEXT   NOT NULL,
    target        TEXT   NOT NULL,
    due_at        BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL,
    leased_until  BIGINT NOT NULL,
    attempt       BIGINT NOT NULL,
    version       BIGINT NOT NULL,
    failures      BIGINT NOT NULL,
    PRIMARY KEY (account, target)
);
