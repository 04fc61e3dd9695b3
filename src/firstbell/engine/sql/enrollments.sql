SELECT r.*, {from_api} AS from_api, c.self AS "class", s.self AS "school", u.self AS "user"
FROM records_enrollments AS r
LEFT JOIN {classes} AS c ON c.id = r."classSourcedId"
LEFT JOIN standing_orgs AS s ON s.id = r."schoolSourcedId"
LEFT JOIN standing_users AS u ON u.id = r."userSourcedId"
