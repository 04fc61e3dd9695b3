-- Accepted enrollments that stand a second time: `twice_enrolled` has the hashes seen twice.
SELECT * FROM (
    SELECT r.*, row_number() OVER (
        PARTITION BY "classSourcedId", "userSourcedId", "role", "beginDate", "endDate" ORDER BY pos
    ) > 1 AS enrolled_before
    FROM records_enrollments AS r
    WHERE hash("classSourcedId", "userSourcedId", "role", "beginDate", "endDate")
          IN (SELECT hash FROM twice_enrolled)
      AND pos NOT IN (SELECT pos FROM judged WHERE tab = 'enrollments' AND pos IS NOT NULL)
) WHERE enrolled_before
