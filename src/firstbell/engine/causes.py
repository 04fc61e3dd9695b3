"""What each failure goes back to, and how much each cause holds back. What a sync means §5."""

import duckdb

_CODE = "regexp_extract({}, '[^:]*$')"
_FILE = "split_part({}, ':', 1)"


def trace_to_faults(database: duckdb.DuckDBPyConnection) -> None:
    """Makes the file the cause of all that goes back to a rule in `faults`."""
    own = "tab || '.csv'"
    database.execute(
        f"UPDATE findings SET cause = {own} || '::' || code"
        " WHERE severity = 'failure' AND cause IS NULL AND code IN (SELECT code FROM faults)"
    )
    for table, column in (("findings", "cause"), ("judged", "origin")):
        code, file = _CODE.format(column), _FILE.format(column)
        database.execute(
            f"UPDATE {table} SET {column} = {file} || '::' || {code}"
            f" WHERE {code} IN (SELECT code FROM faults)"
        )
