"""A district's source, for its specialist in the web: which reads and writes it only so. See migration 0017."""

import json

from django.db import connection, transaction

from firstbell.store.scope import DistrictSeen
from firstbell.store.sources import SourceKept, audit_source, kept_of


def source_for_specialist() -> SourceKept | None:
    """The source of the district that is opened to the transaction; None when it has none.

    Raises:
        ProgrammingError: The person is no specialist.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, settings FROM firstbell_source()")
        row = cursor.fetchone()
    return kept_of(row[0], json.loads(row[1])) if row else None


def source_set_by_specialist(*, district: DistrictSeen, kept: SourceKept, who: str) -> None:
    """As `sources.source_set` does, with a secret that is sealed already.

    Args:
        district: which is opened to the transaction.
        kept: its source from now on.
        who: does it.

    Raises:
        ProgrammingError: The person is no specialist.
    """
    with transaction.atomic():
        before = source_for_specialist()
        with connection.cursor() as cursor:
            values = [kept.kind, json.dumps(kept.row)]
            cursor.execute("SELECT firstbell_set_source(%s, %s)", values)
        audit_source(district.pk, kept, before, who)
