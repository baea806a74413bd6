DROP TABLE imports, interviews, application_steps, applications;
