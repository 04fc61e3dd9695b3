"""Single records that somebody has an API asked for again."""

import django.db.models.deletion
from django.db import migrations, models

_HERE = "nullif(current_setting('firstbell.district', true), '')::bigint"

_MAY = f"""
ALTER TABLE record_checks ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker ON record_checks TO firstbell_worker USING (true);
CREATE POLICY web ON record_checks TO firstbell_web USING (district_id = {_HERE});
GRANT SELECT, INSERT, UPDATE, DELETE ON record_checks TO firstbell_worker;
GRANT SELECT, INSERT ON record_checks TO firstbell_web;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0018_fetched"),
    ]

    operations = [
        migrations.CreateModel(
            name="RecordCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table", models.TextField()),
                ("sourced_id", models.TextField(db_collation="C")),
                ("source", models.TextField()),
                ("who", models.TextField()),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.TextField(
                        choices=[
                            ("accepted", "Accepted"),
                            ("failed", "Failed"),
                            ("skipped", "Skipped"),
                            ("removed", "Removed"),
                            ("gone", "Gone"),
                            ("unknown", "Unknown"),
                        ],
                        null=True,
                    ),
                ),
                ("version", models.TextField(null=True)),
                ("said", models.JSONField(default=list)),
                ("reason", models.TextField(default="")),
                ("solution", models.TextField(default="")),
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
                    "sync",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.sync",
                    ),
                ),
            ],
            options={
                "db_table": "record_checks",
                "indexes": [
                    models.Index(fields=["district", "asked_at"], name="record_checks_by_age")
                ],
            },
        ),
        migrations.RunSQL(_MAY),
    ]
