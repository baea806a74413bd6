DO $$
DECLARE
    readable text := '(SELECT nullif(current_setting(''app.owner_ids'', true), '''')::uuid[])::uuid[]';
    me text := '(SELECT nullif(current_setting(''app.user_id'', true), '''')::uuid)';
    policy record;
BEGIN
    FOR policy IN
        SELECT policyname, tablename FROM pg_policies
        WHERE schemaname = current_schema() AND cmd = 'SELECT' AND qual LIKE '(owner_id IN (%app.owner_ids%'
    LOOP
        EXECUTE format('ALTER POLICY %I ON %I USING (owner_id = ANY (%s))', policy.policyname, policy.tablename, readable);
    END LOOP;
    EXECUTE format('ALTER POLICY goal_suggestions_read ON goal_suggestions USING (seeker_id = ANY (%s) OR coach_id = %s)', readable, me);
END $$;
