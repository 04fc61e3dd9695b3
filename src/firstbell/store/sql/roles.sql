-- The roles of every process, and what they may do in this database as such; what they may do with
-- a table is said by the migration that makes it. It runs before each migration: roles belong to
-- the server, and a database may have come to another one. Two databases may be migrated at once.
DO $$
DECLARE
    of_process text;
    -- MEMBER is also who may only hand a role on.
    can_become text := CASE WHEN current_setting('server_version_num')::int >= 160000
        THEN 'SET' ELSE 'MEMBER' END;
BEGIN
    FOREACH of_process IN ARRAY ARRAY['firstbell_owner', 'firstbell_worker', 'firstbell_web'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = of_process) THEN
                EXECUTE format('CREATE ROLE %I LOGIN', of_process);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END;
        -- So that one user can work as each of them; who is one of them already need not.
        BEGIN
            IF NOT pg_has_role(current_user, of_process, can_become) THEN
                EXECUTE format('GRANT %I TO CURRENT_USER', of_process);
            END IF;
        EXCEPTION WHEN unique_violation OR insufficient_privilege THEN NULL;
        END;
    END LOOP;
    -- The worker owns the roster, for only so it may copy rows straight into tables with policies;
    -- the owner changes these tables too.
    BEGIN
        IF NOT pg_has_role('firstbell_owner', 'firstbell_worker', 'USAGE') THEN
            GRANT firstbell_worker TO firstbell_owner;
        END IF;
    EXCEPTION WHEN unique_violation THEN NULL;
    END;
    IF NOT has_schema_privilege('firstbell_owner', 'public', 'CREATE WITH GRANT OPTION') THEN
        GRANT USAGE, CREATE ON SCHEMA public TO firstbell_owner WITH GRANT OPTION;
    END IF;
END
$$;
