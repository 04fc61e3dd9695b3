-- Accepted enrollments that stand a second time; `twice_enrolled` has those that may.
SELECT * FROM (
    SELECT *, row_number() OVER (
        PARTITION BY "classSourcedId", "userSourcedId", "role", "beginDate", "endDate" ORDER BY pos
    ) > 1 AS enrolled_before
    FROM records_enrollments
    WHERE pos IN (SELECT pos FROM twice_enrolled)
      AND pos NOT IN (SELECT pos FROM judged WHERE tab = 'enrollments' AND pos IS NOT NULL)
) WHERE enrolled_before
