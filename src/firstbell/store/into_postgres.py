"""Rows of a Parquet file into a table of PostgreSQL, inside the transaction of the caller."""

import duckdb
from django.db.backends.utils import CursorWrapper
from pgpq import ArrowToPostgresBinaryEncoder

_BATCH = 50_000


def copy_rows(cursor: CursorWrapper, rows: duckdb.DuckDBPyRelation, table: str) -> None:
    """Copies rows into a table.

    Args:
        cursor: of an open transaction.
        rows: their columns have the names and the exact types of those of the table.
        table: the table's name in SQL.
    """
    reader = rows.to_arrow_reader(_BATCH)
    encoder = ArrowToPostgresBinaryEncoder(reader.schema)
    columns = ", ".join(f'"{name}"' for name in rows.columns)
    with (
        cursor.db.wrap_database_errors,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT binary)") as copy,
    ):
        copy.write(encoder.write_header())
        for batch in reader:
            copy.write(encoder.write_batch(batch))
        copy.write(encoder.finish())
