"""Feed-level findings that come from the rows: what would be said of all is said once."""

from collections.abc import Iterator

from firstbell.engine.judge import Rules, falls_on_every_row
from firstbell.feed.database import count
from firstbell.feed.read import Reading
from firstbell.feed.table import Said
from firstbell.rules.catalogue import rules_of


def create_surplus(reading: Reading) -> list[Said]:
    """Makes the table `surplus`: tab, pos, surplus (cells), of rows with surplus empty cells.

    Where every readable row has them, they are said once. What a sync means §2.3.
    """
    database = reading.database
    database.execute(
        "CREATE TABLE surplus AS SELECT tab, pos, cells AS surplus FROM notes"
        " WHERE kind = 'surplus' AND tab <> 'roles'"
    )
    said = []
    for table, rows, width in database.execute(
        "SELECT tab, count(*), min_by(surplus, pos) FROM surplus GROUP BY tab ORDER BY tab"
    ).fetchall():
        file = reading.files[table]
        if rows == file.rows:
            message = f"row has {width} columns, expected {file.width}"
            said.append(Said(f"{table}.csv", f"{table}.row_has_surplus_cells", "row", message))
            database.execute("DELETE FROM surplus WHERE tab = ?", [table])
    return said


def said_of_rows(reading: Reading, facts: str, rules: Rules) -> Iterator[Said]:
    """What a table says once: that it has passwords, and that a column is missing.

    Args:
        reading: the delivery.
        facts: the query of one row a record that the rules judged.
        rules: the rules of the table.
    """
    table, database = rules.table, reading.database
    file = reading.files[table]
    if (
        table == "users"
        and file.has("password")
        and count(database, 'SELECT count(*) FROM rows_users WHERE "password" IS NOT NULL')
    ):
        yield Said("users.csv", "users.password_ignored", "password")
    for rule in rules_of(table, reading.version):
        if falls_on_every_row(reading, table, rule) and count(
            database,
            f"SELECT count(*) FROM ({facts}) WHERE NOT {rules.out_of_scope}"
            f" AND ({rule.broken_when})",
        ):
            yield Said(f"{table}.csv", rule.code, rule.field)
