-- The people of a job search and what one does to stay in touch with them.

CREATE TABLE contacts (
    owner_id uuid NOT NULL CONSTRAINT contacts_owner_fkey REFERENCES users ON DELETE CASCADE,
    id uuid NOT NULL,
    name text NOT NULL CONSTRAINT contacts_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
    organization text CONSTRAINT contacts_organization_length CHECK (char_length(organization) BETWEEN 1 AND 200),
    role text CONSTRAINT contacts_role_length CHECK (char_length(role) BETWEEN 1 AND 200),
    relationship text NOT NULL CONSTRAINT contacts_relationship_value CHECK (relationship IN ('recruiter', 'hiring_manager', 'interviewer', 'referrer', 'peer', 'mentor', 'coach', 'other')),
    email text CONSTRAINT contacts_email_length CHECK (char_length(email) BETWEEN 3 AND 254),
    phone text CONSTRAINT contacts_phone_length CHECK (char_length(phone) BETWEEN 1 AND 50),
    profile_url text CONSTRAINT contacts_profile_url_length CHECK (char_length(profile_url) BETWEEN 1 AND 2000),
    keep_in_touch_days integer CONSTRAINT contacts_keep_in_touch_days_range CHECK (keep_in_touch_days BETWEEN 1 AND 3650),
    notes text CONSTRAINT contacts_notes_length CHECK (char_length(notes) BETWEEN 1 AND 10000),
    -- The owner's local day on which the contact was written down: the time to the first touch is counted from it.
    added_on date NOT NULL,
    -- The latest day of its activities; every change of one brings it up to date in the same transaction.
    last_activity_on date,
    next_touch_on date GENERATED ALWAYS AS (coalesce(last_activity_on, added_on) + keep_in_touch_days) STORED,
    -- The same with the last of all days in place of none: one index finds who is due and lists them in this order.
    touch_order date NOT NULL GENERATED ALWAYS AS (coalesce(coalesce(last_activity_on, added_on) + keep_in_touch_days, '9999-12-31')) STORED,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT contacts_pkey PRIMARY KEY (owner_id, id)
);
CREATE INDEX contacts_list_idx ON contacts (owner_id, created_at DESC, id DESC);
CREATE INDEX contacts_touch_idx ON contacts (owner_id, touch_order, id);

CREATE TABLE networking_activities (
    owner_id uuid NOT NULL CONSTRAINT networking_activities_owner_fkey REFERENCES users ON DELETE CASCADE,
    id uuid NOT NULL,
    contact_id uuid,
    kind text NOT NULL CONSTRAINT networking_activities_kind_value CHECK (kind IN ('connection', 'message', 'call', 'coffee', 'informational_interview', 'event', 'group')),
    occurred_on date NOT NULL CONSTRAINT networking_activities_occurred_on_range CHECK (occurred_on BETWEEN '1900-01-01' AND '2199-12-31'),
    title text CONSTRAINT networking_activities_title_length CHECK (char_length(title) BETWEEN 1 AND 200),
    notes text CONSTRAINT networking_activities_notes_length CHECK (char_length(notes) BETWEEN 1 AND 10000),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT networking_activities_pkey PRIMARY KEY (owner_id, id),
    -- The service takes the contact out of its activities before it deletes it: PostgreSQL 14 cannot set one column
    -- of a reference to null. Whoever forgets that loses nothing. An erased user takes both along: the activities
    -- are gone before this is checked.
    CONSTRAINT networking_activities_contact_fkey FOREIGN KEY (owner_id, contact_id)
        REFERENCES contacts ON DELETE RESTRICT
);
CREATE INDEX networking_activities_contact_idx ON networking_activities (owner_id, contact_id, occurred_on);
CREATE INDEX networking_activities_list_idx ON networking_activities (owner_id, created_at DESC, id DESC);
CREATE INDEX networking_activities_day_idx ON networking_activities (owner_id, occurred_on, id);

DO $$
DECLARE
    name text;
    readable text := '(SELECT nullif(current_setting(''app.owner_ids'', true), '''')::uuid[])::uuid[]';
    own text := '(SELECT nullif(current_setting(''app.user_id'', true), '''')::uuid)';
BEGIN
    FOREACH name IN ARRAY ARRAY['contacts', 'networking_activities'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO rebound_app USING (owner_id = ANY (%s))', name || '_read', name, readable);
        EXECUTE format('CREATE POLICY %I ON %I FOR INSERT TO rebound_app WITH CHECK (owner_id = %s)', name || '_insert', name, own);
        EXECUTE format('CREATE POLICY %I ON %I FOR UPDATE TO rebound_app USING (owner_id = %s)', name || '_update', name, own);
        EXECUTE format('CREATE POLICY %I ON %I FOR DELETE TO rebound_app USING (owner_id = %s)', name || '_delete', name, own);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE, DELETE ON contacts, networking_activities TO rebound_app;
