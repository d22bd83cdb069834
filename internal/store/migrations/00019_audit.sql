-- What callers and operators did. A row has one entry, or a batch of them, in the form
-- of package audit; account is empty where they concern several. The sequence begins with
-- real time.

-- +goose Up
CREATE TABLE audit_records (
    sequence BIGINT NOT NULL,
    writer   TEXT   NOT NULL,
    account  TEXT   NOT NULL,
    entries  BIGINT NOT NULL,
    content  TEXT   NOT NULL,
    PRIMARY KEY (sequence, writer)
);

-- The chain of hashes: each covers the records after that of the one before, up to its
-- last sequence, and the hash before.
CREATE TABLE audit_seals (
    number        BIGINT NOT NULL,
    from_sequence BIGINT NOT NULL,
    to_sequence   BIGINT NOT NULL,
    entries       BIGINT NOT NULL,
    hash          TEXT   NOT NULL,
    sealed_at     BIGINT NOT NULL,
    PRIMARY KEY (number)
);
