DELETE FROM application_steps WHERE kind = 'override';
ALTER TABLE application_steps
    DROP CONSTRAINT application_steps_kind_value,
    DROP CONSTRAINT application_steps_note_or_move,
    ADD CONSTRAINT application_steps_kind_value CHECK (kind IN ('transition', 'reopen', 'correction', 'note')),
    ADD CONSTRAINT application_steps_note_or_move CHECK ((kind = 'note') = (to_status IS NULL));
DROP TABLE rejections;
