#!/usr/bin/env bash
# Makes the roles and the empty databases, once per cluster; repeatable, so that a changed password takes effect.
set -euo pipefail
psql --set=ON_ERROR_STOP=1 --quiet --file=/roles.sql
psql --set=ON_ERROR_STOP=1 --quiet --set=owner="$DB_OWNER_PASSWORD" --set=app="$DB_APP_PASSWORD" \
  --set=session="$DB_SESSION_PASSWORD" --set=secrets="$DB_SECRETS_PASSWORD" \
  --set=sequencer="$DB_SEQUENCER_PASSWORD" --set=publisher="$DB_PUBLISHER_PASSWORD" --set=eraser="$DB_ERASER_PASSWORD" \
  --set=keycloak="$DB_KEYCLOAK_PASSWORD" <<'SQL'
SELECT 'CREATE ROLE keycloak LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'keycloak') \gexec
ALTER ROLE concordat_owner PASSWORD :'owner';
ALTER ROLE concordat_app PASSWORD :'app';
ALTER ROLE concordat_session PASSWORD :'session';
ALTER ROLE concordat_secrets PASSWORD :'secrets';
ALTER ROLE concordat_sequencer PASSWORD :'sequencer';
ALTER ROLE concordat_publisher PASSWORD :'publisher';
ALTER ROLE concordat_eraser PASSWORD :'eraser';
ALTER ROLE keycloak PASSWORD :'keycloak';
SELECT format('CREATE DATABASE %I OWNER %I', name, owner)
  FROM (VALUES ('concordat', 'concordat_owner'), ('concordat_secrets', 'concordat_owner'), ('keycloak', 'keycloak'))
    AS wanted (name, owner)
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name) \gexec
SQL
