-- The shared parts: the role that serves requests, accounts, the change log, retries, jobs.

-- Requests run as a role that is neither owner nor superuser, so that row level security binds them.
-- Roles belong to the whole server and outlive a single database: made once, never dropped here.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rebound_app') THEN
        CREATE ROLE rebound_app NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL; -- another database of this server is migrated at the same moment
END
$$;
DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'rebound_app', 'MEMBER') THEN
        EXECUTE format('GRANT rebound_app TO %I', current_user);
    END IF;
END
$$;
GRANT USAGE ON SCHEMA public TO rebound_app;
GRANT SELECT ON __diesel_schema_migrations TO rebound_app;

-- Global tables: reached only from auth, jobs and http; never through a list of rows.

CREATE TABLE users (
    id uuid NOT NULL CONSTRAINT users_pkey PRIMARY KEY,
    email text NOT NULL CONSTRAINT users_email_length CHECK (char_length(email) BETWEEN 3 AND 254),
    email_verified_at timestamptz,
    -- Registered where addresses need a proof, and not usable before it.
    awaits_proof boolean NOT NULL DEFAULT false,
    password_hash text NOT NULL CONSTRAINT users_password_hash_length CHECK (char_length(password_hash) <= 500),
    display_name text CONSTRAINT users_display_name_length CHECK (char_length(display_name) BETWEEN 1 AND 100),
    time_zone text NOT NULL CONSTRAINT users_time_zone_length CHECK (char_length(time_zone) <= 64),
    cooloff_hours integer NOT NULL DEFAULT 24 CONSTRAINT users_cooloff_hours_range CHECK (cooloff_hours BETWEEN 2 AND 72),
    ghost_after_days integer NOT NULL DEFAULT 30 CONSTRAINT users_ghost_after_days_range CHECK (ghost_after_days BETWEEN 7 AND 365),
    week_starts_on text NOT NULL DEFAULT 'monday' CONSTRAINT users_week_starts_on_value CHECK (week_starts_on IN ('monday', 'sunday', 'saturday')),
    wellbeing_enabled boolean NOT NULL DEFAULT false,
    disabled_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX users_email_key ON users (lower(email));

CREATE TABLE sessions (
    id uuid NOT NULL CONSTRAINT sessions_pkey PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT sessions_user_fkey REFERENCES users ON DELETE CASCADE,
    device text CONSTRAINT sessions_device_length CHECK (char_length(device) <= 200),
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    -- The refresh token that was used last, and the generation of those that may be used next.
    last_used_hash bytea,
    generation integer NOT NULL DEFAULT 0
);
CREATE INDEX sessions_user_idx ON sessions (user_id);
CREATE INDEX sessions_expires_idx ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    hash bytea NOT NULL CONSTRAINT refresh_tokens_pkey PRIMARY KEY,
    session_id uuid NOT NULL CONSTRAINT refresh_tokens_session_fkey REFERENCES sessions ON DELETE CASCADE,
    generation integer NOT NULL
);
CREATE INDEX refresh_tokens_session_idx ON refresh_tokens (session_id);

CREATE TABLE email_tokens (
    hash bytea NOT NULL CONSTRAINT email_tokens_pkey PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT email_tokens_user_fkey REFERENCES users ON DELETE CASCADE,
    purpose text NOT NULL CONSTRAINT email_tokens_purpose_value CHECK (purpose IN ('verify_email', 'password_reset')),
    expires_at timestamptz NOT NULL
);
CREATE INDEX email_tokens_user_idx ON email_tokens (user_id);

-- What is limited across replicas: failed logins, registrations, mails. Addresses are kept as hashes.
CREATE TABLE throttles (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT throttles_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT throttles_kind_length CHECK (char_length(kind) <= 40),
    subject bytea NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX throttles_subject_idx ON throttles (kind, subject, at);
CREATE INDEX throttles_at_idx ON throttles (at);

CREATE TABLE idempotency_keys (
    user_id uuid NOT NULL CONSTRAINT idempotency_keys_user_fkey REFERENCES users ON DELETE CASCADE,
    key text NOT NULL CONSTRAINT idempotency_keys_key_length CHECK (char_length(key) BETWEEN 1 AND 255),
    fingerprint bytea NOT NULL,
    status smallint NOT NULL,
    location text,
    version integer,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_created_idx ON idempotency_keys (created_at);

-- A job is deleted when it is done. One that failed too often stays, with the reason, until someone looks.
CREATE TABLE jobs (
    id uuid NOT NULL CONSTRAINT jobs_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT jobs_kind_length CHECK (char_length(kind) <= 60),
    -- The user it works for; an erased user's jobs go along.
    user_id uuid CONSTRAINT jobs_user_fkey REFERENCES users ON DELETE CASCADE,
    payload jsonb NOT NULL,
    unique_key text CONSTRAINT jobs_unique_key_length CHECK (char_length(unique_key) <= 200),
    run_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    max_attempts integer NOT NULL,
    leased_until timestamptz,
    failed_at timestamptz,
    last_error text CONSTRAINT jobs_last_error_length CHECK (char_length(last_error) <= 500),
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX jobs_unique_key_key ON jobs (unique_key);
CREATE INDEX jobs_due_idx ON jobs (run_at) WHERE failed_at IS NULL;
CREATE INDEX jobs_user_idx ON jobs (user_id);

GRANT SELECT, INSERT, UPDATE, DELETE
    ON users, sessions, refresh_tokens, email_tokens, throttles, idempotency_keys, jobs TO rebound_app;

-- Owned tables: the owner is in the key, and row level security shows and takes that owner's rows only.

CREATE TABLE events (
    owner_id uuid NOT NULL CONSTRAINT events_owner_fkey REFERENCES users ON DELETE CASCADE,
    id bigint GENERATED ALWAYS AS IDENTITY,
    -- Readers take only rows of transactions that no running one can precede, so that nothing is skipped
    -- when an earlier transaction commits late.
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind text NOT NULL CONSTRAINT events_kind_length CHECK (char_length(kind) <= 60),
    resource_type text NOT NULL CONSTRAINT events_resource_type_length CHECK (char_length(resource_type) <= 60),
    resource_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    data jsonb NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (owner_id, id)
);
CREATE INDEX events_order_idx ON events (owner_id, xid, id);

ALTER TABLE events ENABLE ROW LEVEL SECURITY;
CREATE POLICY events_read ON events FOR SELECT TO rebound_app
    USING (owner_id = ANY ((SELECT nullif(current_setting('app.owner_ids', true), '')::uuid[])::uuid[]));
CREATE POLICY events_insert ON events FOR INSERT TO rebound_app
    WITH CHECK (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY events_update ON events FOR UPDATE TO rebound_app
    USING (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY events_delete ON events FOR DELETE TO rebound_app
    USING (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
GRANT SELECT, INSERT, DELETE ON events TO rebound_app;
