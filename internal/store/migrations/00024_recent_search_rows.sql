-- Rows that a search had to make of many records at once: they have no indexes, and are
-- moved behind it (store/search_recent.go). They replace the rows of the same records.
-- Lines after "-- +engine NAME" are for one engine only.

-- +goose Up
CREATE TABLE opportunity_search_recent (
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
    engagement_score   TEXT   NOT NULL,
    PRIMARY KEY (scope, id)
-- +engine sqlite
) WITHOUT ROWID;
-- +engine postgres
);
-- +engine all
CREATE TABLE engagement_search_recent (
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
    context_types         TEXT   NOT NULL,
    PRIMARY KEY (scope, id)
-- +engine sqlite
) WITHOUT ROWID;
-- +engine postgres
);
-- +engine all
CREATE TABLE customer_search_recent (
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
    region         TEXT   NOT NULL,
    PRIMARY KEY (scope, id)
-- +engine sqlite
) WITHOUT ROWID;
-- +engine postgres
);
-- +engine all
