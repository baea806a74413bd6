REVOKE UPDATE (coach_email) ON coach_links FROM rebound_app;
-- It takes no mail; what was forgotten stays forgotten.
UPDATE coach_links SET coach_email = 'erased@coach.invalid' WHERE coach_email IS NULL;
ALTER TABLE coach_links
    DROP CONSTRAINT coach_links_open_has_coach_email,
    ALTER COLUMN coach_email SET NOT NULL;
