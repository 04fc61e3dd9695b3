"""The roles of users in OneRoster 1.2 are kept as the text that a night is compared with."""

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
    ]
