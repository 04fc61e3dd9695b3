-- The accepted schools of each user's open enrollments. What a sync means §4, users.
CREATE TABLE enrolled_schools AS
SELECT DISTINCT e."userSourcedId" AS id, e."schoolSourcedId" AS org
FROM records_enrollments AS e
JOIN standing_orgs AS o ON o.id = e."schoolSourcedId"
WHERE o.stands = 'accepted' AND o.type = 'school' AND NOT {enrollment_not_open};

-- The schools of each user's open enrollments but the one org that its cell names.
CREATE TABLE schools_elsewhere AS
SELECT r.pos, s.org
FROM records_users AS r JOIN enrolled_schools AS s ON s.id = r."sourcedId"
WHERE {several_orgs} OR s.org IS DISTINCT FROM r."orgSourcedIds";

-- The orgs that a user keeps: those of the cell that are accepted, in its order, then the others;
-- those of roles.csv, whose rows have no order that means anything, by sourcedId. Users who are at
-- the one accepted org that they name, as most are, are not in it.
CREATE TABLE kept_orgs AS
WITH named AS (
    SELECT pos, nth, id AS org FROM several_users
    UNION ALL
    SELECT r.pos, 1, r."orgSourcedIds" FROM records_users AS r
    WHERE NOT {several_orgs} AND r.pos IN (SELECT pos FROM schools_elsewhere)
), every AS (
    SELECT n.pos, n.org, n.nth
    FROM named AS n JOIN standing_orgs AS o ON o.id = n.org WHERE o.stands = 'accepted'
    UNION ALL SELECT pos, org, NULL FROM schools_elsewhere
), once AS (SELECT pos, org, min(nth) AS nth FROM every GROUP BY pos, org)
SELECT pos, list(org ORDER BY {order}, org) AS ids FROM once GROUP BY pos
