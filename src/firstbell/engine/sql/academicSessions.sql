SELECT r.*, CASE WHEN p.id IS NOT NULL THEN {{'stands': 'there'}} END AS "parent"
FROM "records_academicSessions" AS r
LEFT JOIN "ids_academicSessions" AS p ON p.id = r."parentSourcedId"
