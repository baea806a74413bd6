-- A step goes from and to a status that there is, whoever writes it.

ALTER TABLE application_steps
    ADD CONSTRAINT application_steps_from_status_value CHECK (from_status IN ('saved', 'applied', 'screening', 'interviewing', 'offer', 'accepted', 'declined', 'rejected', 'ghosted', 'withdrawn')),
    ADD CONSTRAINT application_steps_to_status_value CHECK (to_status IN ('saved', 'applied', 'screening', 'interviewing', 'offer', 'accepted', 'declined', 'rejected', 'ghosted', 'withdrawn'));
