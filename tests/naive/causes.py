"""A fault of the export: when nearly all records break a rule, the file is the cause (§5)."""

from .cells import is_staff
from .people import listed_orgs
from .words import Record, Roster

_ENOUGH = 20
_NO_FAULT = ("orgs.not_onboarded", "enrollments.class_not_shared")


def faults_of_the_export(roster: Roster) -> set[str]:
    """Give the codes of the rules that at least 20, and 90 %, of the judged records break (§5).

    Findings that follow from another record do not count, nor do a few missing parents.
    """
    broken: dict[str, int] = {}
    values: dict[str, set[str]] = {}
    fields: dict[str, tuple[str, str]] = {}
    for table, records in roster.records.items():
        for record in records:
            for said in record.failures():
                if said.cause is not None:
                    continue
                broken[said.code] = broken.get(said.code, 0) + 1
                values.setdefault(said.code, set()).add(said.value)
                fields[said.code] = (table, said.field)
    faults: set[str] = set()
    for code, count in broken.items():
        if count < _ENOUGH or code in _NO_FAULT:
            continue
        if code.endswith("_not_found") and len(values[code]) < _ENOUGH:
            continue
        table, about = fields[code]
        judged = 0
        for record in roster.records[table]:
            if _judges(roster, code.split(".")[1], about, record):
                judged += 1
        if count * 10 >= judged * 9:
            faults.add(code)
    return faults


def _judges(roster: Roster, rule: str, about: str, record: Record) -> bool:
    """Tell whether a rule judges a record (§5)."""
    if rule == "row_unreadable":
        return True
    if rule == "sourced_id_required":
        return record.readable
    if rule in ("sourced_id_not_allowed", "sourced_id_conflict"):
        return record.readable and record.sourced_id != ""
    if not _is_in_scope(record):
        return False
    if about == "email" and not is_staff(roster, record):
        return False
    if rule in ("email_required", "teacher_required"):
        return True
    if rule == "org_sourced_ids_required":
        return not record.without_roles
    if rule.endswith("_required"):
        return True
    if rule.endswith("_not_storable"):
        return record.raw(about) != ""
    if rule == "org_not_found":
        return bool(listed_orgs(record))
    return record.text(about) != ""


def _is_in_scope(record: Record) -> bool:
    """Tell whether a record is in scope, and no school that is not onboarded (§1, §4)."""
    if record.broken_identity or record.left_out is not None:
        return False
    return record.outcome in ("accepted", "failed")
