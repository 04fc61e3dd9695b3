"""Which role may do what with which table, and which rows the web may see at all."""

from django.db import migrations

_ROSTER = ("orgs", "academic_sessions", "courses", "users", "classes", "enrollments")

#: The rows of the district that the web's transaction has named; none when it has named none.
_HERE = "{column} = nullif(current_setting('firstbell.district', true), '')::bigint"
#: The rows of the person who is signed in: where may they go?
_MINE = "person_id = nullif(current_setting('firstbell.person', true), '')::bigint"

#: The web's rows, by table.
_SEEN = {
    "districts": _HERE.format(column="id"),
    **{
        table: _HERE.format(column="district_id")
        for table in (
            *_ROSTER,
            "schools",
            "sources",
            "syncs",
            "changes",
            "problems",
            "audit_entries",
        )
    },
    "memberships": f"{_HERE.format(column='district_id')} OR {_MINE}",
}

_READ = "SELECT"
_ADD = "SELECT, INSERT"
_CHANGE = "SELECT, INSERT, UPDATE"
_ALL = "SELECT, INSERT, UPDATE, DELETE"

#: What the worker may do, by table; the roster is its own.
_WORKER = {
    **dict.fromkeys(("schools", "sources", "syncs", "changes", "problems"), _ALL),
    "districts": _CHANGE,
    "audit_entries": _ADD,
    "persons": _CHANGE,
    "memberships": _ALL,
    "django_session": "SELECT, DELETE",
    "django_migrations": _READ,
}
#: What the web may do, by table. It raises a district's version with whatever it decides.
_WEB = {
    **dict.fromkeys((*_ROSTER, "changes", "problems", "memberships"), _READ),
    "districts": "SELECT, UPDATE (version, onboard_all)",
    "schools": _ALL,
    "syncs": _CHANGE,
    "audit_entries": _ADD,
    "persons": "SELECT, UPDATE (password, last_login, name)",
    "django_session": _ALL,
    "django_migrations": _READ,
}


def _statements() -> str:
    # PostgreSQL lets nobody but its owner copy rows into a table with policies.
    owned = [f"ALTER TABLE {table} OWNER TO firstbell_worker" for table in _ROSTER]
    statements = [
        "GRANT CREATE ON SCHEMA public TO firstbell_worker",
        *owned,
        "REVOKE CREATE ON SCHEMA public FROM firstbell_worker",
    ]
    for table, seen in _SEEN.items():
        statements += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY worker ON {table} TO firstbell_worker USING (true)",
            f"CREATE POLICY web ON {table} TO firstbell_web USING ({seen})",
        ]
    for role, may in (("firstbell_worker", _WORKER), ("firstbell_web", _WEB)):
        statements += [f"GRANT {what} ON {table} TO {role}" for table, what in may.items()]
    return ";\n".join(statements)


class Migration(migrations.Migration):
    """Runs as firstbell_owner, whom no policy concerns."""

    dependencies = [
        ("store", "0001_tables"),
        ("sessions", "0001_initial"),
    ]

    operations = [migrations.RunSQL(_statements())]
