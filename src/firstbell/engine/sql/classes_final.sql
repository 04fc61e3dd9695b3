-- The terms that a class keeps: those that are accepted, in the order of the cell.
CREATE TABLE kept_terms AS
WITH once AS (
    SELECT n.pos, n.id, min(n.nth) AS nth
    FROM class_terms_named AS n JOIN "standing_academicSessions" AS s ON s.id = n.id
    WHERE s.stands = 'accepted' GROUP BY n.pos, n.id
)
SELECT pos, list(id ORDER BY nth) AS ids FROM once GROUP BY pos;

-- Who teaches first: among the accepted teacher enrollments those flagged primary, or all where none
-- is, the one who is primary in the system now, else the one with the lowest sourcedId.
CREATE TABLE primary_teachers AS
WITH teaching_now AS (
    SELECT t.class AS id, t.teacher, t."sourcedId", coalesce(t."primary", false) AS flagged,
           coalesce(t.teacher = a."primaryTeacherSourcedId", false) AS is_now
    FROM teaching AS t
    LEFT JOIN applied_classes AS a ON a.sourcedId = t.class
    WHERE t.pos NOT IN (SELECT pos FROM judged WHERE tab = 'enrollments' AND pos IS NOT NULL)
)
SELECT id, arg_min(teacher, (NOT flagged, NOT is_now, "sourcedId")) AS teacher
FROM teaching_now GROUP BY id
