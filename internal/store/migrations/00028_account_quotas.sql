-- What operators set as the quotas of an account, in place of those that the server was
-- started with.

-- +goose Up
CREATE TABLE account_quotas (
    account  TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL
);
