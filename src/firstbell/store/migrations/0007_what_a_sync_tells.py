"""What a sync leaves open and how many objects, told by its row; same problems are not compared."""

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
