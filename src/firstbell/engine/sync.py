"""The pure pipeline: a delivery that has been read → what a sync makes of it.

What a sync means §3 to §5. It knows no clock, no network and no PostgreSQL.
"""

from firstbell.engine.causes import trace_to_faults
from firstbell.engine.faults import find_faults
from firstbell.engine.held import hold
from firstbell.engine.identity import create_same, create_twice_enrolled, create_twins
from firstbell.engine.judge import GONE, Rules, judge, judge_accepted, rules_for
from firstbell.engine.lists import create_several, several_orgs
from firstbell.engine.policy import Policy
from firstbell.engine.result import SyncResult, result_of
from firstbell.engine.said import create_surplus, said_of_rows
from firstbell.engine.standing import create_ids, create_nobody, create_standing
from firstbell.engine.tables import create_tables, fill_in, insert_messages, roles_in_scope
from firstbell.engine.teaching import create_teaching
from firstbell.engine.unreadable import judge_unreadable
from firstbell.engine.values import create_dates, create_marks, create_records
from firstbell.feed.read import Reading
from firstbell.oneroster.dictionary import FEED_TABLES, Version
from firstbell.rules.catalogue import rules_of
from firstbell.rules.users import EMAIL_FORM

_NO_CLASSES = (
    "(SELECT NULL::VARCHAR AS id,"
    " NULL::STRUCT(stands VARCHAR, origin VARCHAR, school VARCHAR) AS self WHERE false)"
)


def sync(reading: Reading, policy: Policy, *, holding: bool = False) -> SyncResult:
    """What a sync makes of a delivery: outcomes, findings and their causes.

    The records and findings stay tables in the reading's database; see `tables.create_tables`.

    Args:
        reading: the delivery.
        policy: what to judge by.
        holding: the relations `applied_<table>` are there, and hold objects of failed records.
    """
    database = reading.database
    there = [table for table in FEED_TABLES if table in reading.files]
    create_tables(database)
    insert_messages(reading, policy)
    said = [*reading.said, *create_surplus(reading)]
    _create_all_records(reading, policy, there)
    judge_unreadable(database)
    for table in there:
        rules = rules_for(reading, table)
        facts = _facts(reading, policy, rules)
        judge(database, reading, facts, rules)
        if table != "enrollments":
            create_standing(database, table)
        find_faults(reading, rules_of(table, reading.version), rules, facts)
        said += said_of_rows(reading, facts, rules)
        if holding:
            hold(database, table, policy)
    create_twice_enrolled(database)
    for table in ("classes", "enrollments"):
        judge_accepted(database, reading, rules_for(reading, table))
    trace_to_faults(database)
    return result_of(reading, policy, tuple(said))


def _create_all_records(reading: Reading, policy: Policy, there: list[str]) -> None:
    create_twins(reading)
    create_marks(reading)
    create_dates(reading)
    marked, aside = (_tables_in(reading, name) for name in ("marks", "aside"))
    if reading.version is Version.V1_2:
        create_records(reading, "roles", policy.as_of, marked, aside)
        primary_org = (
            '"primaryOrgSourcedId"' if reading.files["users"].has("primaryOrgSourcedId") else "NULL"
        )
        for statement in fill_in(
            "roles", roles_in_scope=roles_in_scope(), primary_org=primary_org, gone=GONE
        ):
            reading.database.execute(statement)
    for table in there:
        create_records(reading, table, policy.as_of, marked, aside)


def _tables_in(reading: Reading, name: str) -> frozenset[str]:
    """The tables that `marks` or `aside` has rows of."""
    found = reading.database.execute(f"SELECT DISTINCT tab FROM {name}").fetchall()
    return frozenset(table for (table,) in found)


def _wanted(reading: Reading) -> dict[str, str]:
    """Which columns a class should have that it can do without: an API need not tell all of them."""
    may_leave_out = reading.from_api and reading.version is Version.V1_1
    wanted = {
        "courses_wanted": "courses" in reading.files and not may_leave_out,
        "sessions_wanted": "academicSessions" in reading.files and not may_leave_out,
        "types_wanted": not reading.from_api,
    }
    return {name: str(value).lower() for name, value in wanted.items()}


def _facts(reading: Reading, policy: Policy, rules: Rules) -> str:
    """Prepares what the rules of a table look at; returns the query of one row a record."""
    table = rules.table
    values = {"from_api": str(reading.from_api).lower()}
    match table:
        case "orgs":
            _list_schools(reading, policy)
            values["all_onboarded"] = str(policy.onboarded is None).lower()
        case "users":
            for name in ("email", "username"):
                create_same(reading.database, name)
            if reading.version is Version.V1_2:
                reading.database.execute(*fill_in("several_users"))
            else:
                create_several(reading, "users", "orgSourcedIds")
            values |= {
                "several_orgs": several_orgs(reading.version),
                "email": EMAIL_FORM,
                "enrollment_not_open": rules_for(reading, "enrollments").not_open,
                "out_of_scope": rules.out_of_scope,
            }
        case "classes":
            (without_classes,) = fill_in("enrollments", classes=_NO_CLASSES, **values)
            create_several(reading, "classes", "termSourcedIds")
            create_teaching(reading.database, without_classes, rules_for(reading, "enrollments"))
            for name, alias in (("courses", "courses"), ("academicSessions", "sessions")):
                values[f"{alias}_in_feed"] = str(name in reading.files).lower()
                if name not in reading.files:
                    create_nobody(reading.database, name)
            values |= _wanted(reading)
        case "enrollments":
            values["classes"] = "standing_classes"
    if table in ("orgs", "academicSessions"):
        create_ids(reading.database, table)
    *before, facts = fill_in(table, **values)
    for statement in before:
        reading.database.execute(statement)
    return facts


def _list_schools(reading: Reading, policy: Policy) -> None:
    """Makes the tables `onboarded` and `never` of school ids."""
    for name, schools in (("onboarded", policy.onboarded or ()), ("never", policy.never)):
        reading.database.execute(
            f"CREATE TABLE {name} AS SELECT unnest(?::VARCHAR[]) AS id", [sorted(schools)]
        )
