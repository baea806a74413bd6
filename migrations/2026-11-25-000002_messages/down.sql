DROP TABLE messages, feedback_items, feedback_requests, templates;
