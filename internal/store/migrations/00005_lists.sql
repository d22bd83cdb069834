-- A list that filters by another column than it sorts by may pass over many
-- records, or read many and sort them. Every index of a list therefore holds all
-- that a filter asks for: what does not come onto the page is judged by its entry
-- in the index, without the record.

-- +goose Up
DROP INDEX opportunities_by_last_modified;
DROP INDEX opportunities_by_status_last_modified;
DROP INDEX opportunities_by_status_id;
DROP INDEX opportunities_by_status_created;
DROP INDEX opportunities_by_status_company;
DROP INDEX opportunities_by_status_close;

CREATE INDEX opportunities_by_last_modified ON opportunities (account, catalog, last_modified_at, id, stage, review_status, created_at, target_close_date, company_key);
CREATE INDEX opportunities_by_status_last_modified ON opportunities (account, catalog, stage, review_status, last_modified_at, id, created_at, target_close_date, company_key);
CREATE INDEX opportunities_by_status_id ON opportunities (account, catalog, stage, review_status, id, last_modified_at, created_at, target_close_date, company_key);
CREATE INDEX opportunities_by_status_created ON opportunities (account, catalog, stage, review_status, created_at, id, last_modified_at, target_close_date, company_key);
CREATE INDEX opportunities_by_status_company ON opportunities (account, catalog, stage, review_status, company_key, id, last_modified_at, created_at, target_close_date);
CREATE INDEX opportunities_by_status_close ON opportunities (account, catalog, stage, review_status, target_close_date, id, last_modified_at, created_at, company_key);

-- By day of creation: within each day in the order of the last change.
CREATE INDEX opportunities_by_day_created ON opportunities (account, catalog, (created_at / 86400000), last_modified_at, id, created_at, stage, review_status, target_close_date, company_key);
