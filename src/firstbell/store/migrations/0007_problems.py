"""A digest of the problems that a sync leaves open: those that stay the same are not compared."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0006_roles_and_unread"),
    ]

    operations = [
        migrations.AddField(
            model_name="sync",
            name="problems",
            field=models.TextField(default=""),
        ),
    ]
