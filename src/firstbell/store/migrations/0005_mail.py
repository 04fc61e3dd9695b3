"""Who was told of a sync by mail; the web has no business with it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0004_web"),
    ]

    operations = [
        migrations.AddField(
            model_name="sync",
            name="solution",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="sync",
            name="told_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "sync_id",
                        "person_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("sent_at", models.DateTimeField(auto_now_add=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sync",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.sync",
                    ),
                ),
            ],
            options={
                "db_table": "mails",
            },
        ),
        migrations.RunSQL("GRANT SELECT, INSERT, DELETE ON mails TO firstbell_worker"),
    ]
