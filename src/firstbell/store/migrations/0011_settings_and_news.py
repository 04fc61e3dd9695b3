"""What a district's people set by themselves, and what they are told of a sync beside how it ended."""

import django.db.models.deletion
from django.db import migrations, models

_MAILS = """
INSERT INTO news (sync_id, about, queued_at)
SELECT id, 'ended', told_at FROM syncs WHERE told_at IS NOT NULL;
ALTER TABLE mails ADD COLUMN about text NOT NULL DEFAULT 'ended';
ALTER TABLE mails ALTER COLUMN about DROP DEFAULT;
ALTER TABLE mails DROP CONSTRAINT mails_pkey;
ALTER TABLE mails ADD PRIMARY KEY (sync_id, person_id, about);
"""
_GRANTS = """
GRANT SELECT, INSERT, DELETE ON news TO firstbell_worker;
GRANT UPDATE (
    paused, paused_until, resumed_at, blackout, starts_from, starts_until, ready_by, nights_since
) ON districts TO firstbell_web;
"""
_ABOUT = models.TextField(
    choices=[("ended", "Ended"), ("late", "Late"), ("stale", "Stale")], default="ended"
)


class Migration(migrations.Migration):
    """Runs as firstbell_owner, whom no policy concerns."""

    dependencies = [
        ("store", "0010_syncs_in_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="district",
            name="resumed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="News",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "sync_id",
                        "about",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "about",
                    models.TextField(
                        choices=[("ended", "Ended"), ("late", "Late"), ("stale", "Stale")]
                    ),
                ),
                ("queued_at", models.DateTimeField(auto_now_add=True)),
                (
                    "sync",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.sync",
                    ),
                ),
            ],
            options={"db_table": "news"},
        ),
        # Django cannot change a key of several columns.
        migrations.RunSQL(
            _MAILS,
            state_operations=[
                migrations.AddField(model_name="mail", name="about", field=_ABOUT),
                migrations.AlterField(
                    model_name="mail",
                    name="pk",
                    field=models.CompositePrimaryKey(
                        "sync_id",
                        "person_id",
                        "about",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
        ),
        migrations.RemoveField(model_name="sync", name="told_at"),
        migrations.RunSQL(_GRANTS),
    ]
