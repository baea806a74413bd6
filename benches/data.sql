-- The data set of the benchmark: psql -v users=… -v each=… -v heavy=… -f data.sql
-- `users` people with `each` applications, and one more (number 0) with `heavy` of them. Ids say whose and which they are:
-- a user's ends in its number, an application's in user * 100000 + number, so that a load generator can make them up.
\set ON_ERROR_STOP on
SET synchronous_commit = off;

CREATE FUNCTION pg_temp.user_id(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN ('01980000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid;
CREATE FUNCTION pg_temp.application_id(u bigint, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN ('01980000-0001-7000-8000-' || lpad(to_hex(u * 100000 + n), 12, '0'))::uuid;
CREATE FUNCTION pg_temp.step_id(u bigint, n bigint, seq bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN ('01980000-0002-7000-' || lpad(to_hex(32768 + seq), 4, '0') || '-' || lpad(to_hex(u * 100000 + n), 12, '0'))::uuid;

-- Everybody has the password of the one account that was registered through the API.
INSERT INTO users (id, email, email_verified_at, password_hash, time_zone, created_at, updated_at)
SELECT pg_temp.user_id(n), 'bench-' || n || '@example.com', now(), model.password_hash, 'Europe/Berlin', now(), now()
FROM generate_series(0, :users) n, (SELECT password_hash FROM users WHERE email = 'model@example.com') model;

CREATE TEMPORARY TABLE wanted AS
SELECT u, n, 1 + (hashint8(u * 100000 + n) & 1048575) % 100 AS luck
FROM generate_series(1, :users) u, generate_series(1, :each) n
UNION ALL
SELECT 0, n, 1 + (hashint8(n) & 1048575) % 100 FROM generate_series(1, :heavy) n;

-- In the order of time, so that nobody's rows lie together.
INSERT INTO applications (owner_id, id, company, job_title, source, location, required_skills, own_skills, tags, applied_on,
    notes, status, furthest_stage, status_since, version, created_at, updated_at)
SELECT pg_temp.user_id(u), pg_temp.application_id(u, n),
    (ARRAY['Kite', 'Harbour', 'Lantern', 'Meadow', 'Quarry', 'Juniper', 'Cobalt', 'Willow'])[1 + n % 8] || ' '
        || (ARRAY['Robotics', 'Foods', 'Energy', 'Health', 'Games', 'Systems', 'Press'])[1 + n % 7],
    (ARRAY['Backend Engineer', 'Data Analyst', 'Product Designer', 'Technical Writer', 'QA Engineer'])[1 + n % 5],
    (ARRAY['board', 'referral', 'company site', 'recruiter'])[1 + n % 4],
    (ARRAY['Berlin', 'Lisbon', 'Remote', 'Leeds', NULL])[1 + n % 5],
    '{SQL,Rust}', '{SQL}', '{}', current_date - (n % 700),
    'Spoke with somebody of the team at a meetup; they look for people who write well. Ask again in ' || n % 9 || ' weeks.',
    CASE WHEN luck <= 50 THEN 'rejected' WHEN luck <= 65 THEN 'ghosted' WHEN luck <= 85 THEN 'applied' WHEN luck <= 93 THEN 'screening'
         WHEN luck <= 98 THEN 'interviewing' ELSE 'offer' END,
    CASE WHEN luck <= 85 THEN 'applied' WHEN luck <= 93 THEN 'screening' WHEN luck <= 98 THEN 'interviewing' ELSE 'offer' END,
    t, 1, t, t
FROM wanted, LATERAL (SELECT now() - make_interval(days => n % 700, secs => u % 80000)) AS at(t)
ORDER BY n, u;

INSERT INTO application_steps (owner_id, id, application_id, seq, kind, from_status, to_status, occurred_at, recorded_at)
SELECT pg_temp.user_id(u), pg_temp.step_id(u, n, seq), pg_temp.application_id(u, n), seq, 'transition',
    CASE seq WHEN 1 THEN NULL ELSE 'applied' END,
    CASE WHEN seq = 1 THEN 'applied' WHEN luck <= 50 THEN 'rejected' WHEN luck <= 65 THEN 'ghosted' WHEN luck <= 93 THEN 'screening'
         WHEN luck <= 98 THEN 'interviewing' ELSE 'offer' END,
    t + make_interval(secs => seq), t + make_interval(secs => seq)
FROM wanted, generate_series(1, 2) seq, LATERAL (SELECT now() - make_interval(days => n % 700, secs => u % 80000)) AS at(t)
WHERE seq = 1 OR luck <= 65 OR luck > 85
ORDER BY n, u, seq;

-- The work that everybody always has was done today: else the service would do it while it is measured.
INSERT INTO jobs (id, kind, user_id, payload, unique_key, run_at, max_attempts, created_at)
SELECT gen_random_uuid(), kind, id, 'null', kind || ':' || id, now() + interval '1 day', 8, now()
FROM users, (VALUES ('events.forget'), ('reminders.plan')) AS standing (kind)
WHERE email LIKE 'bench-%';

-- As after a night: without it no index alone could answer.
VACUUM (ANALYZE);
