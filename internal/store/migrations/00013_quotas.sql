-- What accounts used of their quotas, where several servers share the store.

-- +goose Up
CREATE TABLE quota_usage (
    account     TEXT NOT NULL,
    quota_group TEXT NOT NULL,
    document    TEXT NOT NULL,
    PRIMARY KEY (account, quota_group)
);
