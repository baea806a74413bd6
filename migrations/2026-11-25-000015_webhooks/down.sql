DELETE FROM jobs WHERE kind LIKE 'webhooks.%';
DROP TABLE webhook_queue;
DROP TABLE webhook_attempts;
DROP TABLE webhook_deliveries;
DROP TABLE webhooks;
