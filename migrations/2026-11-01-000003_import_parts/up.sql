-- What became of the rows of a large import, part by part, and why an import ended before its end.

ALTER TABLE imports ADD COLUMN failure text CONSTRAINT imports_failure_length CHECK (char_length(failure) <= 60);
COMMENT ON COLUMN imports.report IS 'Counters of the rows that are done; the rows themselves are in import_parts.';
CREATE INDEX imports_list_idx ON imports (owner_id, created_at DESC, id DESC);

CREATE TABLE import_parts (
    owner_id uuid NOT NULL,
    id uuid NOT NULL,
    import_id uuid NOT NULL,
    -- How many rows of the file come before this part: two workers cannot both write the same rows.
    first_row integer NOT NULL CONSTRAINT import_parts_first_row_range CHECK (first_row >= 0),
    -- One object a row of the file, in its order. A row for each would cost more than what it tells of.
    rows jsonb NOT NULL CONSTRAINT import_parts_rows_form CHECK (jsonb_typeof(rows) = 'array'),
    CONSTRAINT import_parts_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT import_parts_import_fkey FOREIGN KEY (owner_id, import_id)
        REFERENCES imports ON DELETE CASCADE
);
CREATE UNIQUE INDEX import_parts_first_row_key ON import_parts (owner_id, import_id, first_row);

ALTER TABLE import_parts ENABLE ROW LEVEL SECURITY;
CREATE POLICY import_parts_read ON import_parts FOR SELECT TO rebound_app
    USING (owner_id = ANY ((SELECT nullif(current_setting('app.owner_ids', true), '')::uuid[])::uuid[]));
CREATE POLICY import_parts_insert ON import_parts FOR INSERT TO rebound_app
    WITH CHECK (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY import_parts_update ON import_parts FOR UPDATE TO rebound_app
    USING (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY import_parts_delete ON import_parts FOR DELETE TO rebound_app
    USING (owner_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
-- A report is append-only; its parts go with their import.
GRANT SELECT, INSERT ON import_parts TO rebound_app;
