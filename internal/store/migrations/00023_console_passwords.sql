-- Passwords with which users of accounts sign in to the console: one for a user.

-- +goose Up
-- The hash says how it was made: argon2id with its parameters and salt.
CREATE TABLE console_passwords (
    account      TEXT   NOT NULL,
    user_name    TEXT   NOT NULL,
    hash         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    PRIMARY KEY (account, user_name)
);
