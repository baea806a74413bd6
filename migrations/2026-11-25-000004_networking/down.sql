DROP TABLE networking_activities, contacts;
