"""What every rule gets for free: it is well-formed, its SQL reads, and its example breaks it."""

import re
from collections import Counter

import duckdb
import pytest

from firstbell.oneroster.dictionary import FEED_TABLES, Version
from firstbell.rules import reading
from firstbell.rules.catalogue import CATALOGUE, OWN_RULES, rule, rules_of
from firstbell.rules.example import Example, files_of
from firstbell.rules.from_dictionary import judged_fields
from firstbell.rules.rule import Effect, Rule
from tests.rules.context import create_table
from tests.rules.findings import findings_of

every_rule = pytest.mark.parametrize("rule_", CATALOGUE, ids=lambda rule_: rule_.code)


def test_a_code_names_one_rule_in_each_version() -> None:
    codes = Counter((r.code, version) for r in CATALOGUE for version in r.versions)
    twice = [code for code, times in codes.items() if times > 1]
    assert not twice, f"two rules have the same code: {twice}"


def test_every_rule_is_judged_or_found_by_the_reader() -> None:
    judged = {r for table in FEED_TABLES for v in Version for r in rules_of(table, v)}
    assert judged | set(reading.RULES) == set(CATALOGUE)
    assert not judged & set(reading.RULES)


def test_rules_are_judged_identity_first() -> None:
    order = (Effect.IDENTITY, Effect.SKIP, Effect.SHUT_OUT, Effect.FAIL, Effect.WARN)
    for table in FEED_TABLES:
        for version in Version:
            effects = [order.index(r.effect) for r in rules_of(table, version)]
            assert effects == sorted(effects), table


@every_rule
def test_its_code_is_the_table_and_the_defect(rule_: Rule) -> None:
    assert re.fullmatch(r"[a-zA-Z]+\.[a-z][a-z0-9_]*", rule_.code)
    assert rule_.table in (*FEED_TABLES, "feed", "manifest")
    assert rule(rule_.code, next(iter(rule_.versions))) in CATALOGUE


@every_rule
def test_its_words_are_all_there(rule_: Rule) -> None:
    for words in (rule_.title, rule_.judges, rule_.message, rule_.people, rule_.solution):
        assert words == words.strip() and words, "a rule needs all its words"
        assert "  " not in words
    assert not rule_.message.endswith("."), "a message has no full stop"
    assert rule_.people.endswith("."), "the effect on people is a sentence"
    assert rule_.solution.endswith("."), "a solution ends with a full stop"
    assert not rule_.title.endswith("."), "a title has no full stop"


@every_rule
def test_its_field_is_a_column_or_a_word_of_the_report(rule_: Rule) -> None:
    names = {"sourcedId", "row", "school", "subject", "password"}
    if rule_.table in FEED_TABLES:
        names |= {field.name for v in Version for field in judged_fields(rule_.table, v)}
    assert rule_.field in names or (rule_.field == "" and rule_ in reading.RULES)


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("table", FEED_TABLES)
def test_its_sql_reads_only_columns_that_exist(table: str, version: Version) -> None:
    with duckdb.connect() as database:
        database.execute(create_table(table, version))
        for r in rules_of(table, version):
            if r.broken_when is None:
                continue
            columns = f"({r.broken_when}), ({r.judged_when}), CAST({r.value} AS VARCHAR)"
            types = [str(type_) for type_ in database.table("records").project(columns).types]
            assert types == ["BOOLEAN", "BOOLEAN", "VARCHAR"], r.code


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("table", FEED_TABLES)
def test_null_breaks_nothing(table: str, version: Version) -> None:
    with duckdb.connect() as database:
        database.execute(create_table(table, version))
        database.execute("INSERT INTO records (sourcedId) VALUES ('A1')")
        for r in rules_of(table, version):
            if r.broken_when is not None:
                broken = database.table("records").filter(r.broken_when)
                assert broken.fetchall() == [], r.code


@pytest.mark.parametrize("version", Version)
def test_the_smallest_district_breaks_nothing(version: Version) -> None:
    assert findings_of(Example(version=version)) == (set(), set())


@every_rule
def test_its_example_breaks_it_and_nothing_else(rule_: Rule) -> None:
    found = findings_of(rule_.example)
    own = {rule_.code}
    skipped = rule_.effect is Effect.SKIP
    assert found.findings == set(rule_.example.also) | (set() if skipped else own)
    assert found.skips == (own if skipped else set())


@every_rule
def test_its_example_is_of_a_version_that_has_it(rule_: Rule) -> None:
    assert rule_.example.version in rule_.versions
    assert ("roles.csv" in files_of(rule_.example)) == (rule_.example.version is Version.V1_2)


def test_the_seed_errors_are_said_in_their_exact_words() -> None:
    said = {
        "users.email_required": "email is required for users with “teacher” or “administrator” "
        "roles",
        "classes.teacher_required": "primary teacher is required",
        "orgs.not_onboarded": "school is not onboarded in {product}, school and all associated "
        "records will not be synced",
        "enrollments.user_not_found": "userSourcedId not found in our system",
    }
    fields = ["email", "subject", "school", "userSourcedId"]
    assert {code: rule(code).message for code in said} == said
    assert [rule(code).field for code in said] == fields
    assert all(rule(code) in OWN_RULES for code in said)
