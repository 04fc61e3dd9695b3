"""Invitations, who people are at providers, and members who are in the roster."""

from importlib.resources import files

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_INVITATIONS = files("firstbell.store").joinpath("sql/invitations.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0014_second_factors"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="roster_user",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="membership",
            name="suspended_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("provider", models.TextField(blank=True, default="")),
                ("roster_user", models.TextField(blank=True, default="")),
                ("token_hash", models.TextField(unique=True)),
                ("invited_by", models.TextField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                (
                    "district",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.district",
                    ),
                ),
            ],
            options={
                "db_table": "invitations",
            },
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("issuer", models.TextField()),
                ("subject", models.TextField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identities",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "identities",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("issuer", "subject"), name="identities_by_subject"
                    )
                ],
            },
        ),
        migrations.RunSQL(_INVITATIONS),
    ]
