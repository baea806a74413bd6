-- Templates, requests for feedback with what came back, messages.

CREATE TABLE templates (
    owner_id uuid NOT NULL CONSTRAINT templates_owner_fkey REFERENCES users ON DELETE CASCADE,
    id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT templates_kind_value CHECK (kind IN ('rejection_reply', 'feedback_request', 'thank_you', 'networking')),
    name text NOT NULL CONSTRAINT templates_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    subject text CONSTRAINT templates_subject_length CHECK (char_length(subject) BETWEEN 1 AND 200),
    body text NOT NULL CONSTRAINT templates_body_length CHECK (char_length(body) BETWEEN 1 AND 20000),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT templates_pkey PRIMARY KEY (owner_id, id)
);
CREATE INDEX templates_list_idx ON templates (owner_id, created_at DESC, id DESC);

CREATE TABLE feedback_requests (
    owner_id uuid NOT NULL,
    id uuid NOT NULL,
    application_id uuid NOT NULL,
    recipient_name text CONSTRAINT feedback_requests_recipient_name_length CHECK (char_length(recipient_name) BETWEEN 1 AND 200),
    recipient_email text CONSTRAINT feedback_requests_recipient_email_length CHECK (char_length(recipient_email) BETWEEN 3 AND 254),
    question text CONSTRAINT feedback_requests_question_length CHECK (char_length(question) BETWEEN 1 AND 5000),
    -- `no_answer` comes by time alone; it is written down when the next request or a late answer needs it.
    status text NOT NULL CONSTRAINT feedback_requests_status_value CHECK (status IN ('draft', 'sent', 'answered', 'declined_by_policy', 'no_answer', 'cancelled')),
    sent_at timestamptz,
    nudged_at timestamptz,
    -- When it was answered, declined or cancelled.
    closed_at timestamptz,
    response_text text CONSTRAINT feedback_requests_response_text_length CHECK (char_length(response_text) BETWEEN 1 AND 20000),
    override_reason text CONSTRAINT feedback_requests_override_reason_length CHECK (char_length(override_reason) BETWEEN 10 AND 2000),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT feedback_requests_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT feedback_requests_application_fkey FOREIGN KEY (owner_id, application_id)
        REFERENCES applications ON DELETE CASCADE,
    CONSTRAINT feedback_requests_sent_is_dated CHECK (status IN ('draft', 'cancelled') OR sent_at IS NOT NULL)
);
-- One request is open for an application at a time, however many requests race.
CREATE UNIQUE INDEX feedback_requests_open_key ON feedback_requests (owner_id, application_id) WHERE status IN ('draft', 'sent');
CREATE INDEX feedback_requests_application_idx ON feedback_requests (owner_id, application_id);
CREATE INDEX feedback_requests_list_idx ON feedback_requests (owner_id, created_at DESC, id DESC);

-- What an answer says, piece by piece.
CREATE TABLE feedback_items (
    owner_id uuid NOT NULL,
    id uuid NOT NULL,
    feedback_request_id uuid NOT NULL,
    -- Its place in the answer, from 1.
    position integer NOT NULL CONSTRAINT feedback_items_position_range CHECK (position BETWEEN 1 AND 50),
    area text NOT NULL CONSTRAINT feedback_items_area_value CHECK (area IN ('interview_skills', 'resume_presentation', 'qualifications', 'company_knowledge', 'communication', 'other')),
    polarity text NOT NULL CONSTRAINT feedback_items_polarity_value CHECK (polarity IN ('strength', 'improvement')),
    quote text NOT NULL CONSTRAINT feedback_items_quote_length CHECK (char_length(quote) BETWEEN 1 AND 2000),
    CONSTRAINT feedback_items_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT feedback_items_request_fkey FOREIGN KEY (owner_id, feedback_request_id)
        REFERENCES feedback_requests ON DELETE CASCADE
);
CREATE UNIQUE INDEX feedback_items_position_key ON feedback_items (owner_id, feedback_request_id, position);

CREATE TABLE messages (
    owner_id uuid NOT NULL CONSTRAINT messages_owner_fkey REFERENCES users ON DELETE CASCADE,
    id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT messages_kind_value CHECK (kind IN ('rejection_reply', 'feedback_request', 'thank_you', 'networking')),
    status text NOT NULL CONSTRAINT messages_status_value CHECK (status IN ('draft', 'ready', 'sent', 'discarded')),
    application_id uuid,
    feedback_request_id uuid,
    -- Which template it was made from; built-in ones are in the code, so this refers to no table.
    template_id uuid,
    recipient_name text CONSTRAINT messages_recipient_name_length CHECK (char_length(recipient_name) BETWEEN 1 AND 200),
    recipient_email text CONSTRAINT messages_recipient_email_length CHECK (char_length(recipient_email) BETWEEN 3 AND 254),
    subject text CONSTRAINT messages_subject_length CHECK (char_length(subject) BETWEEN 1 AND 200),
    body text NOT NULL CONSTRAINT messages_body_length CHECK (char_length(body) BETWEEN 1 AND 20000),
    override_reason text CONSTRAINT messages_override_reason_length CHECK (char_length(override_reason) BETWEEN 10 AND 2000),
    sent_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT messages_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT messages_application_fkey FOREIGN KEY (owner_id, application_id)
        REFERENCES applications ON DELETE CASCADE,
    CONSTRAINT messages_feedback_request_fkey FOREIGN KEY (owner_id, feedback_request_id)
        REFERENCES feedback_requests ON DELETE SET NULL (feedback_request_id),
    CONSTRAINT messages_sent_is_dated CHECK ((status = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX messages_application_idx ON messages (owner_id, application_id);
CREATE INDEX messages_feedback_request_idx ON messages (owner_id, feedback_request_id);
CREATE INDEX messages_list_idx ON messages (owner_id, created_at DESC, id DESC);

DO $$
DECLARE
    name text;
    readable text := '(SELECT nullif(current_setting(''app.owner_ids'', true), '''')::uuid[])::uuid[]';
    own text := '(SELECT nullif(current_setting(''app.user_id'', true), '''')::uuid)';
BEGIN
    FOREACH name IN ARRAY ARRAY['templates', 'feedback_requests', 'feedback_items', 'messages'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO rebound_app USING (owner_id = ANY (%s))', name || '_read', name, readable);
        EXECUTE format('CREATE POLICY %I ON %I FOR INSERT TO rebound_app WITH CHECK (owner_id = %s)', name || '_insert', name, own);
        EXECUTE format('CREATE POLICY %I ON %I FOR UPDATE TO rebound_app USING (owner_id = %s)', name || '_update', name, own);
        EXECUTE format('CREATE POLICY %I ON %I FOR DELETE TO rebound_app USING (owner_id = %s)', name || '_delete', name, own);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE, DELETE ON templates, feedback_requests, feedback_items, messages TO rebound_app;
