"""What the web needs to sign people in: their throttling, and the way to their districts."""

from django.db import migrations

_STATEMENTS = """
CREATE TABLE web_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX web_cache_expires ON web_cache (expires);
GRANT SELECT, INSERT, UPDATE, DELETE ON web_cache TO firstbell_web;
GRANT SELECT ON account_emailaddress TO firstbell_web;
CREATE POLICY web_where_to ON districts FOR SELECT TO firstbell_web USING (
    id IN (
        SELECT district_id FROM memberships
        WHERE person_id = nullif(current_setting('firstbell.person', true), '')::bigint
    )
);
"""


class Migration(migrations.Migration):
    """Runs as firstbell_owner, whom no policy concerns."""

    dependencies = [
        ("store", "0003_queue"),
        ("account", "0001_initial"),
    ]

    operations = [migrations.RunSQL(_STATEMENTS)]
