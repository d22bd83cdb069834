-- Records shared by several accounts are keyed by their own identifier; beside
-- them each account that takes part has a row of its own, by which it lists.

-- +goose Up
CREATE TABLE engagements (
    catalog     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    modified_at BIGINT NOT NULL,
    document    TEXT   NOT NULL,
    PRIMARY KEY (catalog, id)
);

CREATE TABLE engagement_members (
    account               TEXT   NOT NULL,
    catalog               TEXT   NOT NULL,
    engagement_id         TEXT   NOT NULL,
    engagement_created_by TEXT   NOT NULL,
    engagement_created_at BIGINT NOT NULL,
    context_types         BIGINT NOT NULL,
    joined_at             BIGINT NOT NULL,
    PRIMARY KEY (account, catalog, engagement_id)
);
CREATE INDEX engagement_members_by_created ON engagement_members (account, catalog, engagement_created_at, engagement_id);
CREATE INDEX engagement_members_by_engagement ON engagement_members (catalog, engagement_id, joined_at, account);

CREATE TABLE engagement_invitations (
    catalog       TEXT   NOT NULL,
    id            TEXT   NOT NULL,
    engagement_id TEXT   NOT NULL,
    sender        TEXT   NOT NULL,
    receiver      TEXT   NOT NULL,
    status        TEXT   NOT NULL,
    payload_type  TEXT   NOT NULL,
    invited_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    document      TEXT   NOT NULL,
    PRIMARY KEY (catalog, id)
);
CREATE INDEX engagement_invitations_by_receiver ON engagement_invitations (receiver, catalog, invited_at, id);
CREATE INDEX engagement_invitations_by_sender ON engagement_invitations (sender, catalog, invited_at, id);
CREATE UNIQUE INDEX engagement_invitations_pending ON engagement_invitations (catalog, engagement_id, receiver) WHERE status = 'PENDING';

CREATE TABLE resource_snapshots (
    catalog       TEXT   NOT NULL,
    engagement_id TEXT   NOT NULL,
    resource_id   TEXT   NOT NULL,
    template      TEXT   NOT NULL,
    revision      BIGINT NOT NULL,
    document      TEXT   NOT NULL,
    PRIMARY KEY (catalog, engagement_id, resource_id, template, revision)
);

-- The latest revision of each resource and template in an engagement.
CREATE TABLE resource_snapshot_heads (
    catalog       TEXT   NOT NULL,
    engagement_id TEXT   NOT NULL,
    resource_id   TEXT   NOT NULL,
    template      TEXT   NOT NULL,
    created_by    TEXT   NOT NULL,
    revision      BIGINT NOT NULL,
    content_hash  TEXT   NOT NULL,
    PRIMARY KEY (catalog, engagement_id, resource_id, template)
);
CREATE INDEX resource_snapshot_heads_by_resource ON resource_snapshot_heads (catalog, resource_id, engagement_id);

CREATE TABLE resource_snapshot_jobs (
    account       TEXT   NOT NULL,
    catalog       TEXT   NOT NULL,
    id            TEXT   NOT NULL,
    engagement_id TEXT   NOT NULL,
    resource_id   TEXT   NOT NULL,
    template      TEXT   NOT NULL,
    status        TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    document      TEXT   NOT NULL,
    PRIMARY KEY (account, catalog, id)
);
CREATE UNIQUE INDEX resource_snapshot_jobs_by_resource ON resource_snapshot_jobs (account, catalog, resource_id, engagement_id, template);
CREATE INDEX resource_snapshot_jobs_by_created ON resource_snapshot_jobs (account, catalog, created_at, id);

CREATE TABLE selling_system_settings (
    account  TEXT NOT NULL,
    catalog  TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account, catalog)
);

-- What is to be done later. due_at is business time, leased_until real time.
CREATE TABLE work (
    kind         TEXT   NOT NULL,
    subject      TEXT   NOT NULL,
    due_at       BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    attempt      BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    failures     BIGINT NOT NULL,
    last_error   TEXT   NOT NULL,
    payload      TEXT   NOT NULL,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX work_by_due ON work (due_at, kind, subject);
