-- Makes user 0 the coach of everybody else, with every scope.
\set ON_ERROR_STOP on
INSERT INTO coach_links (seeker_id, id, coach_id, coach_email, scopes, status, status_since, version, created_at, updated_at)
SELECT id, id, '01980000-0000-7000-8000-000000000000', 'bench-0@example.com',
    '{applications,insights,goals,reflections,feedback,suggest_goals,notes}', 'active', now(), 1, now(), now()
FROM users WHERE email LIKE 'bench-%' AND email <> 'bench-0@example.com';

-- Each of their rejected applications has its rejection.
INSERT INTO rejections (owner_id, id, application_id, received_at, channel, reply_address, stage_reached, reason_code, cooloff_hours,
    cooloff_until, status, version, created_at, updated_at)
SELECT owner_id, id, id, created_at, 'email', 'person', CASE WHEN random() < 0.7 THEN 'application' ELSE 'interview' END, 'not_stated', 12,
    created_at + interval '12 hours', 'open', 1, created_at, created_at
FROM applications WHERE status = 'rejected';
VACUUM (ANALYZE) coach_links, rejections;
