DROP INDEX rejections_received_idx;
CREATE INDEX rejections_received_idx ON rejections (owner_id, received_at DESC, id DESC);
