-- How many customer accounts have each value, which the statistics of all accounts read
-- (store/search_count.go). The count of all has neither field nor value.

-- +goose Up
CREATE TABLE customer_search_counts (
    scope  BIGINT NOT NULL,
    field  TEXT   NOT NULL,
    value  TEXT   NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (scope, field, value)
);
INSERT INTO customer_search_counts SELECT scope, '', '', count(*) FROM customer_search GROUP BY scope;
INSERT INTO customer_search_counts SELECT scope, 'status', status, count(*) FROM customer_search WHERE status <> '' GROUP BY scope, status;
INSERT INTO customer_search_counts SELECT scope, 'industry', industry, count(*) FROM customer_search WHERE industry <> '' GROUP BY scope, industry;
INSERT INTO customer_search_counts SELECT scope, 'qualification', qualification, count(*) FROM customer_search WHERE qualification <> '' GROUP BY scope, qualification;
INSERT INTO customer_search_counts SELECT scope, 'programs', programs, count(*) FROM customer_search WHERE programs <> '' GROUP BY scope, programs;
INSERT INTO customer_search_counts SELECT scope, 'geo', geo, count(*) FROM customer_search WHERE geo <> '' GROUP BY scope, geo;
INSERT INTO customer_search_counts SELECT scope, 'country', country, count(*) FROM customer_search WHERE country <> '' GROUP BY scope, country;
INSERT INTO customer_search_counts SELECT scope, 'segment', segment, count(*) FROM customer_search WHERE segment <> '' GROUP BY scope, segment;
INSERT INTO customer_search_counts SELECT scope, 'category', category, count(*) FROM customer_search WHERE category <> '' GROUP BY scope, category;
INSERT INTO customer_search_counts SELECT scope, 'score', score, count(*) FROM customer_search WHERE score <> '' GROUP BY scope, score;
INSERT INTO customer_search_counts SELECT scope, 'solution_score', solution_score, count(*) FROM customer_search WHERE solution_score <> '' GROUP BY scope, solution_score;
INSERT INTO customer_search_counts SELECT scope, 'region', region, count(*) FROM customer_search WHERE region <> '' GROUP BY scope, region;

-- Nothing else read these.
DROP INDEX customer_search_by_programs;
DROP INDEX customer_search_by_region;
