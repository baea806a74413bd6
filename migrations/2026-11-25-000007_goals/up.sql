-- Goals: small achievable ones, their check-ins, and the times when they were paused.

CREATE TABLE goals (
    owner_id uuid NOT NULL CONSTRAINT goals_owner_fkey REFERENCES users ON DELETE CASCADE,
    id uuid NOT NULL,
    title text NOT NULL CONSTRAINT goals_title_length CHECK (char_length(title) BETWEEN 1 AND 200),
    notes text CONSTRAINT goals_notes_length CHECK (char_length(notes) BETWEEN 1 AND 10000),
    category text NOT NULL CONSTRAINT goals_category_value CHECK (category IN ('resume_review', 'interview_practice', 'skill_development', 'company_research', 'networking', 'wellbeing', 'applications', 'profile', 'routine', 'support')),
    kind text NOT NULL CONSTRAINT goals_kind_value CHECK (kind IN ('recurring', 'one_off')),
    target_count integer NOT NULL CONSTRAINT goals_target_count_range CHECK (target_count BETWEEN 1 AND 1000),
    period text CONSTRAINT goals_period_value CHECK (period IN ('day', 'week', 'month')),
    measure text NOT NULL CONSTRAINT goals_measure_value CHECK (measure IN ('check_ins', 'applications_submitted', 'networking_activities', 'feedback_requests_sent', 'reflections_written', 'interviews_prepared')),
    due_on date CONSTRAINT goals_due_on_range CHECK (due_on BETWEEN '1900-01-01' AND '2199-12-31'),
    status text NOT NULL CONSTRAINT goals_status_value CHECK (status IN ('active', 'paused', 'completed', 'archived')),
    status_since timestamptz NOT NULL,
    -- What was noted with the last change of the status.
    status_note text CONSTRAINT goals_status_note_length CHECK (char_length(status_note) BETWEEN 1 AND 5000),
    -- What it grew from. The goal outlives that, so this refers to no table.
    origin_type text CONSTRAINT goals_origin_type_value CHECK (origin_type IN ('reflection', 'feedback_request')),
    origin_id uuid,
    origin_suggestion text CONSTRAINT goals_origin_suggestion_form CHECK (origin_suggestion ~ '^[a-z0-9_]{1,100}$'),
    -- The local day of its creation, and of its end: a later change of the time zone rewrites neither.
    started_on date NOT NULL,
    closed_on date,
    -- What all periods before a day come to, so that a long history need not be read again and again.
    -- The cool-offs that were taken into account are kept as a fingerprint.
    settled_before date,
    settled_current integer CONSTRAINT goals_settled_current_range CHECK (settled_current >= 0),
    settled_longest integer CONSTRAINT goals_settled_longest_range CHECK (settled_longest >= 0),
    settled_cooloffs bigint,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT goals_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT goals_recurring_has_period CHECK ((kind = 'recurring') = (period IS NOT NULL)),
    CONSTRAINT goals_one_off_is_due CHECK (kind = 'one_off' OR due_on IS NULL),
    CONSTRAINT goals_closed_has_day CHECK ((status IN ('completed', 'archived')) = (closed_on IS NOT NULL)),
    CONSTRAINT goals_origin_whole CHECK ((origin_type IS NULL) = (origin_id IS NULL) AND (origin_suggestion IS NULL OR origin_id IS NOT NULL)),
    CONSTRAINT goals_settled_whole CHECK (num_nulls(settled_before, settled_current, settled_longest, settled_cooloffs) IN (0, 4))
);
CREATE INDEX goals_list_idx ON goals (owner_id, created_at DESC, id DESC);
-- A suggestion becomes a goal once, however often and however parallel it is accepted.
CREATE UNIQUE INDEX goals_suggestion_key ON goals (owner_id, origin_type, origin_id, origin_suggestion);

CREATE TABLE goal_check_ins (
    owner_id uuid NOT NULL,
    id uuid NOT NULL,
    goal_id uuid NOT NULL,
    -- A local day, kept as a date.
    occurred_on date NOT NULL CONSTRAINT goal_check_ins_occurred_on_range CHECK (occurred_on BETWEEN '1900-01-01' AND '2199-12-31'),
    kind text NOT NULL CONSTRAINT goal_check_ins_kind_value CHECK (kind IN ('done', 'rest')),
    value integer NOT NULL,
    note text CONSTRAINT goal_check_ins_note_length CHECK (char_length(note) BETWEEN 1 AND 5000),
    external_id text CONSTRAINT goal_check_ins_external_id_length CHECK (char_length(external_id) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL,
    CONSTRAINT goal_check_ins_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT goal_check_ins_goal_fkey FOREIGN KEY (owner_id, goal_id)
        REFERENCES goals ON DELETE CASCADE,
    -- A rest adds nothing to a sum.
    CONSTRAINT goal_check_ins_value_range CHECK (CASE kind WHEN 'rest' THEN value = 0 ELSE value BETWEEN 1 AND 1000 END)
);
CREATE INDEX goal_check_ins_day_idx ON goal_check_ins (owner_id, goal_id, occurred_on, id);
CREATE UNIQUE INDEX goal_check_ins_external_id_key ON goal_check_ins (owner_id, goal_id, external_id);

CREATE TABLE goal_pauses (
    owner_id uuid NOT NULL,
    id uuid NOT NULL,
    goal_id uuid NOT NULL,
    -- Local days: the one on which it was paused, and the one on which it went on or ended.
    started_on date NOT NULL,
    ended_on date,
    CONSTRAINT goal_pauses_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT goal_pauses_goal_fkey FOREIGN KEY (owner_id, goal_id)
        REFERENCES goals ON DELETE CASCADE,
    CONSTRAINT goal_pauses_order CHECK (ended_on >= started_on)
);
CREATE INDEX goal_pauses_goal_idx ON goal_pauses (owner_id, goal_id, started_on);
-- A goal is paused at most once at a time.
CREATE UNIQUE INDEX goal_pauses_open_key ON goal_pauses (owner_id, goal_id) WHERE ended_on IS NULL;

DO $$
DECLARE
    name text;
    readable text := '(SELECT nullif(current_setting(''app.owner_ids'', true), '''')::uuid[])::uuid[]';
    own text := '(SELECT nullif(current_setting(''app.user_id'', true), '''')::uuid)';
BEGIN
    FOREACH name IN ARRAY ARRAY['goals', 'goal_check_ins', 'goal_pauses'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO rebound_app USING (owner_id = ANY (%s))', name || '_read', name, readable);
        EXECUTE format('CREATE POLICY %I ON %I FOR INSERT TO rebound_app WITH CHECK (owner_id = %s)', name || '_insert', name, own);
        EXECUTE format('CREATE POLICY %I ON %I FOR UPDATE TO rebound_app USING (owner_id = %s)', name || '_update', name, own);
        EXECUTE format('CREATE POLICY %I ON %I FOR DELETE TO rebound_app USING (owner_id = %s)', name || '_delete', name, own);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE, DELETE ON goals, goal_pauses TO rebound_app;
-- A check-in is never edited: it is taken back and made anew.
GRANT SELECT, INSERT, DELETE ON goal_check_ins TO rebound_app;
