"""An empty relation with every column that a rule's SQL may use, by table."""

from firstbell.oneroster.dictionary import Kind, Version
from firstbell.rules.from_dictionary import judged_fields

_TYPES = {Kind.BOOLEAN: "BOOLEAN", Kind.DATE: "DATE"}

#: What the engine adds to the fields of each table.
_FACTS = {
    "orgs": "parent STRUCT(stands VARCHAR), onboarded BOOLEAN, never BOOLEAN",
    "academicSessions": "parent STRUCT(stands VARCHAR)",
    "courses": "org STRUCT(stands VARCHAR)",
    "users": "staff BOOLEAN, well_formed_email VARCHAR, staff_with_email BIGINT,"
    "people_with_email BIGINT, people_with_username BIGINT, has_org BOOLEAN, bad_org VARCHAR,"
    "roles_set_aside BOOLEAN, above_the_shared BOOLEAN",
    "classes": "school STRUCT(stands VARCHAR, type VARCHAR), course STRUCT(stands VARCHAR),"
    " teacher STRUCT(stands VARCHAR, origin VARCHAR),"
    "terms_over BOOLEAN, bad_term VARCHAR, has_teacher BOOLEAN, primary_teachers BIGINT",
    "enrollments": '"class" STRUCT(stands VARCHAR, school VARCHAR),'
    "school STRUCT(stands VARCHAR, type VARCHAR),"
    '"user" STRUCT(stands VARCHAR, role VARCHAR), enrolled_before BOOLEAN, from_api BOOLEAN',
}


def create_table(table: str, version: Version) -> str:
    """The statement that makes the empty relation of a table, named `records`."""
    columns = ["sourcedId VARCHAR", "as_of DATE", "twins VARCHAR", "surplus INTEGER"]
    columns += ["controls BOOLEAN"]
    columns += ["courses_in_feed BOOLEAN", "sessions_in_feed BOOLEAN", _FACTS[table]]
    columns += [f"{name}_wanted BOOLEAN" for name in ("courses", "sessions", "types")]
    for field in judged_fields(table, version):
        columns.append(f'"{field.name}" {_TYPES.get(field.kind, "VARCHAR")}')
        columns.append(f'"cell_{field.name}" VARCHAR')
        columns.append(f'"nul_{field.name}" BOOLEAN')
    return f"CREATE TABLE records ({', '.join(columns)})"
