"""What is being done for a sync while it runs, and what was delivered when it failed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0008_specialists"),
    ]

    operations = [
        migrations.AddField(
            model_name="sync",
            name="step",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="sync",
            name="delivered",
            field=models.JSONField(null=True),
        ),
    ]
