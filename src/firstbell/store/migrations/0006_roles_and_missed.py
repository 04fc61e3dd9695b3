"""The roles of users in OneRoster 1.2 as text; and what is lost with a delivery that fails."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0005_mail"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="roles",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="sync",
            name="change_files",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, size=None
            ),
        ),
    ]
