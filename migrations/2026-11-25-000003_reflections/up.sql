-- Reflections: what one takes from it.

CREATE TABLE reflections (
    owner_id uuid NOT NULL CONSTRAINT reflections_owner_fkey REFERENCES users ON DELETE CASCADE,
    id uuid NOT NULL,
    -- About an application, or free-standing.
    application_id uuid,
    resume_tailored text CONSTRAINT reflections_resume_tailored_value CHECK (resume_tailored IN ('yes', 'partly', 'no')),
    company_researched text CONSTRAINT reflections_company_researched_value CHECK (company_researched IN ('yes', 'partly', 'no')),
    skills_lacking text CONSTRAINT reflections_skills_lacking_value CHECK (skills_lacking IN ('yes', 'partly', 'no')),
    missing_skills text[] NOT NULL CONSTRAINT reflections_missing_skills_count CHECK (cardinality(missing_skills) <= 20),
    outside_my_control text CONSTRAINT reflections_outside_my_control_length CHECK (char_length(outside_my_control) BETWEEN 1 AND 10000),
    what_went_well text CONSTRAINT reflections_what_went_well_length CHECK (char_length(what_went_well) BETWEEN 1 AND 10000),
    improvements text[] NOT NULL CONSTRAINT reflections_improvements_value
        CHECK (improvements <@ ARRAY['resume_review', 'interview_practice', 'skill_development', 'company_research', 'networking', 'wellbeing']),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT reflections_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT reflections_application_fkey FOREIGN KEY (owner_id, application_id)
        REFERENCES applications ON DELETE CASCADE
);
CREATE INDEX reflections_application_idx ON reflections (owner_id, application_id);
CREATE INDEX reflections_list_idx ON reflections (owner_id, created_at DESC, id DESC);

ALTER TABLE reflections ENABLE ROW LEVEL SECURITY;
CREATE POLICY reflections_read ON reflections FOR SELECT TO rebound_app
    USING (owner_id = ANY ((SELECT nullif(current_setting('app.owner_ids', true), '')::uuid[])::uuid[]));
CREATE POLICY reflections_insert ON reflections FOR INSERT TO rebound_app
    WITH CHECK (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY reflections_update ON reflections FOR UPDATE TO rebound_app
    USING (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY reflections_delete ON reflections FOR DELETE TO rebound_app
    USING (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON reflections TO rebound_app;
