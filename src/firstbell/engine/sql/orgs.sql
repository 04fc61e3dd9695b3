SELECT r.*,
       CASE WHEN p.id IS NOT NULL THEN {{'stands': 'there'}} END AS "parent",
       {all_onboarded} OR r."sourcedId" IN (SELECT id FROM onboarded) AS onboarded,
       r."sourcedId" IN (SELECT id FROM never) AS never
FROM records_orgs AS r
LEFT JOIN ids_orgs AS p ON p.id = r."parentSourcedId"
