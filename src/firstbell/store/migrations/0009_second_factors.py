"""The web keeps second factors for people who sign in; commands give and forget them."""

from django.db import migrations

_GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON mfa_authenticator TO firstbell_web;
GRANT SELECT, INSERT, DELETE ON mfa_authenticator TO firstbell_worker;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0008_specialists"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunSQL(_GRANTS)]
