-- The change feed: an order of events that survives a restore, and the place from which on events are kept.

-- Numbers of transactions begin anew where a dump is restored, and stored ones would lie in the future there.
-- So the order begins with an epoch: each database that the events have lived in is one.
CREATE TABLE event_epochs (
    epoch integer NOT NULL CONSTRAINT event_epochs_pkey PRIMARY KEY,
    -- Which database that is: the server's own number, and the database's number on it.
    system_identifier bigint NOT NULL,
    database_number bigint NOT NULL,
    began_at timestamptz NOT NULL
);
INSERT INTO event_epochs (epoch, system_identifier, database_number, began_at)
    SELECT 1, c.system_identifier, d.oid::bigint, now()
    FROM pg_control_system() c, pg_database d WHERE d.datname = current_database();
GRANT SELECT ON event_epochs TO rebound_app;

-- The default is what a new epoch changes: whoever writes does not know of it.
ALTER TABLE events ADD COLUMN epoch integer NOT NULL DEFAULT 1;
CREATE INDEX events_place_idx ON events (owner_id, epoch, xid, id);
DROP INDEX events_order_idx;

-- The last event of a user that was removed because of its age. No row: none was.
CREATE TABLE event_horizons (
    owner_id uuid NOT NULL CONSTRAINT event_horizons_pkey PRIMARY KEY
        CONSTRAINT event_horizons_owner_fkey REFERENCES users ON DELETE CASCADE,
    epoch integer NOT NULL,
    xid xid8 NOT NULL,
    id bigint NOT NULL
);
ALTER TABLE event_horizons ENABLE ROW LEVEL SECURITY;
CREATE POLICY event_horizons_read ON event_horizons FOR SELECT TO rebound_app
    USING (owner_id = ANY ((SELECT nullif(current_setting('app.owner_ids', true), '')::uuid[])::uuid[]));
CREATE POLICY event_horizons_insert ON event_horizons FOR INSERT TO rebound_app
    WITH CHECK (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY event_horizons_update ON event_horizons FOR UPDATE TO rebound_app
    USING (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY event_horizons_delete ON event_horizons FOR DELETE TO rebound_app
    USING (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON event_horizons TO rebound_app;
