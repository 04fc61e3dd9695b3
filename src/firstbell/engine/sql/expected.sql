-- Schools of the roster that a specialist has un-onboarded, or marked never.
CREATE TABLE closed_schools AS
SELECT sourcedId AS id FROM applied_orgs
WHERE "type" = 'school' AND NOT {taken_in};

-- Classes whose terms, tonight's or as stored, have all ended.
CREATE TABLE ended_classes AS
SELECT r."sourcedId" AS id
FROM class_terms_named AS t
JOIN records_classes AS r ON r.pos = t.pos
LEFT JOIN ({sessions}) AS s ON s.id = t.id
GROUP BY r."sourcedId" HAVING bool_and(coalesce(s.ends < {as_of}, false))
UNION
SELECT c.sourcedId
FROM (SELECT sourcedId, unnest(termSourcedIds) AS term FROM applied_classes
      WHERE active AND termSourcedIds IS NOT NULL) AS c
LEFT JOIN "applied_academicSessions" AS s ON s.sourcedId = c.term
GROUP BY c.sourcedId HAVING bool_and(coalesce(s."endDate" < {as_of}, false));

ALTER TABLE removals ADD COLUMN expected BOOLEAN DEFAULT false;

UPDATE removals SET expected = true WHERE tab = 'orgs' AND id IN (SELECT id FROM closed_schools);

UPDATE removals SET expected = true
WHERE tab = 'classes' AND (
    id IN (SELECT id FROM ended_classes)
    OR id IN (SELECT sourcedId FROM applied_classes
              WHERE schoolSourcedId IN (SELECT id FROM closed_schools)));

UPDATE removals SET expected = true
WHERE tab = 'users' AND id IN (
    SELECT u.sourcedId
    FROM (SELECT sourcedId, unnest(orgSourcedIds) AS org FROM applied_users
          WHERE sourcedId IN (SELECT id FROM removals WHERE tab = 'users')) AS u
    JOIN applied_orgs AS o ON o.sourcedId = u.org
    WHERE o."type" = 'school'
    GROUP BY u.sourcedId HAVING bool_and(u.org IN (SELECT id FROM closed_schools)));

UPDATE removals SET expected = true
WHERE tab = 'enrollments' AND id IN (
    SELECT a.sourcedId FROM applied_enrollments AS a
    WHERE a."endDate" < {as_of}
       OR a.schoolSourcedId IN (SELECT id FROM closed_schools)
       OR a.classSourcedId IN (SELECT id FROM removals WHERE tab = 'classes' AND expected)
       OR a.userSourcedId IN (SELECT id FROM removals WHERE tab = 'users' AND expected)
    UNION ALL
    SELECT "sourcedId" FROM records_enrollments WHERE "endDate" < {as_of})
