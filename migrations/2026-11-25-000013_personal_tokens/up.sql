-- Personal access tokens: for scripts and for what others build. Like sessions they are looked up before
-- anybody is signed in.

CREATE TABLE personal_tokens (
    id uuid NOT NULL CONSTRAINT personal_tokens_pkey PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT personal_tokens_user_fkey REFERENCES users ON DELETE CASCADE,
    -- SHA-256 of the token. The token itself is shown once and kept nowhere.
    hash bytea NOT NULL CONSTRAINT personal_tokens_hash_length CHECK (octet_length(hash) = 32),
    name text NOT NULL CONSTRAINT personal_tokens_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    -- What it may do. They follow from the paths of the API, so the service knows them and no list here does.
    scopes text[] NOT NULL CONSTRAINT personal_tokens_scopes_form
        CHECK (cardinality(scopes) <= 200 AND array_position(scopes, NULL) IS NULL),
    expires_at timestamptz NOT NULL,
    last_used_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX personal_tokens_hash_key ON personal_tokens (hash);
CREATE INDEX personal_tokens_user_idx ON personal_tokens (user_id, created_at DESC, id DESC);
CREATE INDEX personal_tokens_expires_idx ON personal_tokens (expires_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON personal_tokens TO rebound_app;
