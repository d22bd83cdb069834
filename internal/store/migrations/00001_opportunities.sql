-- One text for every engine. Columns hold what lists filter and sort by; the
-- document beside them is the whole record. Times are milliseconds since the
-- Unix epoch, absent text is ''. Every key begins with the account, so that the
-- data can be split by it.

-- +goose Up
CREATE TABLE accounts (
    account  TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL
);

CREATE TABLE secrets (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE opportunities (
    account           TEXT   NOT NULL,
    catalog           TEXT   NOT NULL,
    id                TEXT   NOT NULL,
    stage             TEXT   NOT NULL,
    review_status     TEXT   NOT NULL,
    company_key       TEXT   NOT NULL,
    target_close_date TEXT   NOT NULL,
    created_at        BIGINT NOT NULL,
    last_modified_at  BIGINT NOT NULL,
    origin            TEXT   NOT NULL,
    document          TEXT   NOT NULL,
    PRIMARY KEY (account, catalog, id)
);

-- A list sorted by any column is a union of walks, one for each stage and
-- review status asked for; each walk reads one index from its first row.
CREATE INDEX opportunities_by_last_modified ON opportunities (account, catalog, last_modified_at, id);
CREATE INDEX opportunities_by_status_last_modified ON opportunities (account, catalog, stage, review_status, last_modified_at, id);
CREATE INDEX opportunities_by_status_id ON opportunities (account, catalog, stage, review_status, id);
CREATE INDEX opportunities_by_status_created ON opportunities (account, catalog, stage, review_status, created_at, id);
CREATE INDEX opportunities_by_status_company ON opportunities (account, catalog, stage, review_status, company_key, id);
CREATE INDEX opportunities_by_status_close ON opportunities (account, catalog, stage, review_status, target_close_date, id);

CREATE TABLE solutions (
    account  TEXT NOT NULL,
    catalog  TEXT NOT NULL,
    id       TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account, catalog, id)
);

CREATE TABLE tags (
    account  TEXT   NOT NULL,
    arn      TEXT   NOT NULL,
    tag_key  TEXT   NOT NULL,
    value    TEXT   NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (account, arn, tag_key)
);

CREATE TABLE client_tokens (
    account      TEXT   NOT NULL,
    catalog      TEXT   NOT NULL,
    operation    TEXT   NOT NULL,
    token        TEXT   NOT NULL,
    request_hash TEXT   NOT NULL,
    response     TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (account, catalog, operation, token)
);

CREATE TABLE events (
    account  TEXT   NOT NULL,
    sequence BIGINT NOT NULL,
    envelope TEXT   NOT NULL,
    PRIMARY KEY (account, sequence)
);
