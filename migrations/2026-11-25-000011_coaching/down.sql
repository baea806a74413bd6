DROP TABLE goal_suggestions;
DROP TABLE coach_notes;
DROP TABLE coach_accesses;
DROP TABLE coach_links;
-- What grew from a suggestion stays as a goal of one's own.
UPDATE goals SET origin_type = NULL, origin_id = NULL, origin_suggestion = NULL WHERE origin_type = 'coach_suggestion';
ALTER TABLE goals
    DROP CONSTRAINT goals_origin_type_value,
    ADD CONSTRAINT goals_origin_type_value CHECK (origin_type IN ('reflection', 'feedback_request'));
