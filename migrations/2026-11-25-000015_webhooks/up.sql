-- Webhooks: endpoints that are told of events, what is delivered to them, and each attempt to do so.

CREATE TABLE webhooks (
    owner_id uuid NOT NULL CONSTRAINT webhooks_owner_fkey REFERENCES users ON DELETE CASCADE,
    id uuid NOT NULL,
    url text NOT NULL CONSTRAINT webhooks_url_length CHECK (char_length(url) BETWEEN 1 AND 2000),
    description text CONSTRAINT webhooks_description_length CHECK (char_length(description) BETWEEN 1 AND 200),
    event_types text[] NOT NULL CONSTRAINT webhooks_event_types_count CHECK (cardinality(event_types) BETWEEN 1 AND 50),
    status text NOT NULL CONSTRAINT webhooks_status_value CHECK (status IN ('active', 'disabled')),
    disabled_reason text CONSTRAINT webhooks_disabled_reason_value CHECK (disabled_reason IN ('requested', 'gone', 'failing')),
    disabled_at timestamptz,
    -- Sealed: whoever has the database alone cannot sign.
    secret bytea NOT NULL CONSTRAINT webhooks_secret_length CHECK (octet_length(secret) <= 200),
    -- Signs beside the present one until it ends.
    previous_secret bytea CONSTRAINT webhooks_previous_secret_length CHECK (octet_length(previous_secret) <= 200),
    previous_secret_until timestamptz,
    -- The last event of the owner's log that was looked at: everything up to it became a delivery or was not wanted.
    heard_epoch integer NOT NULL,
    heard_xid xid8 NOT NULL,
    heard_id bigint NOT NULL,
    -- Since when no attempt has succeeded.
    failing_since timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT webhooks_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT webhooks_disabled_has_reason CHECK ((status = 'disabled') = (disabled_reason IS NOT NULL) AND (status = 'disabled') = (disabled_at IS NOT NULL)),
    CONSTRAINT webhooks_previous_secret_ends CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL))
);
CREATE INDEX webhooks_list_idx ON webhooks (owner_id, created_at DESC, id DESC);

CREATE TABLE webhook_deliveries (
    owner_id uuid NOT NULL,
    id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    -- The event that it tells of; none for a ping.
    event_id bigint,
    event_type text NOT NULL CONSTRAINT webhook_deliveries_event_type_length CHECK (char_length(event_type) BETWEEN 1 AND 60),
    -- What is sent, byte for byte, each time: ids and no text of the user's.
    payload text NOT NULL CONSTRAINT webhook_deliveries_payload_length CHECK (char_length(payload) BETWEEN 2 AND 4000),
    state text NOT NULL CONSTRAINT webhook_deliveries_state_value CHECK (state IN ('pending', 'delivered', 'failed')),
    attempt_count integer NOT NULL CONSTRAINT webhook_deliveries_attempt_count_range CHECK (attempt_count >= 0),
    -- How many attempts of the schedule are behind it.
    step integer NOT NULL CONSTRAINT webhook_deliveries_step_range CHECK (step >= 0),
    next_attempt_at timestamptz,
    delivered_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT webhook_deliveries_webhook_fkey FOREIGN KEY (owner_id, webhook_id) REFERENCES webhooks ON DELETE CASCADE,
    CONSTRAINT webhook_deliveries_pending_is_planned CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL)),
    CONSTRAINT webhook_deliveries_delivered_is_dated CHECK (state <> 'delivered' OR delivered_at IS NOT NULL)
);
-- An event becomes one delivery to an endpoint, however often it is looked at.
CREATE UNIQUE INDEX webhook_deliveries_event_key ON webhook_deliveries (owner_id, webhook_id, event_id);
CREATE INDEX webhook_deliveries_list_idx ON webhook_deliveries (owner_id, webhook_id, created_at DESC, id DESC);
CREATE INDEX webhook_deliveries_due_idx ON webhook_deliveries (owner_id, webhook_id, next_attempt_at, id) WHERE state = 'pending';

CREATE TABLE webhook_attempts (
    owner_id uuid NOT NULL,
    id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    -- Counts the attempts of one delivery, from 1.
    number integer NOT NULL CONSTRAINT webhook_attempts_number_range CHECK (number >= 1),
    attempted_at timestamptz NOT NULL,
    duration_ms integer NOT NULL CONSTRAINT webhook_attempts_duration_range CHECK (duration_ms >= 0),
    response_status integer CONSTRAINT webhook_attempts_response_status_range CHECK (response_status BETWEEN 100 AND 999),
    -- The first bytes of the answer, without control characters.
    response_body text CONSTRAINT webhook_attempts_response_body_length CHECK (char_length(response_body) <= 1024),
    -- Why there is no answer.
    failure text CONSTRAINT webhook_attempts_failure_value CHECK (failure IN ('address_refused', 'name_unknown', 'connection_failed', 'timeout', 'secret_lost')),
    CONSTRAINT webhook_attempts_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT webhook_attempts_delivery_fkey FOREIGN KEY (owner_id, delivery_id) REFERENCES webhook_deliveries ON DELETE CASCADE,
    CONSTRAINT webhook_attempts_answer_or_failure CHECK ((response_status IS NULL) = (failure IS NOT NULL))
);
CREATE UNIQUE INDEX webhook_attempts_number_key ON webhook_attempts (owner_id, delivery_id, number);

DO $$
DECLARE
    name text;
    readable text := '(SELECT nullif(current_setting(''app.owner_ids'', true), '''')::uuid[])::uuid[]';
    own text := '(SELECT nullif(current_setting(''app.user_id'', true), '''')::uuid)';
BEGIN
    FOREACH name IN ARRAY ARRAY['webhooks', 'webhook_deliveries', 'webhook_attempts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO rebound_app USING (owner_id = ANY (%s))', name || '_read', name, readable);
        EXECUTE format('CREATE POLICY %I ON %I FOR INSERT TO rebound_app WITH CHECK (owner_id = %s)', name || '_insert', name, own);
        EXECUTE format('CREATE POLICY %I ON %I FOR UPDATE TO rebound_app USING (owner_id = %s)', name || '_update', name, own);
        EXECUTE format('CREATE POLICY %I ON %I FOR DELETE TO rebound_app USING (owner_id = %s)', name || '_delete', name, own);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE, DELETE ON webhooks, webhook_deliveries TO rebound_app;
-- Attempts are append-only; they go with their delivery.
GRANT SELECT, INSERT ON webhook_attempts TO rebound_app;

-- Global: which endpoints there are, and which of them somebody has to look after. A row for each endpoint; workers claim it under a
-- lease, whoever's it is.
CREATE TABLE webhook_queue (
    user_id uuid NOT NULL CONSTRAINT webhook_queue_user_fkey REFERENCES users ON DELETE CASCADE,
    -- It refers to no row: owned tables may be spread over servers, this one is where the workers are.
    webhook_id uuid NOT NULL,
    -- When there is something to do; null while there is nothing.
    run_at timestamptz,
    -- Until when it is left alone, because it was slow or away.
    resting_until timestamptz,
    -- Under which name somebody looks after it, and until when that one is waited for, in real time.
    lease uuid,
    leased_until timestamptz,
    -- When deliveries that are too old were removed last.
    tidied_at timestamptz NOT NULL,
    CONSTRAINT webhook_queue_pkey PRIMARY KEY (user_id, webhook_id),
    CONSTRAINT webhook_queue_lease_ends CHECK ((lease IS NULL) = (leased_until IS NULL))
);
CREATE INDEX webhook_queue_due_idx ON webhook_queue (run_at) WHERE run_at IS NOT NULL;
CREATE INDEX webhook_queue_leased_idx ON webhook_queue (leased_until) WHERE leased_until IS NOT NULL;
CREATE INDEX webhook_queue_tidied_idx ON webhook_queue (tidied_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_queue TO rebound_app;
