"""What it took to fetch a delivery is kept on its sync."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0017_sources_of_all_kinds"),
    ]

    operations = [
        migrations.AddField("sync", "fetched", models.JSONField(null=True)),
    ]
