-- What searches read. All of it follows from other tables: it is not exported, and
-- what is marked is made anew before a search reads (store/search_fold.go).
--
-- Lines after "-- +engine NAME" are for one engine only.

-- +goose Up

-- Records that changed since their rows were made. A change only adds a mark, which
-- shares no row with the marks of others.
CREATE TABLE search_marks (
    kind    TEXT NOT NULL,
    account TEXT NOT NULL,
    catalog TEXT NOT NULL,
    id      TEXT NOT NULL
-- +engine sqlite
    , PRIMARY KEY (kind, account, catalog, id)
) WITHOUT ROWID;
-- +engine postgres
);
CREATE INDEX search_marks_by_key ON search_marks (kind, account, catalog, id);
-- +engine all

-- Who makes rows writes the row of their lock first, so that one does at a time.
CREATE TABLE search_locks (
    name    TEXT   NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);

-- A short number for an account's records in a catalog.
CREATE TABLE search_scopes (
    account TEXT   NOT NULL,
    catalog TEXT   NOT NULL,
    scope   BIGINT NOT NULL UNIQUE,
    PRIMARY KEY (account, catalog)
);

-- at is what a search sorts by where it does not say; doc rises with it. Absent text
-- is '', other absent values are NULL. Several texts stand each before a U+001F, which
-- also begins them.
CREATE TABLE opportunity_search (
-- +engine sqlite
    doc                INTEGER PRIMARY KEY,
-- +engine postgres
    doc                BIGINT PRIMARY KEY,
-- +engine all
    scope              BIGINT NOT NULL,
    id                 TEXT   NOT NULL,
    at                 BIGINT NOT NULL,
    words              TEXT   NOT NULL,
    stage              TEXT   NOT NULL,
    review_status      TEXT   NOT NULL,
    company            TEXT   NOT NULL,
    target_close_at    BIGINT,
    created_at         BIGINT,
    country            TEXT   NOT NULL,
    title              TEXT   NOT NULL,
    opportunity_type   TEXT   NOT NULL,
    partner_identifier TEXT   NOT NULL,
    industry           TEXT   NOT NULL,
    aws_account        TEXT   NOT NULL,
    apn_programs       TEXT   NOT NULL,
    origin             TEXT   NOT NULL,
    tags               TEXT   NOT NULL,
    next_step          TEXT   NOT NULL,
    offers             TEXT   NOT NULL,
    offer_sets         TEXT   NOT NULL,
    solutions          TEXT   NOT NULL,
    cosell_motion      TEXT   NOT NULL,
    owner              TEXT   NOT NULL,
    estimated_mrr      DOUBLE PRECISION,
    engagement_score   TEXT   NOT NULL
);
CREATE UNIQUE INDEX opportunity_search_by_id ON opportunity_search (scope, id);
CREATE INDEX opportunity_search_by_at ON opportunity_search (scope, at, id);
CREATE INDEX opportunity_search_by_stage ON opportunity_search (scope, stage, at, id) WHERE stage <> '';
CREATE INDEX opportunity_search_by_review_status ON opportunity_search (scope, review_status, at, id) WHERE review_status <> '';
CREATE INDEX opportunity_search_by_company ON opportunity_search (scope, company, at, id) WHERE company <> '';
CREATE INDEX opportunity_search_by_target_close_at ON opportunity_search (scope, target_close_at, at, id) WHERE target_close_at IS NOT NULL;
CREATE INDEX opportunity_search_by_created_at ON opportunity_search (scope, created_at, at, id) WHERE created_at IS NOT NULL;
CREATE INDEX opportunity_search_by_country ON opportunity_search (scope, country, at, id) WHERE country <> '';
CREATE INDEX opportunity_search_by_opportunity_type ON opportunity_search (scope, opportunity_type, at, id) WHERE opportunity_type <> '';
CREATE INDEX opportunity_search_by_partner_identifier ON opportunity_search (scope, partner_identifier, at, id) WHERE partner_identifier <> '';
CREATE INDEX opportunity_search_by_industry ON opportunity_search (scope, industry, at, id) WHERE industry <> '';
CREATE INDEX opportunity_search_by_aws_account ON opportunity_search (scope, aws_account, at, id) WHERE aws_account <> '';
CREATE INDEX opportunity_search_by_origin ON opportunity_search (scope, origin, at, id) WHERE origin <> '';
CREATE INDEX opportunity_search_by_cosell_motion ON opportunity_search (scope, cosell_motion, at, id) WHERE cosell_motion <> '';
CREATE INDEX opportunity_search_by_estimated_mrr ON opportunity_search (scope, estimated_mrr, at, id) WHERE estimated_mrr IS NOT NULL;
CREATE INDEX opportunity_search_by_engagement_score ON opportunity_search (scope, engagement_score, at, id) WHERE engagement_score <> '';

-- The same for engagements: a row for each member.
CREATE TABLE engagement_search (
-- +engine sqlite
    doc                   INTEGER PRIMARY KEY,
-- +engine postgres
    doc                   BIGINT PRIMARY KEY,
-- +engine all
    scope                 BIGINT NOT NULL,
    id                    TEXT   NOT NULL,
    at                    BIGINT NOT NULL,
    words                 TEXT   NOT NULL,
    title                 TEXT   NOT NULL,
    partner               TEXT   NOT NULL,
    modified_at           BIGINT,
    members               BIGINT,
    prospect_geo          TEXT   NOT NULL,
    prospect_region       TEXT   NOT NULL,
    prospect_industry     TEXT   NOT NULL,
    prospect_segment      TEXT   NOT NULL,
    prospect_country      TEXT   NOT NULL,
    prospect_size         TEXT   NOT NULL,
    prospect_score        TEXT   NOT NULL,
    prospect_category     TEXT   NOT NULL,
    prospect_sub_category TEXT   NOT NULL,
    lead_status           TEXT   NOT NULL,
    lead_readiness        TEXT   NOT NULL,
    lead_industry         TEXT   NOT NULL,
    lead_country          TEXT   NOT NULL,
    lead_maturity         TEXT   NOT NULL,
    lead_segment          TEXT   NOT NULL,
    lead_source_type      TEXT   NOT NULL,
    lead_company          TEXT   NOT NULL,
    lead_first_name       TEXT   NOT NULL,
    lead_last_name        TEXT   NOT NULL,
    lead_use_case         TEXT   NOT NULL,
    lead_source_name      TEXT   NOT NULL,
    lead_business_title   TEXT   NOT NULL,
    context_types         TEXT   NOT NULL
);
CREATE UNIQUE INDEX engagement_search_by_id ON engagement_search (scope, id);
CREATE INDEX engagement_search_by_at ON engagement_search (scope, at, id);
CREATE INDEX engagement_search_by_partner ON engagement_search (scope, partner, at, id) WHERE partner <> '';
CREATE INDEX engagement_search_by_modified_at ON engagement_search (scope, modified_at, at, id) WHERE modified_at IS NOT NULL;

-- The words of each row, and a token for each of some values.
-- +engine sqlite
CREATE VIRTUAL TABLE opportunity_search_words USING fts5(tokens, content='', contentless_delete=1, detail=none, tokenize='ascii');
CREATE VIRTUAL TABLE engagement_search_words USING fts5(tokens, content='', contentless_delete=1, detail=none, tokenize='ascii');
-- +engine postgres
CREATE TABLE opportunity_search_words (doc BIGINT PRIMARY KEY, tokens TSVECTOR NOT NULL);
CREATE INDEX opportunity_search_words_by_token ON opportunity_search_words USING gin (tokens) WITH (fastupdate = off);
CREATE TABLE engagement_search_words (doc BIGINT PRIMARY KEY, tokens TSVECTOR NOT NULL);
CREATE INDEX engagement_search_words_by_token ON engagement_search_words USING gin (tokens) WITH (fastupdate = off);
-- +engine all

-- Whatever writes a record marks it. Deleting marks nothing, so that a store is
-- emptied quickly: who deletes what a search finds marks it himself.
-- +engine sqlite
-- +goose StatementBegin
CREATE TRIGGER opportunity_added AFTER INSERT ON opportunities BEGIN
    INSERT INTO search_marks VALUES ('opportunity', new.account, new.catalog, new.id) ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER opportunity_changed AFTER UPDATE OF document ON opportunities BEGIN
    INSERT INTO search_marks VALUES ('opportunity', new.account, new.catalog, new.id) ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER aws_opportunity_added AFTER INSERT ON aws_opportunities BEGIN
    INSERT INTO search_marks VALUES ('opportunity', new.account, new.catalog, new.id) ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER aws_opportunity_changed AFTER UPDATE OF document ON aws_opportunities BEGIN
    INSERT INTO search_marks VALUES ('opportunity', new.account, new.catalog, new.id) ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER opportunity_tag_added AFTER INSERT ON tags WHEN instr(new.arn, '/opportunity/') > 0 BEGIN
    INSERT INTO search_marks VALUES ('opportunity', new.account,
        substr(new.arn, instr(new.arn, ':catalog/') + 9, instr(new.arn, '/opportunity/') - instr(new.arn, ':catalog/') - 9),
        substr(new.arn, instr(new.arn, '/opportunity/') + 13)) ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER opportunity_tag_changed AFTER UPDATE OF value ON tags WHEN instr(new.arn, '/opportunity/') > 0 BEGIN
    INSERT INTO search_marks VALUES ('opportunity', new.account,
        substr(new.arn, instr(new.arn, ':catalog/') + 9, instr(new.arn, '/opportunity/') - instr(new.arn, ':catalog/') - 9),
        substr(new.arn, instr(new.arn, '/opportunity/') + 13)) ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER engagement_added AFTER INSERT ON engagements BEGIN
    INSERT INTO search_marks VALUES ('engagement', '', new.catalog, new.id) ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER engagement_changed AFTER UPDATE OF document ON engagements BEGIN
    INSERT INTO search_marks VALUES ('engagement', '', new.catalog, new.id) ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER engagement_member_added AFTER INSERT ON engagement_members BEGIN
    INSERT INTO search_marks VALUES ('engagement', '', new.catalog, new.engagement_id) ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER member_profile_added AFTER INSERT ON accounts BEGIN
    INSERT INTO search_marks SELECT 'engagement', '', catalog, engagement_id FROM engagement_members
        WHERE account = new.account ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER member_profile_changed AFTER UPDATE OF document ON accounts BEGIN
    INSERT INTO search_marks SELECT 'engagement', '', catalog, engagement_id FROM engagement_members
        WHERE account = new.account ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
-- +engine postgres
-- +goose StatementBegin
CREATE FUNCTION search_mark_opportunity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_marks VALUES ('opportunity', NEW.account, NEW.catalog, NEW.id);
    RETURN NULL;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION search_mark_tagged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_marks VALUES ('opportunity', NEW.account,
        split_part(split_part(NEW.arn, ':catalog/', 2), '/', 1), split_part(NEW.arn, '/opportunity/', 2));
    RETURN NULL;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION search_mark_engagement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_marks VALUES ('engagement', '', NEW.catalog, NEW.id);
    RETURN NULL;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION search_mark_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_marks VALUES ('engagement', '', NEW.catalog, NEW.engagement_id);
    RETURN NULL;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION search_mark_profile() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_marks SELECT 'engagement', '', catalog, engagement_id FROM engagement_members
        WHERE account = NEW.account;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER opportunity_written AFTER INSERT OR UPDATE OF document ON opportunities
    FOR EACH ROW EXECUTE FUNCTION search_mark_opportunity();
CREATE TRIGGER aws_opportunity_written AFTER INSERT OR UPDATE OF document ON aws_opportunities
    FOR EACH ROW EXECUTE FUNCTION search_mark_opportunity();
CREATE TRIGGER opportunity_tag_written AFTER INSERT OR UPDATE OF value ON tags
    FOR EACH ROW WHEN (strpos(NEW.arn, '/opportunity/') > 0) EXECUTE FUNCTION search_mark_tagged();
CREATE TRIGGER engagement_written AFTER INSERT OR UPDATE OF document ON engagements
    FOR EACH ROW EXECUTE FUNCTION search_mark_engagement();
CREATE TRIGGER engagement_member_added AFTER INSERT ON engagement_members
    FOR EACH ROW EXECUTE FUNCTION search_mark_member();
CREATE TRIGGER member_profile_written AFTER INSERT OR UPDATE OF document ON accounts
    FOR EACH ROW EXECUTE FUNCTION search_mark_profile();
-- +engine all

-- All that is there already.
INSERT INTO search_marks SELECT 'opportunity', account, catalog, id FROM opportunities;
INSERT INTO search_marks SELECT 'engagement', '', catalog, id FROM engagements;
