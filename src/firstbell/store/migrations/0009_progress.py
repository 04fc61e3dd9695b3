"""What is being done for a sync while it runs."""

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
    ]
