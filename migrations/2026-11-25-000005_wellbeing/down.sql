DROP TABLE wellbeing_check_ins;
