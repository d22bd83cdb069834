-- Sessions of the console whose owners signed out, until they would have ended anyway.
-- The identifier is a hash of the cookie.

-- +goose Up
CREATE TABLE ended_sessions (
    id      TEXT   NOT NULL PRIMARY KEY,
    ends_at BIGINT NOT NULL
);

CREATE INDEX ended_sessions_by_end ON ended_sessions (ends_at);
