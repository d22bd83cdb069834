-- Tasks, AWS's side of opportunities, and who follows whose review.

-- +goose Up
CREATE TABLE tasks (
    account        TEXT   NOT NULL,
    catalog        TEXT   NOT NULL,
    kind           TEXT   NOT NULL,
    id             TEXT   NOT NULL,
    status         TEXT   NOT NULL,
    step           BIGINT NOT NULL,
    started_at     BIGINT NOT NULL,
    name           TEXT   NOT NULL,
    failed         BIGINT NOT NULL,
    opportunity_id TEXT   NOT NULL,
    engagement_id  TEXT   NOT NULL,
    invitation_id  TEXT   NOT NULL,
    context_id     TEXT   NOT NULL,
    document       TEXT   NOT NULL,
    PRIMARY KEY (account, catalog, kind, id)
);
CREATE INDEX tasks_by_started ON tasks (account, catalog, kind, started_at, id);

CREATE TABLE aws_opportunities (
    account  TEXT   NOT NULL,
    catalog  TEXT   NOT NULL,
    id       TEXT   NOT NULL,
    version  BIGINT NOT NULL,
    document TEXT   NOT NULL,
    PRIMARY KEY (account, catalog, id)
);

-- What awaits AWS's review; a row leaves with the verdict.
CREATE TABLE review_queue (
    catalog        TEXT   NOT NULL,
    account        TEXT   NOT NULL,
    opportunity_id TEXT   NOT NULL,
    submitted_at   BIGINT NOT NULL,
    PRIMARY KEY (catalog, account, opportunity_id)
);
CREATE INDEX review_queue_by_submitted ON review_queue (submitted_at, catalog, account, opportunity_id);

-- An opportunity that came of a partner's invitation shares the sender's review.
CREATE TABLE review_followers (
    account           TEXT NOT NULL,
    catalog           TEXT NOT NULL,
    opportunity_id    TEXT NOT NULL,
    follower_account  TEXT NOT NULL,
    follower_id       TEXT NOT NULL,
    PRIMARY KEY (account, catalog, opportunity_id, follower_account, follower_id)
);

CREATE TABLE policies (
    name     TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL
);
