-- The terms that each class names, one by one.
CREATE VIEW class_terms_named AS
SELECT pos, 1 AS nth, "termSourcedIds" AS id FROM records_classes WHERE NOT contains("termSourcedIds", ',')
UNION ALL SELECT pos, nth, id FROM several_classes;

-- The terms of each class: are all over, and which is the first that is no accepted record?
CREATE TABLE class_terms AS
SELECT l.pos, bool_and(coalesce(s.is_over, false)) AS terms_over,
       arg_min(l.id, l.nth) FILTER (s.stands IS DISTINCT FROM 'accepted') AS bad_term
FROM class_terms_named AS l
LEFT JOIN "standing_academicSessions" AS s ON s.id = l.id
GROUP BY l.pos;

-- Who would teach each class, leaving its own outcome aside. What a sync means §5: without a
-- teacher, the reason is that of the teacher enrollment with the lowest sourcedId.
CREATE TABLE class_teachers AS
SELECT class AS id, bool_or(stands = 'accepted') AS has_teacher, arg_min({{'origin': origin}}, "sourcedId").origin AS origin
FROM teaching GROUP BY class;

SELECT r.*,
       {courses_in_feed} AS courses_in_feed,
       {sessions_in_feed} AS sessions_in_feed,
       {courses_wanted} AS courses_wanted,
       {sessions_wanted} AS sessions_wanted,
       {types_wanted} AS types_wanted,
       s.self AS "school",
       c.self AS "course",
       t.terms_over, t.bad_term,
       coalesce(h.has_teacher, false) AS has_teacher,
       {{'stands': CASE WHEN h.has_teacher THEN 'accepted' END, 'origin': h.origin}} AS "teacher"
FROM records_classes AS r
LEFT JOIN standing_orgs AS s ON s.id = r."schoolSourcedId"
LEFT JOIN standing_courses AS c ON c.id = r."courseSourcedId"
LEFT JOIN class_terms AS t ON t.pos = r.pos
LEFT JOIN class_teachers AS h ON h.id = r."sourcedId"
