-- Applications, their timeline, interviews, imports.

CREATE TABLE applications (
    owner_id uuid NOT NULL CONSTRAINT applications_owner_fkey REFERENCES users ON DELETE CASCADE,
    id uuid NOT NULL,
    external_id text CONSTRAINT applications_external_id_length CHECK (char_length(external_id) BETWEEN 1 AND 200),
    company text NOT NULL CONSTRAINT applications_company_length CHECK (char_length(company) BETWEEN 1 AND 200),
    job_title text NOT NULL CONSTRAINT applications_job_title_length CHECK (char_length(job_title) BETWEEN 1 AND 200),
    url text CONSTRAINT applications_url_length CHECK (char_length(url) BETWEEN 1 AND 2000),
    source text CONSTRAINT applications_source_length CHECK (char_length(source) BETWEEN 1 AND 100),
    location text CONSTRAINT applications_location_length CHECK (char_length(location) BETWEEN 1 AND 200),
    work_mode text CONSTRAINT applications_work_mode_value CHECK (work_mode IN ('on_site', 'hybrid', 'remote')),
    employment_type text CONSTRAINT applications_employment_type_value CHECK (employment_type IN ('full_time', 'part_time', 'contract', 'temporary', 'internship', 'apprenticeship', 'volunteer', 'other')),
    salary_min bigint CONSTRAINT applications_salary_min_range CHECK (salary_min BETWEEN 0 AND 1000000000000),
    salary_max bigint CONSTRAINT applications_salary_max_range CHECK (salary_max BETWEEN 0 AND 1000000000000),
    salary_currency text CONSTRAINT applications_salary_currency_form CHECK (salary_currency ~ '^[A-Z]{3}$'),
    salary_period text CONSTRAINT applications_salary_period_value CHECK (salary_period IN ('hour', 'day', 'week', 'month', 'year')),
    resume_version text CONSTRAINT applications_resume_version_length CHECK (char_length(resume_version) BETWEEN 1 AND 100),
    tailored boolean,
    required_skills text[] NOT NULL CONSTRAINT applications_required_skills_count CHECK (cardinality(required_skills) <= 50),
    own_skills text[] NOT NULL CONSTRAINT applications_own_skills_count CHECK (cardinality(own_skills) <= 50),
    applied_on date CONSTRAINT applications_applied_on_range CHECK (applied_on BETWEEN '1900-01-01' AND '2199-12-31'),
    next_action_on date CONSTRAINT applications_next_action_on_range CHECK (next_action_on BETWEEN '1900-01-01' AND '2199-12-31'),
    contact text CONSTRAINT applications_contact_length CHECK (char_length(contact) BETWEEN 1 AND 200),
    notes text CONSTRAINT applications_notes_length CHECK (char_length(notes) BETWEEN 1 AND 10000),
    tags text[] NOT NULL CONSTRAINT applications_tags_count CHECK (cardinality(tags) <= 20),
    status text NOT NULL CONSTRAINT applications_status_value CHECK (status IN ('saved', 'applied', 'screening', 'interviewing', 'offer', 'accepted', 'declined', 'rejected', 'ghosted', 'withdrawn')),
    furthest_stage text NOT NULL CONSTRAINT applications_furthest_stage_value CHECK (furthest_stage IN ('saved', 'applied', 'screening', 'interviewing', 'offer', 'accepted')),
    -- When the present status began: the occurred_at of the last step.
    status_since timestamptz NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT applications_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT applications_salary_order CHECK (salary_min <= salary_max)
);
-- Room on each page keeps an update of status and notes next to the old row, without touching the indexes
-- whose columns did not change.
ALTER TABLE applications SET (fillfactor = 85);
CREATE UNIQUE INDEX applications_external_id_key ON applications (owner_id, external_id);
CREATE INDEX applications_list_idx ON applications (owner_id, created_at DESC, id DESC);
CREATE INDEX applications_status_idx ON applications (owner_id, status, created_at DESC, id DESC);

CREATE TABLE application_steps (
    owner_id uuid NOT NULL,
    id uuid NOT NULL,
    application_id uuid NOT NULL,
    -- Counts the entries of one timeline, from 1: two moves at the same time cannot both be the next one.
    seq integer NOT NULL,
    kind text NOT NULL CONSTRAINT application_steps_kind_value CHECK (kind IN ('transition', 'reopen', 'correction', 'note')),
    from_status text,
    to_status text,
    -- The step that a correction takes out of every statistic.
    corrects_id uuid,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    note text CONSTRAINT application_steps_note_length CHECK (char_length(note) BETWEEN 1 AND 5000),
    CONSTRAINT application_steps_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT application_steps_application_fkey FOREIGN KEY (owner_id, application_id)
        REFERENCES applications ON DELETE CASCADE,
    CONSTRAINT application_steps_corrects_fkey FOREIGN KEY (owner_id, corrects_id)
        REFERENCES application_steps ON DELETE CASCADE,
    CONSTRAINT application_steps_note_or_move CHECK ((kind = 'note') = (to_status IS NULL))
);
CREATE UNIQUE INDEX application_steps_seq_key ON application_steps (owner_id, application_id, seq);
CREATE UNIQUE INDEX application_steps_corrects_key ON application_steps (owner_id, corrects_id);

CREATE TABLE interviews (
    owner_id uuid NOT NULL,
    id uuid NOT NULL,
    application_id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT interviews_kind_value CHECK (kind IN ('phone_screen', 'recruiter', 'technical', 'behavioral', 'panel', 'onsite', 'final', 'other')),
    scheduled_at timestamptz NOT NULL CONSTRAINT interviews_scheduled_at_range CHECK (scheduled_at BETWEEN '1900-01-01Z' AND '2200-01-01Z'),
    duration_minutes integer CONSTRAINT interviews_duration_range CHECK (duration_minutes BETWEEN 1 AND 1440),
    location text CONSTRAINT interviews_location_length CHECK (char_length(location) BETWEEN 1 AND 200),
    link text CONSTRAINT interviews_link_length CHECK (char_length(link) BETWEEN 1 AND 2000),
    outcome text NOT NULL CONSTRAINT interviews_outcome_value CHECK (outcome IN ('pending', 'passed', 'failed', 'cancelled')),
    prepared_on date CONSTRAINT interviews_prepared_on_range CHECK (prepared_on BETWEEN '1900-01-01' AND '2199-12-31'),
    notes text CONSTRAINT interviews_notes_length CHECK (char_length(notes) BETWEEN 1 AND 10000),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT interviews_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT interviews_application_fkey FOREIGN KEY (owner_id, application_id)
        REFERENCES applications ON DELETE CASCADE
);
CREATE INDEX interviews_application_idx ON interviews (owner_id, application_id);
CREATE INDEX interviews_list_idx ON interviews (owner_id, created_at DESC, id DESC);
CREATE INDEX interviews_schedule_idx ON interviews (owner_id, scheduled_at, id);

CREATE TABLE imports (
    owner_id uuid NOT NULL CONSTRAINT imports_owner_fkey REFERENCES users ON DELETE CASCADE,
    id uuid NOT NULL,
    status text NOT NULL CONSTRAINT imports_status_value CHECK (status IN ('queued', 'running', 'completed', 'failed')),
    done integer NOT NULL,
    total integer NOT NULL,
    -- What is left to do: the file and how to read it. Emptied when the import ends.
    source bytea,
    options jsonb NOT NULL,
    report jsonb NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT imports_pkey PRIMARY KEY (owner_id, id)
);

DO $$
DECLARE
    name text;
    readable text := '(SELECT nullif(current_setting(''app.owner_ids'', true), '''')::uuid[])::uuid[]';
    own text := '(SELECT nullif(current_setting(''app.user_id'', true), '''')::uuid)';
BEGIN
    FOREACH name IN ARRAY ARRAY['applications', 'application_steps', 'interviews', 'imports'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO rebound_app USING (owner_id = ANY (%s))', name || '_read', name, readable);
        EXECUTE format('CREATE POLICY %I ON %I FOR INSERT TO rebound_app WITH CHECK (owner_id = %s)', name || '_insert', name, own);
        EXECUTE format('CREATE POLICY %I ON %I FOR UPDATE TO rebound_app USING (owner_id = %s)', name || '_update', name, own);
        EXECUTE format('CREATE POLICY %I ON %I FOR DELETE TO rebound_app USING (owner_id = %s)', name || '_delete', name, own);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE, DELETE ON applications, interviews, imports TO rebound_app;
-- The timeline is append-only; its rows go with their application.
GRANT SELECT, INSERT ON application_steps TO rebound_app;
