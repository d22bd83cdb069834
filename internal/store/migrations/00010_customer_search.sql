-- What the search and the statistics of customer accounts read, like the tables of
-- the other searches.

-- +goose Up
CREATE TABLE customer_search (
-- +engine sqlite
    doc            INTEGER PRIMARY KEY,
-- +engine postgres
    doc            BIGINT PRIMARY KEY,
-- +engine all
    scope          BIGINT NOT NULL,
    id             TEXT   NOT NULL,
    at             BIGINT NOT NULL,
    words          TEXT   NOT NULL,
    status         TEXT   NOT NULL,
    company        TEXT   NOT NULL,
    industry       TEXT   NOT NULL,
    qualification  TEXT   NOT NULL,
    programs       TEXT   NOT NULL,
    import         TEXT   NOT NULL,
    created_at     BIGINT,
    geo            TEXT   NOT NULL,
    country        TEXT   NOT NULL,
    segment        TEXT   NOT NULL,
    category       TEXT   NOT NULL,
    score          TEXT   NOT NULL,
    solution_score TEXT   NOT NULL,
    region         TEXT   NOT NULL
);
CREATE UNIQUE INDEX customer_search_by_id ON customer_search (scope, id);
CREATE INDEX customer_search_by_at ON customer_search (scope, at, id);
CREATE INDEX customer_search_by_status ON customer_search (scope, status, at, id) WHERE status <> '';
CREATE INDEX customer_search_by_company ON customer_search (scope, company, at, id) WHERE company <> '';
CREATE INDEX customer_search_by_industry ON customer_search (scope, industry, at, id) WHERE industry <> '';
CREATE INDEX customer_search_by_qualification ON customer_search (scope, qualification, at, id) WHERE qualification <> '';
CREATE INDEX customer_search_by_programs ON customer_search (scope, programs) WHERE programs <> '';
CREATE INDEX customer_search_by_import ON customer_search (scope, import, at, id) WHERE import <> '';
CREATE INDEX customer_search_by_created_at ON customer_search (scope, created_at, at, id) WHERE created_at IS NOT NULL;
CREATE INDEX customer_search_by_geo ON customer_search (scope, geo, at, id) WHERE geo <> '';
CREATE INDEX customer_search_by_country ON customer_search (scope, country, at, id) WHERE country <> '';
CREATE INDEX customer_search_by_segment ON customer_search (scope, segment, at, id) WHERE segment <> '';
CREATE INDEX customer_search_by_category ON customer_search (scope, category, at, id) WHERE category <> '';
CREATE INDEX customer_search_by_score ON customer_search (scope, score, at, id) WHERE score <> '';
CREATE INDEX customer_search_by_solution_score ON customer_search (scope, solution_score, at, id) WHERE solution_score <> '';
CREATE INDEX customer_search_by_region ON customer_search (scope, region, at, id) WHERE region <> '';

-- +engine sqlite
CREATE VIRTUAL TABLE customer_search_words USING fts5(tokens, content='', contentless_delete=1, detail=none, tokenize='ascii');
-- +goose StatementBegin
CREATE TRIGGER customer_account_added AFTER INSERT ON customer_accounts BEGIN
    INSERT INTO search_marks VALUES ('customer', new.account, new.catalog, new.id) ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER customer_account_changed AFTER UPDATE OF document ON customer_accounts BEGIN
    INSERT INTO search_marks VALUES ('customer', new.account, new.catalog, new.id) ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
-- +engine postgres
CREATE TABLE customer_search_words (doc BIGINT PRIMARY KEY, tokens TSVECTOR NOT NULL);
CREATE INDEX customer_search_words_by_token ON customer_search_words USING gin (tokens) WITH (fastupdate = off);
-- +goose StatementBegin
CREATE FUNCTION search_mark_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_marks VALUES ('customer', NEW.account, NEW.catalog, NEW.id);
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER customer_account_written AFTER INSERT OR UPDATE OF document ON customer_accounts
    FOR EACH ROW EXECUTE FUNCTION search_mark_customer();
-- +engine all

INSERT INTO search_marks SELECT 'customer', account, catalog, id FROM customer_accounts;
