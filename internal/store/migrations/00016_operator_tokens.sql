-- Tokens of operators. The hash is the SHA-256 of the token, which is not stored. Times
-- are milliseconds of real time; 0 is never.

-- +goose Up
CREATE TABLE operator_tokens (
    name         TEXT   NOT NULL,
    role         TEXT   NOT NULL,
    accounts     TEXT   NOT NULL,
    hash         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    PRIMARY KEY (name)
);

CREATE INDEX operator_tokens_by_hash ON operator_tokens (hash);
