-- How far the import of an export file has come: one row, or none where nothing
-- was imported. It is written with the rows it speaks of.

-- +goose Up
CREATE TABLE import_progress (
    name     TEXT   NOT NULL PRIMARY KEY,
    lines    BIGINT NOT NULL,
    digest   TEXT   NOT NULL,
    complete BIGINT NOT NULL
);
