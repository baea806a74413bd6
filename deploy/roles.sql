-- Least privilege on a PostgreSQL server of your own. Run it once as a superuser, with the passwords of your choice:
--   psql -v owner_password=… -v service_password=… -v monitor_password=… -f deploy/roles.sql
-- Afterwards the service starts with
--   DATABASE_URL=postgresql://rebound_service:…@host/rebound
--   REBOUND_MIGRATE_DATABASE_URL=postgresql://rebound_owner:…@host/rebound
\set ON_ERROR_STOP on

-- Owns the tables and changes them when the service migrates. Requests never use it.
CREATE ROLE rebound_owner LOGIN PASSWORD :'owner_password' NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
-- What requests run as: it can read and write rows, and row level security binds it. Nobody logs in as it.
CREATE ROLE rebound_app NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
-- The login of the service. By itself it may do nothing; each transaction becomes rebound_app.
CREATE ROLE rebound_service LOGIN PASSWORD :'service_password' NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
GRANT rebound_app TO rebound_service;
GRANT rebound_app TO rebound_owner;
-- Sees how the server is doing and no row of anybody.
CREATE ROLE rebound_monitor LOGIN PASSWORD :'monitor_password' NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
GRANT pg_monitor TO rebound_monitor;

CREATE DATABASE rebound OWNER rebound_owner;
REVOKE ALL ON DATABASE rebound FROM PUBLIC;
GRANT CONNECT ON DATABASE rebound TO rebound_service, rebound_monitor;
