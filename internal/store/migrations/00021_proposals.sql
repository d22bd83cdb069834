-- What programs propose to change, until a person decides. Times are milliseconds of
-- business time; status is PENDING until then. The document has the operation, its
-- request and the difference, the decision who decided, when and what came of it.
-- +goose Up
CREATE TABLE proposals (
    token      TEXT   NOT NULL,
    account    TEXT   NOT NULL,
    status     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    document   TEXT   NOT NULL,
    decision   TEXT   NOT NULL,
    PRIMARY KEY (token)
);
CREATE INDEX proposals_by_account ON proposals (account, created_at, token);
CREATE INDEX proposals_by_time ON proposals (created_at, token);
