DROP TABLE event_horizons;
CREATE INDEX events_order_idx ON events (owner_id, xid, id);
DROP INDEX events_place_idx;
ALTER TABLE events DROP COLUMN epoch;
DROP TABLE event_epochs;
