-- OneRoster 1.2: the orgs, one by one, of users whom several rows of roles.csv put at one.
CREATE TABLE several_users AS
SELECT u.pos, r.pos AS nth, r.org AS id
FROM roles_of_users AS r
JOIN (SELECT pos, "sourcedId" AS id FROM records_users
      WHERE several_orgs AND "orgSourcedIds" IS NOT NULL) AS u ON u.id = r.id
WHERE r.org IS NOT NULL AND NOT r.set_aside
