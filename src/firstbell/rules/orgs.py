"""What an org must be: a school that is onboarded, with a parent that is there.

Source: docs/reference/what-a-sync-means.md, "What a sync means" §4.
"""

from firstbell.rules.example import Example
from firstbell.rules.rule import Effect, Owner, Rule

_MAPLE_HIGH = {"sourcedId": "S2", "name": "Maple High", "type": "school"}

NEVER = Rule(
    code="orgs.never",
    title="School is marked never",
    field="school",
    effect=Effect.SKIP,
    judges="every school",
    message="school is marked never in {product}",
    owner=Owner.SPECIALIST,
    people="The school, its classes and its people are left out.",
    solution="Nothing, unless the school is to come in: then ask your onboarding specialist.",
    example=Example(added={"orgs": (_MAPLE_HIGH,)}, never=frozenset({"S2"})),
    broken_when="type = 'school' AND never",
    judged_when="type = 'school'",
)

NOT_ONBOARDED = Rule(
    code="orgs.not_onboarded",
    title="School is not onboarded",
    field="school",
    effect=Effect.SHUT_OUT,
    judges="every school",
    message="school is not onboarded in {product}, "
    "school and all associated records will not be synced",
    owner=Owner.SPECIALIST,
    people="Nobody at the school can sign in, and it has no classes.",
    solution="Ask your onboarding specialist to set up the school; nothing in your SIS needs a "
    "change.",
    example=Example(added={"orgs": (_MAPLE_HIGH,)}, onboarded=frozenset({"S1"})),
    broken_when="type = 'school' AND NOT onboarded",
    judged_when="type = 'school'",
)

PARENT_NOT_FOUND = Rule(
    code="orgs.parent_not_found",
    title="Parent org is not in the data",
    field="parentSourcedId",
    effect=Effect.WARN,
    judges="every school, office and district that names a parent",
    message="parentSourcedId not found in our system",
    owner=Owner.SHARING,
    people="Nobody is kept out; the org comes in without its parent.",
    solution="Share the parent org too, or correct the parent in your SIS.",
    example=Example(changed={"orgs": {"parentSourcedId": "STATE"}}),
    broken_when='"parentSourcedId" IS NOT NULL AND "parent".stands IS NULL',
    judged_when='"parentSourcedId" IS NOT NULL',
    value='"parentSourcedId"',
)

RULES = (NEVER, NOT_ONBOARDED, PARENT_NOT_FOUND)
