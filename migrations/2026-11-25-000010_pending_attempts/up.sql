-- An attempt that nobody knows the outcome of yet takes a place under its limit, but refuses nobody for good.

ALTER TABLE throttles ADD COLUMN pending boolean NOT NULL DEFAULT false;
