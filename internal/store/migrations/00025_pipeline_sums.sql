-- What the sums of the pipeline add up: how many opportunities of an account and catalog have
-- a stage, a review status, a month of close and a currency, how many of them expect spend,
-- and how much. They count what searches see (store/search_sum.go). The amount is in
-- hundredths, in three parts of eleven digits.
-- Lines after "-- +engine NAME" are for one engine only.

-- +goose Up
CREATE TABLE opportunity_search_sums (
    scope         BIGINT NOT NULL,
    stage         TEXT   NOT NULL,
    review_status TEXT   NOT NULL,
    month         TEXT   NOT NULL,
    currency      TEXT   NOT NULL,
    number        BIGINT NOT NULL,
    spends        BIGINT NOT NULL,
    low           BIGINT NOT NULL,
    middle        BIGINT NOT NULL,
    high          BIGINT NOT NULL,
    PRIMARY KEY (scope, stage, review_status, month, currency)
);
ALTER TABLE opportunity_search ADD COLUMN currency TEXT NOT NULL DEFAULT '';
ALTER TABLE opportunity_search ADD COLUMN amount TEXT NOT NULL DEFAULT '';
ALTER TABLE opportunity_search_recent ADD COLUMN currency TEXT NOT NULL DEFAULT '';
ALTER TABLE opportunity_search_recent ADD COLUMN amount TEXT NOT NULL DEFAULT '';

-- All rows are made anew.
DELETE FROM opportunity_search;
DELETE FROM opportunity_search_recent;
-- +engine sqlite
INSERT INTO opportunity_search_words (opportunity_search_words) VALUES ('delete-all');
INSERT INTO search_marks SELECT 'opportunity', account, catalog, id FROM opportunities WHERE true ON CONFLICT DO NOTHING;
-- +engine postgres
DELETE FROM opportunity_search_words;
INSERT INTO search_marks SELECT 'opportunity', account, catalog, id FROM opportunities;
-- +engine all
