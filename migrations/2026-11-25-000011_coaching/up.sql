-- Coaching: the link between a seeker and a coach, what was read through it, notes, suggested goals.
--
-- Each row belongs to two users. Row level security shows it to either of them; whoever is nobody's party
-- sees nothing.

CREATE TABLE coach_links (
    seeker_id uuid NOT NULL CONSTRAINT coach_links_seeker_fkey REFERENCES users ON DELETE CASCADE,
    id uuid NOT NULL,
    -- Known once the invited person answered; null again when their account is erased.
    coach_id uuid CONSTRAINT coach_links_coach_fkey REFERENCES users ON DELETE SET NULL,
    -- Whom the seeker invited, in lower case.
    coach_email text NOT NULL CONSTRAINT coach_links_coach_email_length CHECK (char_length(coach_email) BETWEEN 3 AND 254),
    scopes text[] NOT NULL CONSTRAINT coach_links_scopes_value
        CHECK (scopes <@ ARRAY['applications', 'insights', 'goals', 'reflections', 'feedback', 'wellbeing', 'suggest_goals', 'notes']),
    status text NOT NULL CONSTRAINT coach_links_status_value CHECK (status IN ('invited', 'active', 'declined', 'revoked', 'expired')),
    status_since timestamptz NOT NULL,
    ends_at timestamptz CONSTRAINT coach_links_ends_at_range CHECK (ends_at BETWEEN '1900-01-01Z' AND '2200-01-01Z'),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT coach_links_pkey PRIMARY KEY (seeker_id, id)
);
-- One open link for each address, however many requests race.
CREATE UNIQUE INDEX coach_links_open_key ON coach_links (seeker_id, coach_email) WHERE status IN ('invited', 'active');
CREATE INDEX coach_links_list_idx ON coach_links (seeker_id, created_at DESC, id DESC);
CREATE INDEX coach_links_coach_idx ON coach_links (coach_id, seeker_id);
-- Invitations wait for whoever reads the mails of an address.
CREATE INDEX coach_links_invited_idx ON coach_links (coach_email, created_at DESC, id DESC) WHERE status = 'invited';

-- What a coach read. Only ever added to.
CREATE TABLE coach_accesses (
    seeker_id uuid NOT NULL,
    id uuid NOT NULL,
    link_id uuid NOT NULL,
    coach_id uuid CONSTRAINT coach_accesses_coach_fkey REFERENCES users ON DELETE SET NULL,
    view text NOT NULL CONSTRAINT coach_accesses_view_length CHECK (char_length(view) BETWEEN 1 AND 60),
    occurred_at timestamptz NOT NULL,
    CONSTRAINT coach_accesses_pkey PRIMARY KEY (seeker_id, id),
    CONSTRAINT coach_accesses_link_fkey FOREIGN KEY (seeker_id, link_id)
        REFERENCES coach_links ON DELETE CASCADE
);
CREATE INDEX coach_accesses_link_idx ON coach_accesses (seeker_id, link_id, occurred_at DESC, id DESC);
CREATE INDEX coach_accesses_coach_idx ON coach_accesses (coach_id);

CREATE TABLE coach_notes (
    seeker_id uuid NOT NULL CONSTRAINT coach_notes_seeker_fkey REFERENCES users ON DELETE CASCADE,
    id uuid NOT NULL,
    coach_id uuid NOT NULL CONSTRAINT coach_notes_coach_fkey REFERENCES users ON DELETE CASCADE,
    visibility text NOT NULL CONSTRAINT coach_notes_visibility_value CHECK (visibility IN ('private', 'shared')),
    text text NOT NULL CONSTRAINT coach_notes_text_length CHECK (char_length(text) BETWEEN 1 AND 10000),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT coach_notes_pkey PRIMARY KEY (seeker_id, id)
);
CREATE INDEX coach_notes_coach_idx ON coach_notes (coach_id, seeker_id, created_at DESC, id DESC);
CREATE INDEX coach_notes_list_idx ON coach_notes (seeker_id, created_at DESC, id DESC);

CREATE TABLE goal_suggestions (
    seeker_id uuid NOT NULL CONSTRAINT goal_suggestions_seeker_fkey REFERENCES users ON DELETE CASCADE,
    id uuid NOT NULL,
    coach_id uuid NOT NULL CONSTRAINT goal_suggestions_coach_fkey REFERENCES users ON DELETE CASCADE,
    title text NOT NULL CONSTRAINT goal_suggestions_title_length CHECK (char_length(title) BETWEEN 1 AND 200),
    reason text CONSTRAINT goal_suggestions_reason_length CHECK (char_length(reason) BETWEEN 1 AND 2000),
    category text NOT NULL CONSTRAINT goal_suggestions_category_value CHECK (category IN ('resume_review', 'interview_practice', 'skill_development', 'company_research', 'networking', 'wellbeing', 'applications', 'profile', 'routine', 'support')),
    kind text NOT NULL CONSTRAINT goal_suggestions_kind_value CHECK (kind IN ('recurring', 'one_off')),
    target_count integer NOT NULL CONSTRAINT goal_suggestions_target_count_range CHECK (target_count BETWEEN 1 AND 1000),
    period text CONSTRAINT goal_suggestions_period_value CHECK (period IN ('day', 'week', 'month')),
    measure text NOT NULL CONSTRAINT goal_suggestions_measure_value CHECK (measure IN ('check_ins', 'applications_submitted', 'networking_activities', 'feedback_requests_sent', 'reflections_written', 'interviews_prepared')),
    due_on date CONSTRAINT goal_suggestions_due_on_range CHECK (due_on BETWEEN '1900-01-01' AND '2199-12-31'),
    status text NOT NULL CONSTRAINT goal_suggestions_status_value CHECK (status IN ('open', 'accepted', 'declined')),
    status_since timestamptz NOT NULL,
    -- The goal that it became. It may be removed, so this refers to no table.
    goal_id uuid,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT goal_suggestions_pkey PRIMARY KEY (seeker_id, id),
    CONSTRAINT goal_suggestions_recurring_has_period CHECK ((kind = 'recurring') = (period IS NOT NULL)),
    CONSTRAINT goal_suggestions_one_off_is_due CHECK (kind = 'one_off' OR due_on IS NULL),
    CONSTRAINT goal_suggestions_accepted_has_goal CHECK ((status = 'accepted') = (goal_id IS NOT NULL))
);
CREATE INDEX goal_suggestions_coach_idx ON goal_suggestions (coach_id, seeker_id, created_at DESC, id DESC);
CREATE INDEX goal_suggestions_list_idx ON goal_suggestions (seeker_id, created_at DESC, id DESC);

DO $$
DECLARE
    name text;
    me text := '(SELECT nullif(current_setting(''app.user_id'', true), '''')::uuid)';
    readable text := '(SELECT nullif(current_setting(''app.owner_ids'', true), '''')::uuid[])::uuid[]';
    -- The address of the user, once it may be taken for theirs.
    address text := '(SELECT lower(u.email) FROM users u WHERE u.id = nullif(current_setting(''app.user_id'', true), '''')::uuid AND (u.email_verified_at IS NOT NULL OR NOT u.awaits_proof))';
    either text := format('seeker_id = %s OR coach_id = %s', me, me);
    invited text := format('%s OR (coach_id IS NULL AND status = ''invited'' AND coach_email = %s)', either, address);
BEGIN
    FOREACH name IN ARRAY ARRAY['coach_links', 'coach_accesses', 'coach_notes', 'goal_suggestions'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    END LOOP;
    -- The seeker invites; whoever is invited may answer, and is the coach from then on.
    EXECUTE format('CREATE POLICY coach_links_read ON coach_links FOR SELECT TO rebound_app USING (%s)', invited);
    EXECUTE format('CREATE POLICY coach_links_insert ON coach_links FOR INSERT TO rebound_app WITH CHECK (seeker_id = %s AND coach_id IS NULL)', me);
    EXECUTE format('CREATE POLICY coach_links_update ON coach_links FOR UPDATE TO rebound_app USING (%s) WITH CHECK (%s)', invited, either);
    EXECUTE format('CREATE POLICY coach_links_delete ON coach_links FOR DELETE TO rebound_app USING (seeker_id = %s)', me);
    -- The coach's reads are written down as the coach's; nobody changes them.
    EXECUTE format('CREATE POLICY coach_accesses_read ON coach_accesses FOR SELECT TO rebound_app USING (%s)', either);
    EXECUTE format('CREATE POLICY coach_accesses_insert ON coach_accesses FOR INSERT TO rebound_app WITH CHECK (coach_id = %s)', me);
    EXECUTE format('CREATE POLICY coach_accesses_update ON coach_accesses FOR UPDATE TO rebound_app USING (seeker_id = %s AND coach_id = %s)', me, me);
    EXECUTE format('CREATE POLICY coach_accesses_delete ON coach_accesses FOR DELETE TO rebound_app USING (seeker_id = %s AND coach_id = %s)', me, me);
    -- Notes are the coach's; the seeker sees those that are shared.
    EXECUTE format('CREATE POLICY coach_notes_read ON coach_notes FOR SELECT TO rebound_app USING (coach_id = %s OR (seeker_id = %s AND visibility = ''shared''))', me, me);
    EXECUTE format('CREATE POLICY coach_notes_insert ON coach_notes FOR INSERT TO rebound_app WITH CHECK (coach_id = %s)', me);
    EXECUTE format('CREATE POLICY coach_notes_update ON coach_notes FOR UPDATE TO rebound_app USING (coach_id = %s)', me);
    EXECUTE format('CREATE POLICY coach_notes_delete ON coach_notes FOR DELETE TO rebound_app USING (coach_id = %s)', me);
    -- The coach suggests, the seeker answers. Whoever may read the seeker's goals sees what they grew from.
    EXECUTE format('CREATE POLICY goal_suggestions_read ON goal_suggestions FOR SELECT TO rebound_app USING (seeker_id = ANY (%s) OR coach_id = %s)', readable, me);
    EXECUTE format('CREATE POLICY goal_suggestions_insert ON goal_suggestions FOR INSERT TO rebound_app WITH CHECK (coach_id = %s)', me);
    EXECUTE format('CREATE POLICY goal_suggestions_update ON goal_suggestions FOR UPDATE TO rebound_app USING (seeker_id = %s)', me);
    EXECUTE format('CREATE POLICY goal_suggestions_delete ON goal_suggestions FOR DELETE TO rebound_app USING (coach_id = %s)', me);
END
$$;
GRANT SELECT, INSERT ON coach_links, coach_accesses, goal_suggestions TO rebound_app;
GRANT UPDATE (coach_id, scopes, status, status_since, ends_at, version, updated_at) ON coach_links TO rebound_app;
GRANT UPDATE (status, status_since, goal_id, version, updated_at) ON goal_suggestions TO rebound_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON coach_notes TO rebound_app;

-- A goal may grow from what a coach suggested.
ALTER TABLE goals
    DROP CONSTRAINT goals_origin_type_value,
    ADD CONSTRAINT goals_origin_type_value CHECK (origin_type IN ('reflection', 'feedback_request', 'coach_suggestion'));
