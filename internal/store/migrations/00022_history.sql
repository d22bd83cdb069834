-- Every change of a record after its creation: who made it, with what operation, and in
-- which members. The sequence begins with real time; changed_at is milliseconds of
-- business time. The document is in the form of package operation.
-- Lines after "-- +engine NAME" are for one engine only.

-- +goose Up
CREATE TABLE history (
    account    TEXT   NOT NULL,
    catalog    TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    record     TEXT   NOT NULL,
    sequence   BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    document   TEXT   NOT NULL,
    PRIMARY KEY (account, catalog, kind, record, sequence)
-- +engine sqlite
) WITHOUT ROWID;
-- +engine postgres
);
-- +engine all
