"""Specialists, who may open every district for a stated reason; and what people choose."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_SPECIALISTS = """
UPDATE persons SET is_specialist = true
WHERE id IN (SELECT person_id FROM memberships WHERE role = 'specialist');
DELETE FROM memberships WHERE role = 'specialist';
"""

_ME = "nullif(current_setting('firstbell.person', true), '')::bigint"
_HERE = "nullif(current_setting('firstbell.district', true), '')::bigint"
_POLICIES = f"""
CREATE FUNCTION firstbell_is_specialist() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM persons WHERE id = {_ME} AND is_specialist AND is_active)
$$;
CREATE POLICY web_of_specialists ON districts FOR SELECT TO firstbell_web
    USING ((SELECT firstbell_is_specialist()));
ALTER TABLE openings ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker ON openings TO firstbell_worker USING (true);
CREATE POLICY web ON openings TO firstbell_web
    USING (person_id = {_ME} OR district_id = {_HERE})
    WITH CHECK (person_id = {_ME} AND firstbell_is_specialist());
GRANT SELECT, INSERT, DELETE ON openings TO firstbell_worker;
GRANT SELECT, INSERT ON openings TO firstbell_web;
GRANT UPDATE (mail, theme) ON persons TO firstbell_web;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0007_what_a_sync_tells"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="is_specialist",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="person",
            name="mail",
            field=models.TextField(
                choices=[("every", "Every"), ("changes", "Changes"), ("failures", "Failures")],
                default="changes",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="theme",
            field=models.TextField(
                blank=True,
                choices=[("", "System"), ("light", "Light"), ("dark", "Dark")],
                default="",
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.TextField(choices=[("administrator", "Administrator")]),
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField()),
                ("opened_at", models.DateTimeField(auto_now_add=True)),
                (
                    "district",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.district",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "openings",
                "indexes": [
                    models.Index(
                        fields=["person", "district", "-opened_at"], name="openings_by_person"
                    )
                ],
            },
        ),
        migrations.RunSQL(_SPECIALISTS),
        migrations.RunSQL(_POLICIES),
    ]
