-- The pending deliveries to a target in the order of events: those that have ended stay for long, and must not be
-- walked.

-- +goose Up
CREATE INDEX event_deliveries_in_order ON event_deliveries (account, target, sequence) WHERE status = 'PENDING';
