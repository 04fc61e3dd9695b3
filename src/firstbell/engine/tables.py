"""The tables that judging fills, and the statements kept in `sql/`."""

from functools import cache
from importlib.resources import files

import duckdb

from firstbell.engine.policy import Policy
from firstbell.feed.read import Reading
from firstbell.oneroster.dictionary import FEED_TABLES, ROLES_IN_SCOPE
from firstbell.rules.catalogue import rules_of
from firstbell.rules.sql import one_of


def create_tables(database: duckdb.DuckDBPyConnection) -> None:
    """Makes the tables that judging fills.

    - `judged`: the records that are not accepted. `pos` is NULL for rows that cannot be read;
      `stands` is what children see, `accepted`, `failed`, or `left` (skipped, removed, or not
      onboarded); `code` is the rule that skipped it, `removed`, or `left_with_parent`; `origin` names the
      finding or the leaving-out that it goes back to.
    - `findings`: what is said about records. `message` is NULL where it is the rule's;
      `cause` is NULL where a finding is its own.
    """
    database.execute(
        "CREATE TABLE judged (tab VARCHAR, pos BIGINT, row BIGINT, sourcedId VARCHAR,"
        " outcome VARCHAR, stands VARCHAR, code VARCHAR, origin VARCHAR)"
    )
    database.execute(
        "CREATE TABLE findings (tab VARCHAR, pos BIGINT, row BIGINT, sourcedId VARCHAR,"
        " field VARCHAR, severity VARCHAR, code VARCHAR, message VARCHAR, value VARCHAR,"
        " cause VARCHAR)"
    )
    database.execute("CREATE TABLE faults (code VARCHAR, judged BIGINT)")


def insert_messages(reading: Reading, policy: Policy) -> None:
    """Makes the table `messages`: code, message (the product filled in), and place.

    `place` numbers the rules of a table in report order: by field, message, code.
    """
    said = sorted(
        (rule.field, rule.message.replace("{product}", policy.product), rule.code)
        for table in FEED_TABLES
        for rule in rules_of(table, reading.version)
    )
    columns = [[code for _, _, code in said], [message for _, message, _ in said]]
    reading.database.execute(
        "CREATE TABLE messages AS SELECT unnest(?::VARCHAR[]) AS code,"
        " unnest(?::VARCHAR[]) AS message, unnest(range(?)) AS place",
        [*columns, len(said)],
    )


def fill_in(name: str, **values: str) -> list[str]:
    """The statements of `sql/<name>.sql`, filled in."""
    return [statement.format(**values) for statement in statements(name)]


@cache
def statements(name: str) -> tuple[str, ...]:
    """The statements of `sql/<name>.sql`, with their `{names}` still to fill in."""
    text = files("firstbell.engine").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    return tuple(statement for statement in text.split(";\n") if statement.strip())


def roles_in_scope() -> str:
    """The roles in scope as a list of SQL literals, without its parentheses."""
    return one_of(ROLES_IN_SCOPE)[1:-1]
