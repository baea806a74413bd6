-- Rejections: the answer of the company, met calmly.

CREATE TABLE rejections (
    owner_id uuid NOT NULL,
    id uuid NOT NULL,
    application_id uuid NOT NULL,
    -- Unknown for what an import tells without a day; such a rejection is closed from the beginning.
    received_at timestamptz CONSTRAINT rejections_received_at_range CHECK (received_at BETWEEN '1900-01-01Z' AND '2200-01-01Z'),
    channel text CONSTRAINT rejections_channel_value CHECK (channel IN ('email', 'phone', 'portal', 'letter', 'in_person', 'other')),
    reply_address text CONSTRAINT rejections_reply_address_value CHECK (reply_address IN ('person', 'shared', 'no_reply')),
    stage_reached text NOT NULL CONSTRAINT rejections_stage_reached_value CHECK (stage_reached IN ('application', 'screening', 'assessment', 'interview', 'final', 'offer')),
    reason_code text NOT NULL CONSTRAINT rejections_reason_code_value CHECK (reason_code IN ('skills', 'experience', 'qualifications', 'interview_performance', 'resume_presentation', 'communication', 'culture_fit', 'stronger_candidate', 'internal_hire', 'role_cancelled', 'work_authorization', 'location', 'compensation', 'overqualified', 'not_stated', 'other')),
    reason_basis text CONSTRAINT rejections_reason_basis_value CHECK (reason_basis IN ('stated', 'inferred')),
    reason_text text CONSTRAINT rejections_reason_text_length CHECK (char_length(reason_text) BETWEEN 1 AND 5000),
    -- The user's preference when it opened: a later change counts for later rejections.
    cooloff_hours integer NOT NULL CONSTRAINT rejections_cooloff_hours_range CHECK (cooloff_hours BETWEEN 2 AND 72),
    cooloff_until timestamptz,
    -- An open one cools off or is ready, by the time alone.
    status text NOT NULL CONSTRAINT rejections_status_value CHECK (status IN ('open', 'replied', 'closed')),
    replied_at timestamptz,
    closed_at timestamptz,
    -- What took the application out of being rejected. Until then the rejection stands.
    superseded_by text CONSTRAINT rejections_superseded_by_value CHECK (superseded_by IN ('reopen', 'correction')),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT rejections_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT rejections_application_fkey FOREIGN KEY (owner_id, application_id)
        REFERENCES applications ON DELETE CASCADE,
    CONSTRAINT rejections_cooloff_known CHECK ((received_at IS NULL) = (cooloff_until IS NULL)),
    CONSTRAINT rejections_open_is_dated CHECK (status <> 'open' OR received_at IS NOT NULL),
    CONSTRAINT rejections_superseded_is_over CHECK (superseded_by IS NULL OR status <> 'open')
);
-- One rejection stands for an application at a time, however many requests race.
CREATE UNIQUE INDEX rejections_standing_key ON rejections (owner_id, application_id) WHERE superseded_by IS NULL;
CREATE INDEX rejections_application_idx ON rejections (owner_id, application_id);
CREATE INDEX rejections_list_idx ON rejections (owner_id, created_at DESC, id DESC);
CREATE INDEX rejections_received_idx ON rejections (owner_id, received_at DESC, id DESC);

ALTER TABLE rejections ENABLE ROW LEVEL SECURITY;
CREATE POLICY rejections_read ON rejections FOR SELECT TO rebound_app
    USING (owner_id = ANY ((SELECT nullif(current_setting('app.owner_ids', true), '')::uuid[])::uuid[]));
CREATE POLICY rejections_insert ON rejections FOR INSERT TO rebound_app
    WITH CHECK (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY rejections_update ON rejections FOR UPDATE TO rebound_app
    USING (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY rejections_delete ON rejections FOR DELETE TO rebound_app
    USING (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
-- A rejection goes with its application only.
GRANT SELECT, INSERT, UPDATE ON rejections TO rebound_app;

-- What was sent inside a cool-off, or in spite of the tone check, stays visible on the timeline.
ALTER TABLE application_steps
    DROP CONSTRAINT application_steps_kind_value,
    DROP CONSTRAINT application_steps_note_or_move,
    ADD CONSTRAINT application_steps_kind_value CHECK (kind IN ('transition', 'reopen', 'correction', 'note', 'override')),
    ADD CONSTRAINT application_steps_note_or_move CHECK ((kind IN ('note', 'override')) = (to_status IS NULL));

-- Applications that were rejected before there were rejections: the past is not reopened.
INSERT INTO rejections (owner_id, id, application_id, stage_reached, reason_code, cooloff_hours, status, version, created_at, updated_at)
SELECT a.owner_id,
    -- A UUIDv7 of the application's last change: the milliseconds in front, then version bits and chance.
    encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch FROM a.updated_at) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid,
    a.id,
    CASE a.furthest_stage WHEN 'screening' THEN 'screening' WHEN 'interviewing' THEN 'interview'
        WHEN 'offer' THEN 'offer' WHEN 'accepted' THEN 'offer' ELSE 'application' END,
    'not_stated', u.cooloff_hours, 'closed', 1, a.updated_at, a.updated_at
FROM applications a JOIN users u ON u.id = a.owner_id
WHERE a.status = 'rejected';
