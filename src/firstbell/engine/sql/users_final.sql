-- The accepted schools of each user's open enrollments. What a sync means §4, users.
CREATE TABLE enrolled_schools AS
SELECT DISTINCT e."userSourcedId" AS id, e."schoolSourcedId" AS org
FROM records_enrollments AS e
JOIN standing_orgs AS o ON o.id = e."schoolSourcedId"
WHERE o.stands = 'accepted' AND o.type = 'school' AND NOT {enrollment_not_open};

-- The orgs that a user keeps: those of the cell that are accepted, in its order, then the others;
-- those of roles.csv, whose rows have no order that means anything, by sourcedId.
CREATE TABLE kept_orgs AS
WITH named AS (
    SELECT r.pos, r."sourcedId" AS user_id, unnest(r."orgSourcedIds") AS org,
           generate_subscripts(r."orgSourcedIds", 1) AS nth
    FROM records_users AS r WHERE r."orgSourcedIds" IS NOT NULL
), every AS (
    SELECT n.pos, n.org, n.nth FROM named AS n
    JOIN standing_orgs AS o ON o.id = n.org WHERE o.stands = 'accepted'
    UNION ALL
    SELECT r.pos, s.org, NULL FROM records_users AS r JOIN enrolled_schools AS s ON s.id = r."sourcedId"
    WHERE NOT coalesce(list_contains(r."orgSourcedIds", s.org), false)
), once AS (SELECT pos, org, min(nth) AS nth FROM every GROUP BY pos, org)
SELECT pos, list(org ORDER BY {order}, org) AS ids FROM once GROUP BY pos
