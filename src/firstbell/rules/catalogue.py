"""All rules, in the order in which records are judged and reported.

Source: docs/reference/what-a-sync-means.md, "What a sync means" §3 and §4.
"""

from functools import cache

from firstbell.oneroster.dictionary import FEED_TABLES, Version
from firstbell.rules import academics, classes, enrollments, orgs, reading, users
from firstbell.rules.from_dictionary import rules_from_dictionary
from firstbell.rules.rule import Effect, Rule

#: The rules of the tables beside those that follow from the standard.
OWN_RULES = (
    *(*orgs.RULES, *academics.RULES, *users.RULES),
    *(*classes.RULES, *enrollments.RULES),
)

_ORDER = (Effect.IDENTITY, Effect.SKIP, Effect.SHUT_OUT, Effect.FAIL, Effect.WARN)


def _judged(table: str) -> tuple[Rule, ...]:
    rules = rules_from_dictionary(table) + tuple(r for r in OWN_RULES if r.table == table)
    return tuple(sorted(rules, key=lambda rule: _ORDER.index(rule.effect)))


#: Every rule: first what is said about whole files, then table by table. A code is there twice
#: when the two versions of the standard differ in it.
CATALOGUE = (*reading.RULES, *(rule for table in FEED_TABLES for rule in _judged(table)))


@cache
def rules_of(table: str, version: Version) -> tuple[Rule, ...]:
    """The rules on the records of a table, in judging order; not those on whole files.

    >>> [rule.code for rule in rules_of("orgs", Version.V1_1)][:2]
    ['orgs.row_unreadable', 'orgs.sourced_id_required']
    """
    return tuple(
        rule
        for rule in CATALOGUE
        if rule.table == table and version in rule.versions and rule not in reading.RULES
    )


@cache
def rule(code: str, version: Version = Version.V1_1) -> Rule:
    """The rule of a code as that version has it; where it has none, as the other one does.

    Raises:
        KeyError: No rule has the code.

    >>> rule("users.email_required").field
    'email'
    """
    found = [rule for rule in CATALOGUE if rule.code == code]
    if not found:
        raise KeyError(f"there is no rule {code}")
    return next((rule for rule in found if version in rule.versions), found[0])
