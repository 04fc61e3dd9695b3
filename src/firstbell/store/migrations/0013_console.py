"""How districts stand, the schools of their feeds, and who asks for one; districts by the web."""

import django.db.models.deletion
from django.db import migrations, models

_ME = "nullif(current_setting('firstbell.person', true), '')::bigint"
_HERE = "nullif(current_setting('firstbell.district', true), '')::bigint"

_MAY = f"""
ALTER TABLE standings ENABLE ROW LEVEL SECURITY;
ALTER TABLE feed_schools ENABLE ROW LEVEL SECURITY;
ALTER TABLE school_requests ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker ON standings TO firstbell_worker USING (true);
CREATE POLICY worker ON feed_schools TO firstbell_worker USING (true);
CREATE POLICY worker ON school_requests TO firstbell_worker USING (true);
CREATE POLICY web ON feed_schools FOR SELECT TO firstbell_web USING (district_id = {_HERE});
CREATE POLICY web ON school_requests TO firstbell_web USING (district_id = {_HERE});
CREATE POLICY web_of_specialists ON standings FOR SELECT TO firstbell_web
    USING ((SELECT firstbell_is_specialist()));
CREATE POLICY web_of_specialists ON feed_schools FOR SELECT TO firstbell_web
    USING ((SELECT firstbell_is_specialist()));
CREATE POLICY web_of_specialists ON school_requests FOR SELECT TO firstbell_web
    USING ((SELECT firstbell_is_specialist()));
CREATE POLICY web_of_specialists ON schools FOR SELECT TO firstbell_web
    USING ((SELECT firstbell_is_specialist()));
GRANT SELECT ON standings TO firstbell_worker, firstbell_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON feed_schools TO firstbell_worker;
GRANT SELECT ON feed_schools TO firstbell_web;
GRANT SELECT, INSERT, UPDATE ON school_requests TO firstbell_worker;
GRANT SELECT, INSERT, UPDATE (answered_at, answer, answered_by) ON school_requests TO firstbell_web;
"""

#: Says anew how districts stand. It runs as its owner: nobody else writes standings.
_STAND = """
CREATE FUNCTION firstbell_stand(districts_told bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
INSERT INTO standings
    (district_id, status, ended_sync, ended_at, reason, applied_status, applied_sync, applied_at,
     failures, causes, new_causes, failures_before, held_sync, held, nights)
SELECT d.id, e.status, e.id, e.completed_at, e.reason, a.status, a.id, a.completed_at,
       (a.findings ->> 'failure')::bigint, (a.causes ->> 'total')::int, (a.causes ->> 'new')::int,
       (b.findings ->> 'failure')::bigint, h.id, h.removals, coalesce(n.nights, '[]')
FROM districts AS d
CROSS JOIN LATERAL (
    SELECT id, status, completed_at, reason FROM syncs
    WHERE district_id = d.id AND completed_at IS NOT NULL ORDER BY completed_at DESC, id DESC LIMIT 1
) AS e
LEFT JOIN LATERAL (
    SELECT id, status, completed_at, findings, causes FROM syncs
    WHERE district_id = d.id AND status IN ('Completed', 'Completed with Errors')
    ORDER BY id DESC LIMIT 1
) AS a ON true
LEFT JOIN LATERAL (
    SELECT findings FROM syncs
    WHERE district_id = d.id AND status IN ('Completed', 'Completed with Errors') AND id < a.id
    ORDER BY id DESC LIMIT 1
) AS b ON true
LEFT JOIN LATERAL (
    SELECT id, (SELECT sum(value::bigint) FROM jsonb_each_text(held)) AS removals FROM syncs
    WHERE district_id = d.id AND hold_decision = 'open' AND hold_decided_at IS NULL
    ORDER BY id DESC LIMIT 1
) AS h ON true
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_array(day, failures) ORDER BY day) AS nights FROM (
        SELECT DISTINCT ON (day) (completed_at AT TIME ZONE d.timezone)::date AS day,
               CASE WHEN status <> 'Failed' THEN (findings ->> 'failure')::bigint END AS failures
        FROM syncs
        WHERE district_id = d.id AND completed_at > e.completed_at - interval '15 days'
        ORDER BY day, completed_at DESC, id DESC
    ) AS days
) AS n ON true
WHERE d.id = ANY (districts_told)
ON CONFLICT (district_id) DO UPDATE SET
    status = excluded.status, ended_sync = excluded.ended_sync, ended_at = excluded.ended_at,
    reason = excluded.reason, applied_status = excluded.applied_status,
    applied_sync = excluded.applied_sync, applied_at = excluded.applied_at,
    failures = excluded.failures, failures_before = excluded.failures_before,
    causes = excluded.causes, new_causes = excluded.new_causes, held_sync = excluded.held_sync,
    held = excluded.held, nights = excluded.nights
$$;
REVOKE EXECUTE ON FUNCTION firstbell_stand FROM PUBLIC;

CREATE FUNCTION firstbell_syncs_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM firstbell_stand(array_agg(DISTINCT district_id))
    FROM added WHERE completed_at IS NOT NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER standings_of_added AFTER INSERT ON syncs REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION firstbell_syncs_added();

CREATE FUNCTION firstbell_sync_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM firstbell_stand(ARRAY[NEW.district_id]);
    RETURN NULL;
END
$$;
CREATE TRIGGER standings_of_changed AFTER UPDATE ON syncs FOR EACH ROW
    WHEN (NEW.completed_at IS NOT NULL AND (OLD.status, OLD.completed_at, OLD.hold_decision, OLD.hold_decided_at)
        IS DISTINCT FROM (NEW.status, NEW.completed_at, NEW.hold_decision, NEW.hold_decided_at))
    EXECUTE FUNCTION firstbell_sync_changed();
REVOKE EXECUTE ON FUNCTION firstbell_syncs_added, firstbell_sync_changed FROM PUBLIC;
SELECT firstbell_stand(array_agg(id)) FROM districts;
"""

#: What only a specialist may do beyond a single district: these run as their owner, and ask first.
_ADD = f"""
CREATE FUNCTION firstbell_ask_specialist() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT firstbell_is_specialist() THEN
        RAISE insufficient_privilege USING MESSAGE = 'only a specialist may do this';
    END IF;
END
$$;
CREATE FUNCTION firstbell_add_district(new_slug text, new_name text, new_timezone text)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    added bigint;
BEGIN
    PERFORM firstbell_ask_specialist();
    INSERT INTO districts (slug, name, timezone, onboard_all, version, lost_changes, limits,
                           starts_from, starts_until, ready_by, paused, blackout, created_at)
    VALUES (new_slug, new_name, new_timezone, false, 0, '{{}}', '{{}}',
            '01:00', '04:00', '06:00', false, '{{}}', now())
    RETURNING id INTO added;
    RETURN added;
END
$$;
CREATE FUNCTION firstbell_add_source(new_kind text, new_settings jsonb)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM firstbell_ask_specialist();
    INSERT INTO sources (district_id, kind, settings) VALUES ({_HERE}, new_kind, new_settings);
    UPDATE districts SET nights_since = now() WHERE id = {_HERE} AND new_kind <> 'upload';
END
$$;
REVOKE EXECUTE ON FUNCTION firstbell_add_district, firstbell_add_source FROM PUBLIC;
GRANT EXECUTE ON FUNCTION firstbell_add_district, firstbell_add_source TO firstbell_web;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0012_checks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Standing",
            fields=[
                (
                    "district",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="store.district",
                    ),
                ),
                (
                    "status",
                    models.TextField(
                        choices=[
                            ("Queued", "Queued"),
                            ("Running", "Running"),
                            ("Completed", "Completed"),
                            ("Completed with Errors", "With Errors"),
                            ("Failed", "Failed"),
                        ]
                    ),
                ),
                ("ended_sync", models.BigIntegerField()),
                ("ended_at", models.DateTimeField()),
                ("reason", models.TextField(null=True)),
                (
                    "applied_status",
                    models.TextField(
                        choices=[
                            ("Queued", "Queued"),
                            ("Running", "Running"),
                            ("Completed", "Completed"),
                            ("Completed with Errors", "With Errors"),
                            ("Failed", "Failed"),
                        ],
                        null=True,
                    ),
                ),
                ("applied_sync", models.BigIntegerField(null=True)),
                ("applied_at", models.DateTimeField(null=True)),
                ("failures", models.BigIntegerField(null=True)),
                ("failures_before", models.BigIntegerField(null=True)),
                ("causes", models.IntegerField(null=True)),
                ("new_causes", models.IntegerField(null=True)),
                ("held_sync", models.BigIntegerField(null=True)),
                ("held", models.BigIntegerField(null=True)),
                ("nights", models.JSONField(default=list)),
            ],
            options={
                "db_table": "standings",
            },
        ),
        migrations.CreateModel(
            name="FeedSchool",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "district_id",
                        "sourced_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("sourced_id", models.TextField(db_collation="C")),
                ("name", models.TextField()),
                ("first_seen", models.DateTimeField()),
                ("students", models.IntegerField()),
                ("staff", models.IntegerField()),
                ("classes", models.IntegerField()),
                ("enrollments", models.IntegerField()),
                (
                    "district",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.district",
                    ),
                ),
            ],
            options={
                "db_table": "feed_schools",
            },
        ),
        migrations.CreateModel(
            name="SchoolRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sourced_id", models.TextField(db_collation="C")),
                ("who", models.TextField()),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("brings", models.JSONField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answer",
                    models.TextField(
                        choices=[("onboarded", "Onboarded"), ("never", "Never")], null=True
                    ),
                ),
                ("answered_by", models.TextField(null=True)),
                (
                    "district",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.district",
                    ),
                ),
            ],
            options={
                "db_table": "school_requests",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at", None)),
                        fields=("district", "sourced_id"),
                        name="open_school_requests",
                    )
                ],
            },
        ),
        migrations.RunSQL(_MAY),
        migrations.RunSQL(_STAND),
        migrations.RunSQL(_ADD),
    ]
