-- The database roles, made once per cluster by its administrator. Passwords are set apart from this file.
-- Owner runs migrations and owns every table; the others hold what their process needs and own nothing.
DO $$
DECLARE role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['concordat_owner', 'concordat_app', 'concordat_session', 'concordat_secrets',
                                   'concordat_sequencer', 'concordat_publisher', 'concordat_eraser'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION', role_name);
    END IF;
  END LOOP;
END $$;
