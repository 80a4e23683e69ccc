-- One role and one database for each service, made when missing; passwords that changed are taken over.
\set role auth_service
\set database auth_db
\getenv password AUTH_SERVICE_PASSWORD
\i /etc/ecatalog/service.sql
\set role catalog_service
\set database catalog_db
\getenv password CATALOG_SERVICE_PASSWORD
\i /etc/ecatalog/service.sql
\set role integration_service
\set database integration_db
\getenv password INTEGRATION_SERVICE_PASSWORD
\i /etc/ecatalog/service.sql
\set role media_service
\set database media_db
\getenv password MEDIA_SERVICE_PASSWORD
\i /etc/ecatalog/service.sql
\set role location_service
\set database location_db
\getenv password LOCATION_SERVICE_PASSWORD
\i /etc/ecatalog/service.sql
