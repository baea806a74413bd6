-- From PostgreSQL 16 on, whoever may create roles and makes one is its member, but may not become it: each transaction
-- of a service whose login made rebound_app itself was refused. It may grant itself that.
DO $$
DECLARE
    needed text := CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END;
BEGIN
    IF NOT pg_has_role(current_user, 'rebound_app', needed) THEN
        EXECUTE format('GRANT rebound_app TO %I', current_user);
    END IF;
END
$$;
