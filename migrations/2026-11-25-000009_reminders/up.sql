-- Reminders: what the service will remind of and when, and how the user wants to be told.

CREATE TABLE reminders (
    owner_id uuid NOT NULL CONSTRAINT reminders_owner_fkey REFERENCES users ON DELETE CASCADE,
    id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT reminders_kind_value CHECK (kind IN ('follow_up', 'reply_window', 'feedback_nudge', 'touch_due', 'goal_day', 'interview')),
    -- What it is about; the kind says in which table that is. It refers to none: a fired reminder outlives its cause,
    -- and a write to the cause must not wait for the reminder's.
    resource_id uuid NOT NULL,
    -- The application that this hangs on, if it does.
    application_id uuid,
    -- The day or instant that it is about: of one thing there is one reminder for each, however often it is planned.
    occurrence text NOT NULL CONSTRAINT reminders_occurrence_length CHECK (char_length(occurrence) BETWEEN 1 AND 60),
    status text NOT NULL CONSTRAINT reminders_status_value CHECK (status IN ('scheduled', 'due', 'snoozed', 'done', 'dismissed')),
    remind_at timestamptz NOT NULL,
    snoozed_until timestamptz,
    -- When it was due last, and how often: after a snooze it comes again.
    fired_at timestamptz,
    fired_count integer NOT NULL CONSTRAINT reminders_fired_count_range CHECK (fired_count >= 0),
    mailed_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT reminders_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT reminders_snoozed_has_end CHECK ((status = 'snoozed') = (snoozed_until IS NOT NULL)),
    CONSTRAINT reminders_due_has_fired CHECK (status <> 'due' OR fired_count > 0),
    CONSTRAINT reminders_fired_is_dated CHECK ((fired_count > 0) = (fired_at IS NOT NULL))
);
CREATE UNIQUE INDEX reminders_occurrence_key ON reminders (owner_id, kind, resource_id, occurrence);
CREATE INDEX reminders_schedule_idx ON reminders (owner_id, remind_at, id);
CREATE INDEX reminders_list_idx ON reminders (owner_id, created_at DESC, id DESC);
CREATE INDEX reminders_open_idx ON reminders (owner_id, remind_at) WHERE status IN ('scheduled', 'due', 'snoozed');

ALTER TABLE reminders ENABLE ROW LEVEL SECURITY;
CREATE POLICY reminders_read ON reminders FOR SELECT TO rebound_app
    USING (owner_id = ANY ((SELECT nullif(current_setting('app.owner_ids', true), '')::uuid[])::uuid[]));
CREATE POLICY reminders_insert ON reminders FOR INSERT TO rebound_app
    WITH CHECK (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY reminders_update ON reminders FOR UPDATE TO rebound_app
    USING (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY reminders_delete ON reminders FOR DELETE TO rebound_app
    USING (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON reminders TO rebound_app;

-- Times of day are local ones, in the user's zone.
ALTER TABLE users
    ADD COLUMN reminder_mail text NOT NULL DEFAULT 'off' CONSTRAINT users_reminder_mail_value CHECK (reminder_mail IN ('off', 'each', 'daily_digest')),
    ADD COLUMN reminder_digest_time text NOT NULL DEFAULT '08:00' CONSTRAINT users_reminder_digest_time_form CHECK (reminder_digest_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
    ADD COLUMN reminder_quiet_from text NOT NULL DEFAULT '21:00' CONSTRAINT users_reminder_quiet_from_form CHECK (reminder_quiet_from ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
    ADD COLUMN reminder_quiet_to text NOT NULL DEFAULT '08:00' CONSTRAINT users_reminder_quiet_to_form CHECK (reminder_quiet_to ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$');
