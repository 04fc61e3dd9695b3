-- OneRoster 1.2: the roles that a user has at accepted orgs. The rows of roles.csv have no order that
-- means anything, so that they are sorted. What a sync means §7.
CREATE TABLE kept_roles AS
WITH each AS (
    SELECT DISTINCT r.id, to_json({{
        'roleType': r."roleType", 'role': r."role", 'orgSourcedId': r.org,
        'beginDate': r."beginDate", 'endDate': r."endDate"}})::VARCHAR AS role
    FROM roles_of_users AS r
    JOIN standing_orgs AS o ON o.id = r.org
    WHERE o.stands = 'accepted' AND NOT r.set_aside AND r."role" IS NOT NULL
)
SELECT id, '[' || string_agg(role, ',' ORDER BY role) || ']' AS roles FROM each GROUP BY id
