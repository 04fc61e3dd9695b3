"""The kinds of columns that the models are made of."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

#: Ids are compared byte by byte, on every server alike.
_BYTES = "C"


def sourced_id() -> "models.TextField[str, str]":
    """An id that is always there."""
    return models.TextField(db_collation=_BYTES)


def reference() -> "models.TextField[str | None, str | None]":
    """The sourcedId of a record of another table; NULL: absent."""
    return models.TextField(null=True, db_collation=_BYTES)


def references() -> "ArrayField[list[str] | None, list[str] | None]":
    """SourcedIds in the order of the list; NULL: absent."""
    return ArrayField(models.TextField(db_collation=_BYTES), null=True)


def text() -> "models.TextField[str | None, str | None]":
    """A text; NULL: absent."""
    return models.TextField(null=True)


def texts() -> "ArrayField[list[str] | None, list[str] | None]":
    """Texts in the order of the list; NULL: absent."""
    return ArrayField(models.TextField(), null=True)
