-- Makes user 0 the coach of everybody else, with every scope.
\set ON_ERROR_STOP on
INSERT INTO coach_links (seeker_id, id, coach_id, coach_email, scopes, status, status_since, version, created_at, updated_at)
SELECT id, id, '01980000-0000-7000-8000-000000000000', 'bench-0@example.com',
    '{applications,insights,goals,reflections,feedback,suggest_goals,notes}', 'active', now(), 1, now(), now()
FROM users WHERE email LIKE 'bench-%' AND email <> 'bench-0@example.com';
ANALYZE coach_links;
