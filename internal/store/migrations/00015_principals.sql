-- Who may call the API beside the development keys: users, groups and roles of accounts,
-- their policies and access keys. The names are IAM's.

-- +goose Up
-- The kind is user, group, role or root; the root user of an account has a row once it
-- has policies.
CREATE TABLE principals (
    account  TEXT NOT NULL,
    kind     TEXT NOT NULL,
    name     TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account, kind, name)
);

-- A policy is a document of its own or the name of a managed one.
CREATE TABLE principal_policies (
    account   TEXT NOT NULL,
    kind      TEXT NOT NULL,
    principal TEXT NOT NULL,
    name      TEXT NOT NULL,
    document  TEXT NOT NULL,
    PRIMARY KEY (account, kind, principal, name)
);

CREATE TABLE group_members (
    account    TEXT NOT NULL,
    user_name  TEXT NOT NULL,
    group_name TEXT NOT NULL,
    PRIMARY KEY (account, user_name, group_name)
);

CREATE INDEX group_members_by_group ON group_members (account, group_name, user_name);

-- The secret is sealed.
CREATE TABLE access_keys (
    id           TEXT   NOT NULL PRIMARY KEY,
    account      TEXT   NOT NULL,
    user_name    TEXT   NOT NULL,
    status       TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    secret       TEXT   NOT NULL
);

CREATE INDEX access_keys_by_user ON access_keys (account, user_name, created_at);
