-- Calendar feeds: secret addresses under which a calendar program finds one's days.

CREATE TABLE calendar_feeds (
    owner_id uuid NOT NULL CONSTRAINT calendar_feeds_owner_fkey REFERENCES users ON DELETE CASCADE,
    id uuid NOT NULL,
    name text NOT NULL CONSTRAINT calendar_feeds_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    include text[] NOT NULL CONSTRAINT calendar_feeds_include_value
        CHECK (include <@ ARRAY['interviews', 'follow_ups', 'reply_windows', 'goal_days'] AND cardinality(include) BETWEEN 1 AND 4),
    details text NOT NULL CONSTRAINT calendar_feeds_details_value CHECK (details IN ('full', 'busy')),
    -- The address itself is stored nowhere. It names the owner, so that it is looked for among that owner's only.
    token_hash bytea NOT NULL CONSTRAINT calendar_feeds_token_hash_length CHECK (octet_length(token_hash) = 32),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT calendar_feeds_pkey PRIMARY KEY (owner_id, id)
);
CREATE UNIQUE INDEX calendar_feeds_token_key ON calendar_feeds (owner_id, token_hash);
CREATE INDEX calendar_feeds_list_idx ON calendar_feeds (owner_id, created_at DESC, id DESC);

ALTER TABLE calendar_feeds ENABLE ROW LEVEL SECURITY;
CREATE POLICY calendar_feeds_read ON calendar_feeds FOR SELECT TO rebound_app
    USING (owner_id = ANY ((SELECT nullif(current_setting('app.owner_ids', true), '')::uuid[])::uuid[]));
CREATE POLICY calendar_feeds_insert ON calendar_feeds FOR INSERT TO rebound_app
    WITH CHECK (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY calendar_feeds_update ON calendar_feeds FOR UPDATE TO rebound_app
    USING (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY calendar_feeds_delete ON calendar_feeds FOR DELETE TO rebound_app
    USING (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_feeds TO rebound_app;
