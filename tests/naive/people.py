"""Users: their skips, their orgs, their email addresses and usernames (§3, §4)."""

from dataclasses import dataclass, field

from .cells import check_cells, is_staff
from .places import has_ended
from .standard import ROLES_IN_SCOPE, is_in_enumeration
from .values import as_date, is_email, items
from .words import Cause, Record, Roster, is_accepted, is_school, standing

#: The accepted schools to which users are lent by their open enrollments (§4).
Lent = dict[str, set[str]]


@dataclass
class Orgs:
    """What a user's orgs come to (§3)."""

    accepted: bool = False
    left_out: Cause | None = None  # the first of them that is left out
    troubles: list[str] = field(default_factory=list)  # those unknown or failed, in list order
    first_failed: Record | None = None


def judge_users(roster: Roster) -> None:
    """Judge every user: first who is in scope, then what is wrong with them (§3, §4)."""
    lent = schools_of_open_enrollments(roster)
    for user in roster.open("users"):
        left_out = _why_left_out(roster, user, lent)
        if left_out is not None:
            user.skip(left_out)
    in_scope = list(roster.open("users"))
    for user in in_scope:
        check_cells(roster, user)
        _check_orgs(roster, user, lent)
        _check_email(roster, user)
    _check_shared_emails(roster, in_scope)
    _check_shared_usernames(in_scope)
    for user in in_scope:
        user.settle()


def enrollment_has_ended(roster: Roster, enrollment: Record) -> bool:
    """Tell whether an enrollment's last day is over (§1)."""
    return has_ended(as_date(enrollment.text("endDate")), roster.as_of)


def schools_of_open_enrollments(roster: Roster) -> Lent:
    """Give the accepted schools that users have by open enrollments (§4)."""
    schools: dict[str, set[str]] = {}
    for enrollment in roster.records["enrollments"]:
        if enrollment.broken_identity or enrollment.outcome == "removed":
            continue
        if enrollment_has_ended(roster, enrollment):
            continue
        school_id = enrollment.text("schoolSourcedId")
        school = roster.find("orgs", school_id)
        if is_school(school) and is_accepted(school):
            schools.setdefault(enrollment.text("userSourcedId"), set()).add(school_id)
    return schools


def _why_left_out(roster: Roster, user: Record, lent: Lent) -> Cause | None:
    """Say why a user is skipped, None when it is not (§4)."""
    role = user.text("role")
    if role != "" and is_in_enumeration(roster.version, "users", "role", role):
        if role.lower() not in ROLES_IN_SCOPE:
            return user.own("role_out_of_scope")
    if user.small("enabledUser") == "false":
        return user.own("not_enabled")
    if user.roles_ended:
        return user.own("roles_ended")
    orgs = weigh_orgs(roster, user, lent)
    return None if orgs.accepted else orgs.left_out


def listed_orgs(user: Record) -> list[str]:
    """Give the orgs that a user names; none when the cell cannot be looked at (§4)."""
    if "orgSourcedIds" in user.not_storable:
        return []
    return user.orgs or items(user.text("orgSourcedIds"))


def weigh_orgs(roster: Roster, user: Record, lent: Lent) -> Orgs:
    """Look at each of a user's orgs (§3)."""
    ids = listed_orgs(user)
    if user.small("role") == "student":
        if any(is_school(roster.find("orgs", org_id)) for org_id in ids):
            ids = [org_id for org_id in ids if not _is_above_school(roster, org_id)]
    orgs = Orgs(accepted=user.sourced_id in lent)
    for org_id in ids:
        org = roster.find("orgs", org_id)
        found = standing(org)
        if found == "accepted":
            orgs.accepted = True
        elif found == "left out" and org is not None:
            orgs.left_out = orgs.left_out or org.left_out
        else:
            orgs.troubles.append(org_id)
            if found == "failed" and orgs.first_failed is None:
                orgs.first_failed = org
    return orgs


def _is_above_school(roster: Roster, org_id: str) -> bool:
    """Tell whether an org has a type that can be read and is not school (§3)."""
    org = roster.find("orgs", org_id)
    if org is None or org.known("type") == "":
        return False
    known = is_in_enumeration(roster.version, "orgs", "type", org.known("type"))
    return known and not is_school(org)


def _check_orgs(roster: Roster, user: Record, lent: Lent) -> None:
    """Say which of a user's orgs is unknown or failed (§4)."""
    if not listed_orgs(user):
        return
    orgs = weigh_orgs(roster, user, lent)
    if not orgs.troubles:
        return
    message = "orgSourcedIds not found in our system"
    if not orgs.accepted and is_above_what_is_shared(roster, user):
        user.warn("orgSourcedIds", "org_not_shared", message, orgs.troubles[0])
        return
    if orgs.accepted:
        first = roster.find("orgs", orgs.troubles[0])
        user.warn("orgSourcedIds", "some_org_not_found", message, orgs.troubles[0])
        user.said[-1].cause = None if first is None else first.root()
    else:
        cause = None if orgs.first_failed is None else orgs.first_failed.root()
        user.fail("orgSourcedIds", "org_not_found", message, orgs.troubles[0], cause)


def is_above_what_is_shared(roster: Roster, user: Record) -> bool:
    """Tell whether an administrator is at orgs only that an API does not share, above others (§3)."""
    role = user.text("role")
    if not roster.from_api or not is_in_enumeration(roster.version, "users", "role", role):
        return False
    if role.lower() not in ROLES_IN_SCOPE or role.lower() in ("student", "teacher"):
        return False
    orgs = listed_orgs(user)
    if any(roster.find("orgs", org_id) is not None for org_id in orgs):
        return False
    parents = {org.text("parentSourcedId") for org in roster.records["orgs"] if org.readable}
    parents.discard("")
    return not parents or any(org_id in parents for org_id in orgs)


def _check_email(roster: Roster, user: Record) -> None:
    """Say when staff have no email, and when an email is none (§4)."""
    email = user.text("email")
    if user.raw("email") == "" and is_staff(roster, user):
        message = "email is required for users with “teacher” or “administrator” roles"
        user.fail("email", "email_required", message, "", None)
    if email == "" or is_email(email):
        return
    message = "email is not a valid email address"
    if is_staff(roster, user):
        user.fail("email", "email_invalid", message, email, None)
    else:
        user.warn("email", "other_email_invalid", message, email)


def _check_shared_emails(roster: Roster, in_scope: list[Record]) -> None:
    """Say when an email, in any case, has more than one owner (§4)."""
    owners: dict[str, list[Record]] = {}
    for user in in_scope:
        if is_email(user.text("email")):
            owners.setdefault(user.small("email"), []).append(user)
    for group in owners.values():
        staff = [user for user in group if is_staff(roster, user)]
        for user in group:
            email = user.text("email")
            if is_staff(roster, user) and len(staff) >= 2:
                message = "email is already used by another user"
                user.fail("email", "email_taken", message, email, None)
            if user.small("role") == "student" and len(group) >= 2:
                message = "email is used by more than one user"
                user.warn("email", "email_shared", message, email)


def _check_shared_usernames(in_scope: list[Record]) -> None:
    """Warn when a username, in any case, has more than one owner (§4)."""
    owners: dict[str, list[Record]] = {}
    for user in in_scope:
        if user.text("username") != "":
            owners.setdefault(user.small("username"), []).append(user)
    for group in owners.values():
        if len(group) < 2:
            continue
        for user in group:
            message = "username is used by more than one user"
            user.warn("username", "username_shared", message, user.text("username"))
