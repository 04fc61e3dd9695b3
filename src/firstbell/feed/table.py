"""One file that has been looked through → the table `rows_<table>`. What a sync means §2.

The table holds every row of the file at its own place: row number = rowid + 2. Its columns are those
of the standard that the file has, under their standard names, and `extra_0`, `extra_1`, … for the
others; cells are trimmed text, NULL when absent. Blank rows, and rows that could not be read, are
empty there and listed in `aside`; what is to be said of rows is in `notes`. Rows of the last feed
(see `last.py`) stand behind those of the file, and have no row number.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from firstbell.feed.database import count, quoted, text
from firstbell.feed.lines import Lines
from firstbell.feed.refusal import Reason, Refused
from firstbell.feed.repair import ESCAPES
from firstbell.feed.secret import is_secret
from firstbell.oneroster.dictionary import OPTIONAL_TABLES, Required, Table

#: Required columns of the standard whose absence a sync can do without: it only warns.
_MAY_BE_MISSING = {"courseSourcedId", "termSourcedIds", "classType"}
_LONGEST_BY_DEFAULT = 1_900_000
_MUST_HAVE_ROWS = {"orgs", "users", "roles"}
_NOT_NEEDED_IN_ROLES = {"sourcedId"}


@dataclass(frozen=True, slots=True)
class Said:
    """One feed-level thing to say: it has a file, and no row."""

    file: str
    code: str
    field: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class FileRead:
    """One file that has become the table `rows_<table>`."""

    table: str
    #: The header as delivered, and the column of `rows_<table>` that each cell of it names; behind
    #: it the columns that only rows of the last feed have.
    columns: tuple[tuple[str, str], ...]
    #: Some cell holds a NUL character.
    has_nul: bool
    #: How many cells a row should have.
    width: int
    #: Rows of today's file that can be read and are not blank.
    rows: int
    #: How many rows of `rows_<table>`, at its front, are those of today's file; 0 for a table that
    #: was not delivered.
    delivered: int

    def has(self, field: str) -> bool:
        """Whether the file has the column of the standard."""
        return any(column == field for _, column in self.columns)

    def row_number(self, pos: str = "pos") -> str:
        """An expression: what a spreadsheet shows; NULL for a row of the last feed."""
        return f"CASE WHEN {pos} < {self.delivered} THEN {pos} + 2 END"


def create_tables(database: duckdb.DuckDBPyConnection) -> None:
    """Makes the tables `notes` and `aside`, empty."""
    database.execute(
        "CREATE TABLE notes (tab VARCHAR, row BIGINT, kind VARCHAR, cells BIGINT,"
        " sourcedId VARCHAR, message VARCHAR, pos BIGINT)"
    )
    database.execute("CREATE TABLE aside (tab VARCHAR, pos BIGINT)")


def id_column(table: str) -> str:
    """The column whose cell notes on rows that cannot be read tell, where it can be made out."""
    return "userSourcedId" if table == "roles" else "sourcedId"


def is_blank(columns: Iterable[tuple[str, str]]) -> str:
    """A predicate on a row of `rows_<table>`: all its cells are empty.

    Args:
        columns: those of the table, as in `FileRead`.
    """
    names = [column for _, column in columns]
    others = ", ".join(quoted(name) for name in names if name != "sourcedId")
    if "sourcedId" not in names:
        return f"coalesce({others}) IS NULL"
    return "sourcedId IS NULL AND coalesce(" + (others or "NULL") + ") IS NULL"


def _characters(characters: str) -> str:
    return " || ".join(f"chr({ord(character)})" for character in characters)


class TableReader:
    """Reads one file into its table."""

    def __init__(self, database: duckdb.DuckDBPyConnection, table: Table, lines: Lines) -> None:
        """Takes a file that has been looked through."""
        self.database, self.table, self.lines = database, table, lines
        self.name, self.file = f"rows_{table.name}", f"{table.name}.csv"
        standard = {field.name.lower(): field.name for field in table.fields}
        header = lines.header or ()
        self.fields = [standard.get(cell.lower(), "") for cell in header]
        self.columns = [
            (cell, field or f"extra_{at}")
            for at, (cell, field) in enumerate(zip(header, self.fields, strict=True))
        ]

    def why_not_delivered(self) -> str:
        """What a courses or academicSessions file lacks to count as delivered; "" for nothing."""
        if self.lines.header is None:
            return "a header that cannot be read"
        if "sourcedId" not in self.fields:
            return "no sourcedId column"
        if self._column_there_twice():
            return "a column twice"
        self._load()
        if self._has_rows():
            return ""
        self._forget()
        return "no rows"

    def unknown_columns(self) -> list[Said]:
        """A warning for each column that is neither the standard's nor metadata."""
        return [
            Said(self.file, f"{self.table.name}.unknown_column", field=cell)
            for cell, field in zip(self.lines.header or (), self.fields, strict=True)
            if cell and not field and not cell.lower().startswith("metadata.")
        ]

    def read(self, *, only_changes: bool) -> FileRead:
        """Loads the file, when `why_not_delivered` has not, and checks that it can be used.

        Args:
            only_changes: the file is a delta, which may have no rows.
        """
        if self.table.name not in OPTIONAL_TABLES:
            self._check_header()
            self._load()
            needs_rows = self.table.name in _MUST_HAVE_ROWS and not only_changes
            if needs_rows and not self._has_rows():
                raise Refused(Reason.NO_ROWS, file=self.file)
        lines = self.lines
        return FileRead(
            self.table.name,
            tuple(self.columns),
            lines.has_nul,
            len(lines.header or ()),
            self._rows(),
            count(self.database, f"SELECT count(*) FROM {self.name}"),
        )

    def _check_header(self) -> None:
        if self.lines.header is None:
            raise Refused(Reason.HEADER_UNREADABLE, file=self.file)
        for field in self.table.fields:
            needed = field.required is Required.YES and field.name not in _MAY_BE_MISSING
            if self.table.name == "roles" and field.name in _NOT_NEEDED_IN_ROLES:
                needed = False
            if needed and field.name not in self.fields:
                raise Refused(Reason.COLUMN_MISSING, file=self.file, column=field.name)
        if twice := self._column_there_twice():
            raise Refused(Reason.COLUMN_TWICE, file=self.file, column=twice)

    def _column_there_twice(self) -> str:
        return next((f for f in self.fields if f and self.fields.count(f) > 1), "")

    def _load(self) -> None:
        lines = self.lines
        cells = [f"c{at}" for at in range(lines.width)]
        options = {
            "columns": "{" + ", ".join(f"{cell}: 'VARCHAR'" for cell in cells) + "}",
            "auto_detect": "false",
            "hive_partitioning": "false",
            "header": "false",
            "skip": "1" if lines.has_header else "0",
            "delim": "','",
            "quote": "'\"'",
            "escape": "'\"'",
            "new_line": {"\n": "'\\n'", "\r\n": "'\\r\\n'"}[lines.line_end],
        }
        if lines.longest > _LONGEST_BY_DEFAULT:
            options |= {
                "max_line_size": f"{2 * lines.longest}",
                "buffer_size": f"{8 * lines.longest}",
            }
        source = f"read_csv({text(str(lines.path))}, " + ", ".join(
            f"{name} = {value}" for name, value in options.items()
        )
        chosen = ", ".join(
            f"{self._cell(at, name)} AS {quoted(column)}"
            for at, (name, column) in enumerate(self.columns)
        )
        self.database.execute(f"CREATE TABLE {self.name} AS SELECT {chosen} FROM {source})")
        self._take_notes()

    def _cell(self, at: int, name: str) -> str:
        """The trimmed text of a cell; NULL when absent, a mark only when it is a password.

        Only spaces are left to trim: rows with other blanks have been repaired.
        """
        cell = f"c{at}"
        trimmed = f"nullif(trim({cell}, ' '), '')"
        if is_secret(name):
            return f"CASE WHEN {trimmed} IS NOT NULL THEN '*' END"
        if not self.lines.untrimmed:
            return cell
        return f"CASE WHEN {cell} <= '!' OR ends_with({cell}, ' ') THEN {trimmed} ELSE {cell} END"

    def _put_line_ends_back(self) -> None:
        """Undoes `repair.ESCAPES` in the rows that were noted for it."""
        rows = f"SELECT pos FROM notes WHERE tab = {text(self.table.name)} AND kind = 'lines'"
        for at in sorted(self.lines.multi_line):
            column = quoted(self.columns[at][1])
            value = column
            for character, escape in reversed(ESCAPES.items()):
                value = f"replace({value}, {_characters(escape)}, {_characters(character)})"
            self.database.execute(
                f"UPDATE {self.name} SET {column} = {value} WHERE rowid IN ({rows})"
            )

    def _take_notes(self) -> None:
        name = text(self.table.name)
        if self.lines.notes is not None:
            self.database.execute(
                f"INSERT INTO notes SELECT {name}, * REPLACE (nullif(sourcedId, '') AS"
                f" sourcedId), row - 2 FROM read_csv({text(str(self.lines.notes))}, auto_detect = false,"
                " header = false, delim = ',', quote = '\"', escape = '\"', parallel = false,"
                " hive_partitioning = false,"
                " columns = {row: 'BIGINT', kind: 'VARCHAR', cells: 'BIGINT',"
                " sourcedId: 'VARCHAR', message: 'VARCHAR'})"
            )
        self._put_line_ends_back()
        self.database.execute(
            f"INSERT INTO aside SELECT {name}, rowid FROM {self.name}"
            f" WHERE {is_blank(self.columns)}"
        )

    def _forget(self) -> None:
        """Takes back what was loaded of a file without rows."""
        self.database.execute(f"DROP TABLE {self.name}")
        for listed in ("notes", "aside"):
            self.database.execute(f"DELETE FROM {listed} WHERE tab = {text(self.table.name)}")

    def _rows(self) -> int:
        name = text(self.table.name)
        return count(
            self.database,
            f"SELECT (SELECT count(*) FROM {self.name})"
            f" - (SELECT count(*) FROM aside WHERE tab = {name})",
        )

    def _has_rows(self) -> bool:
        unreadable = (
            f"SELECT count(*) FROM notes WHERE tab = {text(self.table.name)}"
            " AND kind = 'unreadable'"
        )
        return self._rows() + count(self.database, unreadable) > 0
