"""DuckDB reads the six files of a district into tables, and does nothing else."""

import sys

import duckdb

from firstbell.oneroster.dictionary import FEED_TABLES

database = duckdb.connect()
for table in FEED_TABLES:
    database.execute(
        f"CREATE TABLE {table} AS SELECT * FROM read_csv('{sys.argv[1]}/{table}.csv',"
        " all_varchar = true, ignore_errors = true, strict_mode = false)"
    )
