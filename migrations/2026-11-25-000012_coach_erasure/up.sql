-- When the account of a coach is erased, the links that they answered end, and their address is forgotten.

ALTER TABLE coach_links
    ALTER COLUMN coach_email DROP NOT NULL,
    ADD CONSTRAINT coach_links_open_has_coach_email CHECK (coach_email IS NOT NULL OR status NOT IN ('invited', 'active'));
GRANT UPDATE (coach_email) ON coach_links TO rebound_app;
