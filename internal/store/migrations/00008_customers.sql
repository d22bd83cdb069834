-- Customer accounts, the customers that they are mapped to, and the directory of
-- customers that an operator keeps.

-- +goose Up
CREATE TABLE customer_accounts (
    account     TEXT   NOT NULL,
    catalog     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    status      TEXT   NOT NULL,
    modified_at BIGINT NOT NULL,
    document    TEXT   NOT NULL,
    PRIMARY KEY (account, catalog, id)
);
CREATE INDEX customer_accounts_by_status ON customer_accounts (account, catalog, status, id);

-- An account maps one of its customer accounts to a customer, not more.
CREATE TABLE customer_mappings (
    account  TEXT NOT NULL,
    catalog  TEXT NOT NULL,
    customer TEXT NOT NULL,
    id       TEXT NOT NULL,
    PRIMARY KEY (account, catalog, customer)
);
CREATE INDEX customer_mappings_by_id ON customer_mappings (account, catalog, id);

-- The customers of a catalog in the order of the operator's list. Empty text is
-- absent.
CREATE TABLE directory_customers (
    catalog  TEXT   NOT NULL,
    position BIGINT NOT NULL,
    duns     TEXT   NOT NULL,
    domain   TEXT   NOT NULL,
    name     TEXT   NOT NULL,
    country  TEXT   NOT NULL,
    document TEXT   NOT NULL,
    PRIMARY KEY (catalog, position)
);
CREATE INDEX directory_customers_by_duns ON directory_customers (catalog, duns, position) WHERE duns <> '';
CREATE INDEX directory_customers_by_domain ON directory_customers (catalog, domain, position) WHERE domain <> '';
CREATE INDEX directory_customers_by_name ON directory_customers (catalog, name, country, position);
