-- The orgs, one by one, of users who do not simply name one accepted org. What a sync means §3:
-- where a student names a school, orgs of another type do not count.
CREATE TABLE user_orgs AS
WITH listed AS (
    SELECT r.pos, r."role" = 'student' AS student, r."orgSourcedIds" AS id, 1 AS nth
    FROM records_users AS r
    LEFT JOIN standing_orgs AS o ON o.id = r."orgSourcedIds"
    WHERE r."orgSourcedIds" IS NOT NULL AND NOT {several_orgs} AND o.stands IS DISTINCT FROM 'accepted'
    UNION ALL
    SELECT s.pos, r."role" = 'student', s.id, s.nth
    FROM several_users AS s JOIN records_users AS r ON r.pos = s.pos
), counting AS (
    SELECT l.pos, l.nth, l.id, o.stands, o.origin
    FROM listed AS l
    LEFT JOIN standing_orgs AS o ON o.id = l.id
    QUALIFY NOT coalesce(
        l.student AND bool_or(o.type = 'school') OVER (PARTITION BY l.pos) AND o.type <> 'school',
        false)
)
SELECT pos,
       coalesce(bool_or(stands = 'accepted'), false) AS has_org,
       bool_and(stands IS NULL) AND (
           bool_or(id IN (SELECT "parentSourcedId" FROM records_orgs))
           OR NOT EXISTS (FROM records_orgs WHERE "parentSourcedId" IS NOT NULL)) AS are_above,
       arg_min({{'id': id, 'origin': origin}}, nth)
           FILTER (stands IS NULL OR stands = 'failed') AS bad,
       arg_min({{'origin': origin}}, nth) FILTER (stands = 'failed') AS failed,
       arg_min({{'origin': origin}}, nth) FILTER (stands = 'left') AS gone
FROM counting GROUP BY pos;

-- A teacher lent to another school counts there too.
UPDATE user_orgs SET has_org = true
WHERE NOT has_org AND pos IN (
    SELECT r.pos
    FROM user_orgs AS u
    JOIN records_users AS r ON r.pos = u.pos
    JOIN (SELECT "userSourcedId", "schoolSourcedId" FROM records_enrollments
          WHERE NOT {enrollment_not_open}) AS e ON e."userSourcedId" = r."sourcedId"
    JOIN standing_orgs AS o ON o.id = e."schoolSourcedId"
    WHERE NOT u.has_org AND o.stands = 'accepted' AND o.type = 'school'
);

CREATE VIEW facts_users_alone AS
SELECT r.*,
       coalesce(r."role" <> 'student', false) AS staff,
       CASE WHEN regexp_full_match(r."cell_email", '{email}') THEN lower(r."cell_email") END
           AS well_formed_email,
       coalesce(u.has_org, r."orgSourcedIds" IS NOT NULL) AS has_org,
       u.bad.id AS bad_org,
       -- An administrator of the district, which a roster server need not share with its schools.
       coalesce({from_api} AND r."role" NOT IN ('student', 'teacher') AND NOT u.has_org
                AND u.are_above, false) AS above_the_shared,
       {{'stands': CASE WHEN NOT u.has_org AND u.gone IS NOT NULL THEN 'left' END,
         'origin': CASE WHEN u.has_org THEN u.bad.origin
                        ELSE coalesce(u.gone.origin, u.failed.origin) END}} AS "orgs"
FROM records_users AS r
LEFT JOIN user_orgs AS u ON u.pos = r.pos;

-- Users in scope whose email or username another user has too.
CREATE TABLE users_in_scope AS
SELECT staff, well_formed_email AS email, lower("cell_username") AS username
FROM facts_users_alone
WHERE pos IN (SELECT pos FROM same_email UNION ALL SELECT pos FROM same_username)
  AND NOT {out_of_scope};

CREATE TABLE shared_emails AS
SELECT email, count(*) FILTER (staff) AS staff_with_email, count(*) AS people_with_email
FROM users_in_scope WHERE email IS NOT NULL GROUP BY email HAVING count(*) > 1;

CREATE TABLE shared_usernames AS
SELECT username, count(*) AS people_with_username
FROM users_in_scope WHERE username IS NOT NULL GROUP BY username HAVING count(*) > 1;

SELECT f.*, e.staff_with_email, e.people_with_email, n.people_with_username
FROM facts_users_alone AS f
LEFT JOIN shared_emails AS e ON e.email = f.well_formed_email
LEFT JOIN shared_usernames AS n ON n.username = lower(f."cell_username")
