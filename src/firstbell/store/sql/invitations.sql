-- What the web may do about invitations, and no more: it makes no person and no member but through
-- these functions, which work as the owner of the tables.

ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker ON invitations TO firstbell_worker USING (true);
CREATE POLICY web ON invitations TO firstbell_web USING (
    district_id = nullif(current_setting('firstbell.district', true), '')::bigint
    OR (district_id IS NULL AND firstbell_is_specialist())
);
GRANT SELECT, INSERT, DELETE ON invitations TO firstbell_web, firstbell_worker;
GRANT SELECT ON identities, socialaccount_socialapp, socialaccount_socialaccount TO firstbell_web;
GRANT SELECT, INSERT, DELETE ON identities TO firstbell_worker;
GRANT DELETE ON memberships TO firstbell_web;
-- What specialists do to nobody's district is recorded, too.
CREATE POLICY web_of_no_district ON audit_entries TO firstbell_web
    USING (district_id IS NULL AND firstbell_is_specialist());

-- Who is added by a specialist is no administrator of the roster; that function names no such one.
ALTER TABLE memberships ALTER COLUMN roster_user SET DEFAULT '';

-- Who is suspended has no way to the district.
ALTER POLICY web_where_to ON districts USING (
    id IN (
        SELECT district_id FROM memberships
        WHERE person_id = nullif(current_setting('firstbell.person', true), '')::bigint
        AND suspended_at IS NULL
    )
);

-- An account that somebody has, or will have by other means, is given to nobody by an invitation.
CREATE FUNCTION firstbell_is_somebodys(address text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM persons AS p WHERE p.email = address AND (
            p.password NOT LIKE '!%' OR p.is_specialist OR NOT p.is_active
            OR EXISTS (SELECT FROM identities AS i WHERE i.person_id = p.id)
            OR EXISTS (SELECT FROM memberships AS m WHERE m.person_id = p.id)
        )
    )
$$;

CREATE FUNCTION firstbell_invitation(hash text)
RETURNS TABLE (email text, provider text, district text, is_somebodys boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT i.email, i.provider, d.name, firstbell_is_somebodys(i.email)
    FROM invitations AS i LEFT JOIN districts AS d ON d.id = i.district_id
    WHERE i.token_hash = hash AND i.expires_at > now()
$$;

-- Lets a person in by an invitation, which is then gone.
CREATE FUNCTION firstbell_join(invited invitations, joining bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF invited.district_id IS NULL THEN
        UPDATE persons SET is_specialist = true WHERE id = joining;
    ELSE
        INSERT INTO memberships (district_id, person_id, role, roster_user)
        VALUES (invited.district_id, joining, 'administrator', invited.roster_user)
        ON CONFLICT (district_id, person_id) DO UPDATE
        SET roster_user = excluded.roster_user, suspended_at = NULL;
    END IF;
    INSERT INTO audit_entries (district_id, at, who, what, details)
    SELECT invited.district_id, now(), coalesce(nullif(p.name, ''), p.email),
        'invitation accepted', jsonb_build_object('person', p.id)
    FROM persons AS p WHERE p.id = joining;
    DELETE FROM invitations WHERE id = invited.id;
END
$$;

-- The account of an address that is nobody's yet, with a password, or with one that none fits.
CREATE FUNCTION firstbell_person(address text, secret text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    INSERT INTO persons
        (password, email, name, is_active, is_specialist, mail, theme, created_at)
    VALUES (secret, address, '', true, false, 'changes', '', now())
    ON CONFLICT (email) DO NOTHING
    RETURNING id INTO made;
    IF made IS NOT NULL THEN
        RETURN made;
    END IF;
    -- Whoever makes it somebody's at this moment is waited for.
    PERFORM FROM persons WHERE email = address FOR UPDATE;
    IF firstbell_is_somebodys(address) THEN
        RETURN NULL;
    END IF;
    UPDATE persons SET password = secret WHERE email = address RETURNING id INTO made;
    RETURN made;
END
$$;

-- By the link and a new password. Returns the person; NULL when it lets nobody in.
CREATE FUNCTION firstbell_accept_new(hash text, secret text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    invited invitations;
    joining bigint;
BEGIN
    SELECT * INTO invited FROM invitations
    WHERE token_hash = hash AND provider = '' AND expires_at > now() FOR UPDATE;
    IF FOUND THEN
        joining := firstbell_person(invited.email, secret);
        IF joining IS NOT NULL THEN
            PERFORM firstbell_join(invited, joining);
        END IF;
    END IF;
    RETURN joining;
END
$$;

-- By the link, as the person who is signed in and was invited.
CREATE FUNCTION firstbell_accept_as(hash text, me bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    invited invitations;
BEGIN
    SELECT i.* INTO invited FROM invitations AS i JOIN persons AS p ON p.email = i.email
    WHERE i.token_hash = hash AND i.expires_at > now() AND p.id = me AND p.is_active
    FOR UPDATE OF i;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM firstbell_join(invited, me);
    RETURN me;
END
$$;

-- By a first sign-in at a provider, which has verified the address.
CREATE FUNCTION firstbell_accept_from(
    at_provider text, address text, by_issuer text, as_subject text, secret text
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    invited invitations;
    joining bigint;
BEGIN
    FOR invited IN SELECT * FROM invitations
        WHERE provider = at_provider AND email = address AND expires_at > now() FOR UPDATE
    LOOP
        IF joining IS NULL THEN
            joining := firstbell_person(address, secret);
            IF joining IS NULL THEN
                RETURN NULL;
            END IF;
            INSERT INTO identities (person_id, issuer, subject, created_at)
            VALUES (joining, by_issuer, as_subject, now());
        END IF;
        PERFORM firstbell_join(invited, joining);
    END LOOP;
    RETURN joining;
END
$$;

REVOKE EXECUTE ON FUNCTION firstbell_is_somebodys(text), firstbell_invitation(text),
    firstbell_join(invitations, bigint), firstbell_person(text, text),
    firstbell_accept_new(text, text), firstbell_accept_as(text, bigint),
    firstbell_accept_from(text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION firstbell_invitation(text), firstbell_accept_new(text, text),
    firstbell_accept_as(text, bigint), firstbell_accept_from(text, text, text, text, text)
    TO firstbell_web;
