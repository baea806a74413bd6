DROP TRIGGER coach_links_coach_email_stays ON coach_links;
DROP FUNCTION coach_address_stays();
