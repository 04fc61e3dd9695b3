"""What the naive reading talks about: findings, records, the roster (§1)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

#: A file, a sourcedId and a rule's code: where a finding comes from (§5).
Cause = tuple[str, str, str]

#: What the system keeps of an object, by column: text, or the items of a list; nothing absent.
Values = dict[str, str | tuple[str, ...]]


@dataclass(frozen=True)
class Finding:
    """One line of findings.csv; '' is absent (§1, §8)."""

    file: str
    row: int | None
    sourcedId: str
    field: str
    severity: str
    code: str
    message: str
    value: str
    cause: str


@dataclass
class Said:
    """One thing said about one record, while it is being judged (§1)."""

    field: str
    severity: str
    code: str
    message: str
    value: str = ""
    cause: Cause | None = None


@dataclass
class Record:
    """One record: the rows of one table that share a sourcedId, at the first of them (§1)."""

    table: str
    place: int  # in the feed: delivered rows come before those of an earlier delivery
    row: int | None  # None when the row was delivered on an earlier night (§2.6)
    sourced_id: str
    cells: dict[str, str]
    readable: bool = True
    broken_identity: bool = False
    outcome: str = ""  # '' until it is known
    said: list[Said] = field(default_factory=list)
    left_out: Cause | None = None  # where its leaving-out began, if it is left out (§5)
    not_storable: set[str] = field(default_factory=set)  # columns that hold a NUL
    orgs: list[str] = field(default_factory=list)  # of a user: the orgs it names
    without_roles: bool = False  # a user of 1.2 whom no row of roles.csv names
    roles_ended: bool = False  # a user of 1.2 all of whose role rows are set aside
    role_rows: list[dict[str, str]] = field(default_factory=list)  # those of 1.2 that count
    held: Values | None = None  # failed, but its object stays as it was last night: with these (§1)

    @property
    def file(self) -> str:
        """Give the name of the file that the record stands in."""
        return f"{self.table}.csv"

    def raw(self, column: str) -> str:
        """Give a cell as delivered, trimmed; '' is absent."""
        return self.cells.get(column, "")

    def text(self, column: str) -> str:
        """Give a cell for a rule to look at: none at a cell that holds a NUL (§4)."""
        return "" if column in self.not_storable else self.raw(column)

    def small(self, column: str) -> str:
        """Give a cell in lower case, to compare in any case (§4)."""
        return self.text(column).lower()

    def known(self, column: str) -> str:
        """Give a cell as children see it: of a held parent, the value in the system (§3)."""
        if self.held is None:
            return self.text(column)
        value = self.held.get(column, "")
        assert isinstance(value, str)
        return value

    def fail(self, about: str, rule: str, message: str, value: str, cause: Cause | None) -> None:
        """Say a failure."""
        code = f"{self.table}.{rule}"
        self.said.append(Said(about, "failure", code, message, value, cause))

    def warn(self, about: str, rule: str, message: str, value: str) -> None:
        """Say a warning."""
        self.said.append(Said(about, "warning", f"{self.table}.{rule}", message, value))

    def skip(self, left_out: Cause) -> None:
        """Leave the record out, without a word (§3)."""
        self.outcome = "skipped"
        self.left_out = left_out
        self.said = []

    def own(self, rule: str) -> Cause:
        """Name a rule that this record met."""
        return (self.file, self.sourced_id, f"{self.table}.{rule}")

    def failures(self) -> list[Said]:
        """Give its failures in report order: Field, Error Message, code (§8)."""
        failures = [said for said in self.said if said.severity == "failure"]
        return sorted(failures, key=lambda said: (said.field, said.message, said.code))

    def settle(self) -> None:
        """Decide between failed and accepted, when nothing was decided before (§3)."""
        if self.outcome == "":
            self.outcome = "failed" if self.failures() else "accepted"

    def root(self) -> Cause | None:
        """Give the root of its first failure (§5)."""
        failures = self.failures()
        if not failures:
            return None
        return failures[0].cause or (self.file, self.sourced_id, failures[0].code)


@dataclass
class Roster:
    """All records of a feed, and what they are judged by (§1)."""

    version: str
    as_of: date
    onboarded: set[str] | None
    never: frozenset[str]
    product: str
    records: dict[str, list[Record]] = field(default_factory=dict)
    columns: dict[str, set[str]] = field(default_factory=dict)
    feed_level: list[Finding] = field(default_factory=list)
    by_id: dict[str, dict[str, Record]] = field(default_factory=dict)
    active: dict[str, dict[str, Values]] = field(default_factory=dict)  # nothing in a check (§1)
    from_api: bool = False  # made of what an API answered (§2.5)

    def find(self, table: str, sourced_id: str) -> Record | None:
        """Find the record with a sourcedId; a readable one decides alone (§2.3)."""
        return self.by_id[table].get(sourced_id)

    def open(self, table: str) -> Iterable[Record]:
        """Give the records of a table whose outcome is not known yet, in the order of the feed."""
        return [record for record in self.records[table] if record.outcome == ""]


def standing(parent: Record | None) -> str:
    """Say what a parent is to its children: unknown, left out, accepted or failed (§3)."""
    if parent is None:
        return "unknown"
    if parent.left_out is not None:
        return "left out"
    if parent.outcome == "accepted" or parent.held is not None:
        return "accepted"
    return "failed"


def is_accepted(parent: Record | None) -> bool:
    """Tell whether a reference leads to an accepted record (§3)."""
    return standing(parent) == "accepted"


def is_school(org: Record | None) -> bool:
    """Tell whether a record is an org of type school (§4)."""
    return org is not None and org.known("type").lower() == "school"
