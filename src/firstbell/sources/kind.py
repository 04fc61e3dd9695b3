"""What there is to know of a kind of source: how it is asked for, opened and tried."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from firstbell.sources.source import Source


@dataclass(frozen=True, slots=True)
class Setting:
    """How people are asked for a setting; it stands in the annotation of the field."""

    label: str
    help: str = ""
    #: What its option of the command is called; empty: it is the one that tells where.
    option: str = ""
    #: What its values are called, by value; none: as they are.
    called: Mapping[str, str] = field(default_factory=dict)
    #: Another setting, and for which of its values this one is asked for; empty: for all.
    only_for: tuple[str, tuple[str, ...]] = ("", ())
    #: Whether it has to be given where it is asked for.
    is_needed: bool = True
    #: Whether the secret is sent there: it is asked for again when this changes.
    takes_secret: bool = False


@dataclass(frozen=True, slots=True)
class Shared:
    """What is shared with us."""

    #: Records by collection; None: it is not said how many there are.
    numbers: Mapping[str, int | None]
    #: Names of the first schools.
    schools: Sequence[str]

    @property
    def has_more(self) -> bool:
        """Whether there are schools that are not named."""
        return (self.numbers.get("schools") or 0) > len(self.schools)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of source."""

    #: As it is kept and typed.
    name: str
    #: As somebody chooses it, and in the middle of a sentence.
    label: str
    called: str
    #: A frozen dataclass whose fields have a `Setting` each.
    settings: type[Any]
    #: Opens it with its settings and secret; None: people bring its deliveries, none are fetched.
    opened: Callable[[Any, str], Path | Source] | None
    #: Looks what it shares, within seconds, and raises Refused when it does not; None: it cannot.
    tried: Callable[[Any, str], Shared] | None = None
    #: What its secret is called; empty: it has none.
    secret: str = ""
    #: Opens a single record: of settings, secret, table and sourcedId. What it delivers are changes
    #: (delta) of that record, within seconds; None: it cannot be asked for one.
    opened_at: Callable[[Any, str, str, str], Source] | None = None

    @property
    def where(self) -> str:
        """The name of the setting that tells where it is; empty: none does."""
        return next((one.name for one in asked_of(self) if not one.setting.option), "")

    @property
    def is_fetched(self) -> bool:
        """Whether it is read each night; people bring the deliveries of others."""
        return self.opened is not None

    @property
    def is_api(self) -> bool:
        """Whether records come one by one from a server, not in files of the SIS."""
        return self.tried is not None


@dataclass(frozen=True, slots=True)
class Asked:
    """One setting of a kind, as it is asked for."""

    name: str
    setting: Setting
    #: Its values when only some are possible; none: any text is.
    choices: Sequence[str]
    #: Text; empty: there is none.
    default: str
    is_path: bool


class Wrong(Exception):
    """Settings that cannot be used."""

    def __init__(self, name: str, why: str) -> None:
        """Which of them, and why not, in a sentence without a full stop."""
        super().__init__(why)
        self.name, self.why = name, why


def asked_of(kind: Kind) -> Iterator[Asked]:
    """The settings of a kind, in order."""
    hints = get_type_hints(kind.settings, include_extras=True)
    for one in fields(kind.settings):
        hint = hints[one.name]
        setting = next(extra for extra in hint.__metadata__ if isinstance(extra, Setting))
        choices = (
            [str(value) for value in hint.__origin__]
            if issubclass(hint.__origin__, StrEnum)
            else []
        )
        default = "" if one.default is MISSING else str(one.default)
        yield Asked(one.name, setting, choices, default, issubclass(hint.__origin__, Path))


def settings_from(kind: Kind, given: Mapping[str, str]) -> Any:
    """Settings from what is kept of them, or what somebody gave.

    Args:
        kind: of what.
        given: by name; those that are not asked for beside the others are left out.

    Raises:
        Wrong: They cannot be used.
    """
    wanted: dict[str, str] = {}
    for one in asked_of(kind):
        other, values = one.setting.only_for
        if other and wanted[other] not in values:
            continue
        wanted[one.name] = given.get(one.name, "").strip() or one.default
        if one.setting.is_needed and not wanted[one.name]:
            raise Wrong(one.name, f"{one.setting.label} has to be given")
    try:
        return TypeAdapter(kind.settings).validate_python(wanted)
    except ValidationError as error:
        first = error.errors()[0]
        raise Wrong(
            str(first["loc"][0]), first["msg"].removeprefix("Value error, ").rstrip(".")
        ) from None


def values_of(settings: Any) -> dict[str, str]:
    """What is kept of settings, for `settings_from`."""
    values: dict[str, str] = TypeAdapter(type(settings)).dump_python(settings, mode="json")
    return values


def keeps_secret(kind: Kind, given: Mapping[str, str], before: Mapping[str, str]) -> bool:
    """Whether a secret that was given for other settings goes nowhere else with these."""
    return all(
        given.get(one.name, "") == before.get(one.name, "")
        for one in asked_of(kind)
        if one.setting.takes_secret
    )
