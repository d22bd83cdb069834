-- How many customer accounts have each combination of the values that statistics count:
-- statistics that are filtered by such values read these (store/search_combination.go).
-- They count what searches see.
-- Lines after "-- +engine NAME" are for one engine only.

-- +goose Up
CREATE TABLE customer_search_combinations (
    scope          BIGINT NOT NULL,
    status         TEXT   NOT NULL,
    industry       TEXT   NOT NULL,
    qualification  TEXT   NOT NULL,
    programs       TEXT   NOT NULL,
    geo            TEXT   NOT NULL,
    country        TEXT   NOT NULL,
    segment        TEXT   NOT NULL,
    category       TEXT   NOT NULL,
    score          TEXT   NOT NULL,
    solution_score TEXT   NOT NULL,
    region         TEXT   NOT NULL,
    digest         TEXT   NOT NULL, -- of all values: an index of PostgreSQL takes no long texts
    number         BIGINT NOT NULL,
    PRIMARY KEY (scope, digest)
-- +engine sqlite
) WITHOUT ROWID;
-- +engine postgres
);
-- +engine all

-- All rows are made anew.
DELETE FROM customer_search;
DELETE FROM customer_search_recent;
DELETE FROM customer_search_counts;
-- +engine sqlite
INSERT INTO customer_search_words (customer_search_words) VALUES ('delete-all');
INSERT INTO search_marks SELECT 'customer', account, catalog, id FROM customer_accounts WHERE true ON CONFLICT DO NOTHING;
-- +engine postgres
DELETE FROM customer_search_words;
INSERT INTO search_marks SELECT 'customer', account, catalog, id FROM customer_accounts;
-- +engine all
