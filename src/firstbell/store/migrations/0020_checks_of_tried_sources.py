"""A source can be checked before it is saved."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0019_record_checks"),
    ]

    operations = [
        migrations.AddField("check", "tried", models.JSONField(null=True)),
    ]
