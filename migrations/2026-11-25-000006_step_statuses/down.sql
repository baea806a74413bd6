ALTER TABLE application_steps
    DROP CONSTRAINT application_steps_to_status_value,
    DROP CONSTRAINT application_steps_from_status_value;
