-- How the user is, when they choose to note it.

CREATE TABLE wellbeing_check_ins (
    owner_id uuid NOT NULL CONSTRAINT wellbeing_check_ins_owner_fkey REFERENCES users ON DELETE CASCADE,
    id uuid NOT NULL,
    score smallint NOT NULL CONSTRAINT wellbeing_check_ins_score_range CHECK (score BETWEEN 1 AND 5),
    tags text[] NOT NULL CONSTRAINT wellbeing_check_ins_tags_count CHECK (cardinality(tags) <= 20),
    note text CONSTRAINT wellbeing_check_ins_note_length CHECK (char_length(note) BETWEEN 1 AND 5000),
    occurred_at timestamptz NOT NULL CONSTRAINT wellbeing_check_ins_occurred_at_range CHECK (occurred_at BETWEEN '1900-01-01Z' AND '2200-01-01Z'),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT wellbeing_check_ins_pkey PRIMARY KEY (owner_id, id)
);
CREATE INDEX wellbeing_check_ins_list_idx ON wellbeing_check_ins (owner_id, created_at DESC, id DESC);
CREATE INDEX wellbeing_check_ins_time_idx ON wellbeing_check_ins (owner_id, occurred_at, id);

ALTER TABLE wellbeing_check_ins ENABLE ROW LEVEL SECURITY;
CREATE POLICY wellbeing_check_ins_read ON wellbeing_check_ins FOR SELECT TO rebound_app
    USING (owner_id = ANY ((SELECT nullif(current_setting('app.owner_ids', true), '')::uuid[])::uuid[]));
CREATE POLICY wellbeing_check_ins_insert ON wellbeing_check_ins FOR INSERT TO rebound_app
    WITH CHECK (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY wellbeing_check_ins_update ON wellbeing_check_ins FOR UPDATE TO rebound_app
    USING (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY wellbeing_check_ins_delete ON wellbeing_check_ins FOR DELETE TO rebound_app
    USING (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON wellbeing_check_ins TO rebound_app;
