"""What source a roster was read from, checks of what it delivers; and the web reads and sets a source for a specialist only."""

from django.db import migrations, models

_HERE = "nullif(current_setting('firstbell.district', true), '')::bigint"

#: Rosters that are there were read from the source that is there.
_READ_FROM = """
UPDATE districts AS d SET read_from = s.settings - 'sealed' - 'vendor' || jsonb_build_object('kind', s.kind)
FROM sources AS s, syncs AS a
WHERE s.district_id = d.id AND a.id = d.applied_sync_id AND (a.delivery IS NULL OR s.kind = 'upload');
UPDATE syncs AS s SET read_from = d.read_from FROM districts AS d
WHERE d.last_feed_id = s.id AND (s.delivery IS NULL OR s.trigger = 'upload');
UPDATE sources SET settings = settings - 'vendor';
"""

#: These run as their owner, and ask first: a source's settings tell how it is reached.
_BY_SPECIALIST = f"""
CREATE FUNCTION firstbell_source() RETURNS TABLE (kind text, settings jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM firstbell_ask_specialist();
    RETURN QUERY SELECT s.kind, s.settings FROM sources AS s WHERE s.district_id = {_HERE};
END
$$;
CREATE FUNCTION firstbell_set_source(new_kind text, new_settings jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM firstbell_ask_specialist();
    PERFORM FROM districts WHERE id = {_HERE} FOR UPDATE;
    INSERT INTO sources (district_id, kind, settings) VALUES ({_HERE}, new_kind, new_settings)
    ON CONFLICT (district_id) DO UPDATE SET kind = excluded.kind, settings = excluded.settings;
    UPDATE districts SET nights_since = CASE WHEN new_kind <> 'upload' THEN now() END
    WHERE id = {_HERE};
END
$$;
REVOKE EXECUTE ON FUNCTION firstbell_source, firstbell_set_source FROM PUBLIC;
GRANT EXECUTE ON FUNCTION firstbell_source, firstbell_set_source TO firstbell_web;
DROP FUNCTION firstbell_add_source;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0016_rest_sources"),
    ]

    operations = [
        migrations.AlterField("source", "kind", models.TextField()),
        migrations.AddField("district", "read_from", models.JSONField(null=True)),
        migrations.AddField("sync", "read_from", models.JSONField(null=True)),
        migrations.AddField("sync", "is_review", models.BooleanField(default=False)),
        migrations.AddField("check", "from_source", models.BooleanField(default=False)),
        migrations.RunSQL(_READ_FROM),
        migrations.RunSQL(_BY_SPECIALIST),
    ]
