-- A coach's dashboard counts the rejections of every client by stage: with these columns the index alone tells.
-- Neither of them changes often, so that most updates stay off the index.

DROP INDEX rejections_received_idx;
CREATE INDEX rejections_received_idx ON rejections (owner_id, received_at DESC, id DESC) INCLUDE (stage_reached, superseded_by);
