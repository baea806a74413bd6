-- The address of a coach may be forgotten, and never becomes another one: whom an invitation names decides who may
-- take it. A right to a column cannot say that, so a trigger does.

CREATE FUNCTION coach_address_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'permission denied to give a coach link another address' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER coach_links_coach_email_stays
    BEFORE UPDATE OF coach_email ON coach_links
    FOR EACH ROW
    WHEN (NEW.coach_email IS NOT NULL AND NEW.coach_email IS DISTINCT FROM OLD.coach_email)
    EXECUTE FUNCTION coach_address_stays();
