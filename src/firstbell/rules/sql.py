"""How a rule's SQL names the columns of a record.

A field is there three times: `"email"` is its value (NULL when absent or not valid), `"cell_email"`
the text of the cell, and `"nul_email"` tells whether the cell holds a NUL character.
"""

from collections.abc import Iterable


def absent(field: str) -> str:
    """When the cell of a field is empty.

    >>> absent("email")
    '"cell_email" IS NULL AND NOT "nul_email"'
    """
    return f'"cell_{field}" IS NULL AND NOT "nul_{field}"'


def present(field: str) -> str:
    """When the cell of a field holds something that a rule can look at.

    >>> present("email")
    '"cell_email" IS NOT NULL'
    """
    return f'"cell_{field}" IS NOT NULL'


def not_valid(field: str) -> str:
    """When the cell of a field holds something that is no value of its kind.

    >>> not_valid("role")
    '"cell_role" IS NOT NULL AND "role" IS NULL'
    """
    return f'"cell_{field}" IS NOT NULL AND "{field}" IS NULL'


def cell(field: str) -> str:
    """The text of the cell of a field, for the report.

    >>> cell("role")
    '"cell_role"'
    """
    return f'"cell_{field}"'


def one_of(values: Iterable[str]) -> str:
    """A list of texts.

    >>> one_of(["teacher", "student"])
    "('teacher', 'student')"
    """
    return "(" + ", ".join("'" + value.replace("'", "''") + "'" for value in values) + ")"


def not_found(parent: str, reference: str) -> str:
    r"""When a reference that keeps its record out leads to no record, or to a failed one.

    A parent that is left out has left its record out before.

    >>> not_found("school", "schoolSourcedId")
    '"schoolSourcedId" IS NOT NULL AND ("school".stands IS NULL OR "school".stands = \'failed\')'
    """
    stands = f'"{parent}".stands'
    return f"\"{reference}\" IS NOT NULL AND ({stands} IS NULL OR {stands} = 'failed')"
