-- What was deleted around an application, for its journey: found without reading the whole change log.
CREATE INDEX events_deleted_idx ON events (owner_id, (data ->> 'application_id')) WHERE kind LIKE '%.deleted';
