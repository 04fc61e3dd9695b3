SELECT r.*, p.self AS "org"
FROM records_courses AS r
LEFT JOIN standing_orgs AS p ON p.id = r."orgSourcedId"
