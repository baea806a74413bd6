DROP TABLE goal_pauses;
DROP TABLE goal_check_ins;
DROP TABLE goals;
