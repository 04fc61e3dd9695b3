"""The newest syncs of a district are found among years of them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0009_progress"),
    ]

    operations = [
        migrations.AlterField(
            model_name="sync",
            name="district",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="store.district",
            ),
        ),
        migrations.AddIndex(
            model_name="sync",
            index=models.Index(fields=["district", "-completed_at"], name="syncs_by_end"),
        ),
        migrations.AddIndex(
            model_name="sync",
            index=models.Index(fields=["district", "-id"], name="syncs_by_number"),
        ),
    ]
