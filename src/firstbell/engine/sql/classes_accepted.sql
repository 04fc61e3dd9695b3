-- Classes with accepted primary teacher enrollments of several users.
SELECT c.*, t.primary_teachers
FROM records_classes AS c
JOIN (
    SELECT "classSourcedId" AS id, count(DISTINCT "userSourcedId") AS primary_teachers
    FROM records_enrollments
    WHERE "role" = 'teacher' AND "primary"
      AND pos NOT IN (SELECT pos FROM judged WHERE tab = 'enrollments' AND pos IS NOT NULL)
    GROUP BY 1
) AS t ON t.id = c."sourcedId"
WHERE t.primary_teachers > 1
