-- Classes with accepted primary teacher enrollments of several users.
SELECT c.*, t.primary_teachers
FROM records_classes AS c
JOIN (
    SELECT class AS id, count(DISTINCT teacher) AS primary_teachers
    FROM teaching
    WHERE "primary"
      AND pos NOT IN (SELECT pos FROM judged WHERE tab = 'enrollments' AND pos IS NOT NULL)
    GROUP BY class
) AS t ON t.id = c."sourcedId"
WHERE t.primary_teachers > 1
