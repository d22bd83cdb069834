-- On SQLite a trigger makes every insert keep what it changes, in order to undo it
-- alone: that cost creates a tenth. There these marks are added by statements of
-- their own (store/search_mark.go).

-- +goose Up
-- +engine sqlite
DROP TRIGGER opportunity_added;
DROP TRIGGER opportunity_tag_added;
DROP TRIGGER opportunity_tag_changed;
-- +engine postgres
SELECT 1;
