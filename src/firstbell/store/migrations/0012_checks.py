"""Checks of uploaded files; and the web may see of what kind a source is, not how it is reached."""

import django.db.models.deletion
from django.db import migrations, models

_STATEMENTS = (
    "ALTER TABLE checks ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY worker ON checks TO firstbell_worker USING (true)",
    "CREATE POLICY web ON checks TO firstbell_web"
    " USING (district_id = nullif(current_setting('firstbell.district', true), '')::bigint)",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON checks TO firstbell_worker",
    "GRANT SELECT, INSERT, UPDATE (job, delivery, synced_id) ON checks TO firstbell_web",
    "GRANT SELECT (district_id, kind) ON sources TO firstbell_web",
)


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0011_settings_and_news"),
    ]

    operations = [
        migrations.AlterField(
            model_name="source",
            name="kind",
            field=models.TextField(choices=[("folder", "Folder"), ("upload", "Upload")]),
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("who", models.TextField()),
                (
                    "status",
                    models.TextField(
                        choices=[
                            ("Queued", "Queued"),
                            ("Running", "Running"),
                            ("Completed", "Completed"),
                            ("Completed with Errors", "With Errors"),
                            ("Failed", "Failed"),
                        ],
                        default="Queued",
                    ),
                ),
                ("queued_at", models.DateTimeField(auto_now_add=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("completed_at", models.DateTimeField(null=True)),
                ("delivery", models.TextField(null=True)),
                ("kept_until", models.DateTimeField(null=True)),
                ("job", models.BigIntegerField(null=True)),
                ("attempts", models.IntegerField(default=0)),
                ("reason", models.TextField(null=True)),
                ("solution", models.TextField(null=True)),
                ("as_of", models.DateField(null=True)),
                ("version", models.TextField(null=True)),
                ("tables", models.JSONField(null=True)),
                ("findings", models.JSONField(null=True)),
                ("codes", models.JSONField(null=True)),
                ("causes", models.JSONField(null=True)),
                ("changes", models.JSONField(null=True)),
                ("reports", models.JSONField(null=True)),
                ("held", models.JSONField(null=True)),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.district",
                    ),
                ),
                (
                    "synced",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="store.sync",
                    ),
                ),
            ],
            options={
                "db_table": "checks",
                "indexes": [
                    models.Index(
                        models.F("district"),
                        condition=models.Q(("completed_at", None)),
                        name="unfinished_checks",
                    )
                ],
            },
        ),
        migrations.RunSQL(";\n".join(_STATEMENTS)),
    ]
