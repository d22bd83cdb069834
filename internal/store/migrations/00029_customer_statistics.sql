-- Statistics of customer accounts look at rows in place of combinations of values: there are
-- nearly as many of these as accounts. SQLite reads all that they filter by and count from the
-- index of the order that windows have, so it looks up no rows.
-- Lines after "-- +engine NAME" are for one engine only.

-- +goose Up
DROP TABLE customer_search_combinations;
-- +engine sqlite
DROP INDEX customer_search_by_at;
CREATE INDEX customer_search_by_at ON customer_search (scope, at, id, created_at, import, company, status, industry,
    qualification, programs, geo, country, segment, category, score, solution_score, region);
-- +engine all
