"""What the list of syncs tells of each: its causes, and how many objects there were after it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0007_problems"),
    ]

    operations = [
        migrations.AddField(
            model_name="sync",
            name="causes",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="sync",
            name="roster",
            field=models.JSONField(null=True),
        ),
    ]
