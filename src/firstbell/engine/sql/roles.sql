-- OneRoster 1.2: a user's role and orgs from roles.csv. What a sync means §2.7.
CREATE VIEW roles_of_users AS
SELECT pos, "userSourcedId" AS id, lower("cell_roleType") = 'primary' AS is_primary,
       "role", "cell_role", "nul_role", "orgSourcedId" AS org, "nul_orgSourcedId" AS nul_org,
       "roleType", "beginDate", "endDate", {gone} OR coalesce("endDate" < as_of, false) AS set_aside
FROM records_roles
WHERE "userSourcedId" IS NOT NULL;

-- Of a user's orgs it has one; the others stay rows, see several_users.
CREATE TABLE user_roles AS
WITH ranked AS (
    SELECT r.*,
           CASE WHEN "role" IN ({roles_in_scope})
                THEN CASE WHEN org = u."primaryOrgSourcedId" THEN 0 ELSE 1 END ELSE 2 END AS rank
    FROM roles_of_users AS r
    LEFT JOIN (SELECT "sourcedId" AS user_id, {primary_org} AS "primaryOrgSourcedId"
               FROM rows_users
               WHERE rowid NOT IN (SELECT pos FROM aside WHERE tab = 'users')) AS u
           ON u.user_id = r.id
), chosen AS (
    SELECT id,
           arg_min({{'role': "role", 'cell': "cell_role", 'nul': "nul_role"}},
                   rank * 1_000_000_000_000 + pos) FILTER (is_primary AND NOT set_aside) AS main,
           any_value(org) FILTER (NOT set_aside) AS org,
           count(org) FILTER (NOT set_aside) > 1 AS several_orgs,
           bool_or(nul_org AND NOT set_aside) AS nul_orgs,
           bool_and(set_aside) AS all_set_aside
    FROM ranked GROUP BY id
), unreadable AS (
    SELECT DISTINCT "sourcedId" AS id FROM notes WHERE tab = 'roles' AND kind = 'unreadable'
)
SELECT coalesce(c.id, u.id) AS id,
       main."role" AS "role", main.cell AS "cell_role", coalesce(main.nul, false) AS "nul_role",
       CASE WHEN NOT nul_orgs THEN org END AS "orgSourcedIds",
       CASE WHEN NOT nul_orgs THEN org END AS "cell_orgSourcedIds",
       several_orgs,
       coalesce(nul_orgs, false) AS "nul_orgSourcedIds",
       coalesce(all_set_aside, true) AS roles_set_aside
FROM chosen AS c
FULL JOIN unreadable AS u ON u.id = c.id
WHERE coalesce(c.id, u.id) IS NOT NULL
