-- One service's role and database, made when missing. Run by psql as a superuser, with the variables
-- `role`, `password` and `database`. Nobody but the owner (and superusers) can connect to the database.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SELECT format('CREATE ROLE %I LOGIN', :'role')
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'role')
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
REVOKE CONNECT, TEMPORARY ON DATABASE :"database", postgres, template1 FROM PUBLIC;
-- What searching needs. After a change of the connection the settings start anew.
\connect :"database"
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
