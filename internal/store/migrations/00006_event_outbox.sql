-- An event waits in the outbox, which is as cheap to append to as events was,
-- until somebody reads its account's events. Then it gets its place among them
-- and moves to events, whose rows never change. What stands in events already
-- keeps the sequence that followers know.

-- +goose Up
CREATE TABLE event_outbox (
    account  TEXT   NOT NULL,
    sequence BIGINT NOT NULL,
    envelope TEXT   NOT NULL,
    PRIMARY KEY (account, sequence)
);

-- Who gives places to an account's events writes its row first, so that one does
-- at a time. Who appends events writes none.
CREATE TABLE event_locks (
    account TEXT   NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);
