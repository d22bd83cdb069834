-- Searches narrowed to a range of creation, in the usual order, are merged from its
-- days (store/search_merge.go).

-- +goose Up
CREATE INDEX opportunity_search_by_created_day ON opportunity_search (scope, (created_at / 86400000), at, id);
