"""The tables hold what the standard has, and no row more than once."""

from collections.abc import Iterator

import pytest
from django.contrib.postgres.fields import ArrayField
from django.core.management import call_command
from django.db import IntegrityError, models, transaction

from firstbell.oneroster.dictionary import FEED_TABLES, Field, Kind, Version, tables
from firstbell.store.columns import ROSTER_TABLES, snake
from firstbell.store.models import Change, ChangeKind, District, Person, Sync, Trigger
from firstbell.store.models.roster import RosterObject

_KINDS = {
    Kind.BOOLEAN: models.BooleanField,
    Kind.DATE: models.DateField,
    **dict.fromkeys((Kind.LIST, Kind.GRADES, Kind.REFERENCES), ArrayField),
}
#: What a roster row has beside the standard's columns.
_OURS = {"pk", "district", "created_by", "deactivated_at", "primary_teacher_sourced_id", "roles"}
_NOT_KEPT = {"status", "dateLastModified", "password"}


def _fields(table: str) -> Iterator[Field]:
    for version in Version:
        for field in tables(version)[table].fields:
            if field.name not in _NOT_KEPT:
                yield field


@pytest.mark.parametrize("table", FEED_TABLES)
def test_a_roster_table_has_each_field_of_the_standard_in_its_kind(table: str) -> None:
    models_ = {model._meta.db_table: model for model in RosterObject.__subclasses__()}
    model = models_[ROSTER_TABLES[table]]
    expected = {snake(f.name): _KINDS.get(f.kind, models.TextField) for f in _fields(table)}
    found = {f.name: type(f) for f in model._meta.get_fields() if f.name not in _OURS}
    assert found == expected


@pytest.mark.parametrize("table", FEED_TABLES)
def test_ids_and_references_are_compared_byte_by_byte(table: str) -> None:
    models_ = {model._meta.db_table: model for model in RosterObject.__subclasses__()}
    model = models_[ROSTER_TABLES[table]]
    for field in _fields(table):
        column = model._meta.get_field(snake(field.name))
        text = column.base_field if isinstance(column, ArrayField) else column
        is_id = field.kind in (Kind.ID, Kind.REFERENCE, Kind.REFERENCES)
        assert (getattr(text, "db_collation", None) == "C") is is_id, field.name


def test_the_migrations_make_what_the_models_say(store: str) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def _sync() -> Sync:
    district = District.objects.create(slug="north", name="North", timezone="UTC")
    return Sync.objects.create(district=district, trigger=Trigger.NOW)


def test_no_change_is_recorded_twice(store: str) -> None:
    sync = _sync()
    change = {
        "district": sync.district,
        "sync": sync,
        "table": "users",
        "sourced_id": "U1",
        "kind": ChangeKind.UPDATED,
    }
    Change.objects.create(**change, before={"role": "student"})
    with pytest.raises(IntegrityError), transaction.atomic():
        Change.objects.create(**change)


def test_an_email_signs_in_one_person_however_it_is_written(store: str) -> None:
    Person.objects.create(email="alice@north.example")
    with pytest.raises(IntegrityError, match="email_is_lower"), transaction.atomic():
        Person.objects.create(email="Alice@north.example")
    with pytest.raises(IntegrityError, match="email"), transaction.atomic():
        Person.objects.create(email="alice@north.example")
