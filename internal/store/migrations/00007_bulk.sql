-- Files that partners upload, the bulk jobs that read them, and their reports.

-- +goose Up
-- A blob is a run of bytes in chunks. Until something holds it, it is an upload
-- under way.
CREATE TABLE blobs (
    account    TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    held       BIGINT NOT NULL,
    size       BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, id)
);

-- The bytes of a chunk are in base64: text is what every engine and an export take.
CREATE TABLE blob_chunks (
    account  TEXT   NOT NULL,
    blob     TEXT   NOT NULL,
    position BIGINT NOT NULL,
    data     TEXT   NOT NULL,
    PRIMARY KEY (account, blob, position)
);

-- Each upload under a name is a version of the file.
CREATE TABLE files (
    account    TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    sequence   BIGINT NOT NULL,
    version    TEXT   NOT NULL,
    pins       BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    document   TEXT   NOT NULL,
    PRIMARY KEY (account, name, sequence)
);

CREATE INDEX files_by_version ON files (account, version);

CREATE TABLE file_uploads (
    account    TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    document   TEXT   NOT NULL,
    PRIMARY KEY (account, id)
);

CREATE TABLE file_upload_parts (
    account  TEXT   NOT NULL,
    upload   TEXT   NOT NULL,
    number   BIGINT NOT NULL,
    document TEXT   NOT NULL,
    PRIMARY KEY (account, upload, number)
);

CREATE TABLE bulk_jobs (
    account    TEXT   NOT NULL,
    catalog    TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    family     TEXT   NOT NULL,
    status     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    step       BIGINT NOT NULL,
    deleted    BIGINT NOT NULL,
    document   TEXT   NOT NULL,
    PRIMARY KEY (account, catalog, id)
);

CREATE INDEX bulk_jobs_by_creation ON bulk_jobs (account, catalog, family, created_at, id, status);
CREATE INDEX bulk_jobs_by_status ON bulk_jobs (account, catalog, status, created_at, id);

CREATE TABLE bulk_results (
    account     TEXT   NOT NULL,
    job         TEXT   NOT NULL,
    row_number  BIGINT NOT NULL,
    request_id  TEXT   NOT NULL,
    status      TEXT   NOT NULL,
    document    TEXT   NOT NULL,
    PRIMARY KEY (account, job, row_number)
);

CREATE INDEX bulk_results_by_request ON bulk_results (account, job, request_id);
CREATE INDEX bulk_results_by_status ON bulk_results (account, job, status, row_number);

CREATE TABLE bulk_reports (
    account    TEXT   NOT NULL,
    job        TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    status     TEXT   NOT NULL,
    document   TEXT   NOT NULL,
    PRIMARY KEY (account, job, kind)
);

-- What an operator switched off for an account.
CREATE TABLE account_features (
    account  TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL
);
