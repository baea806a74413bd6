DELETE FROM jobs WHERE kind LIKE 'reminders.%';
ALTER TABLE users
    DROP COLUMN reminder_mail,
    DROP COLUMN reminder_digest_time,
    DROP COLUMN reminder_quiet_from,
    DROP COLUMN reminder_quiet_to;
DROP TABLE reminders;
