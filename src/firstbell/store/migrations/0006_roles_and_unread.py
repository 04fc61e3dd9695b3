"""The roles of users in OneRoster 1.2 as text; and the deliveries that were not read."""

import django.contrib.postgres.fields
import django.db.models.deletion
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
        migrations.CreateModel(
            name="UnreadDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sync_id", models.BigIntegerField()),
                ("attempt", models.IntegerField()),
                ("day", models.DateField()),
                ("digest", models.TextField(null=True)),
                (
                    "tables",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="store.district",
                    ),
                ),
            ],
            options={
                "db_table": "unread_deliveries",
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE unread_deliveries ENABLE ROW LEVEL SECURITY;"
            " CREATE POLICY worker ON unread_deliveries TO firstbell_worker USING (true);"
            " GRANT SELECT, INSERT, UPDATE, DELETE ON unread_deliveries TO firstbell_worker"
        ),
    ]
