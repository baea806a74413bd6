DROP TABLE import_parts;
DROP INDEX imports_list_idx;
COMMENT ON COLUMN imports.report IS NULL;
ALTER TABLE imports DROP COLUMN failure;
