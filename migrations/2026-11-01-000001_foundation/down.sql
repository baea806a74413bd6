DROP TABLE events, jobs, idempotency_keys, throttles, email_tokens, refresh_tokens, sessions, users;
REVOKE USAGE ON SCHEMA public FROM rebound_app;
REVOKE SELECT ON __diesel_schema_migrations FROM rebound_app;
