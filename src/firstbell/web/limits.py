"""From where on removals are held for a person to decide, in sentences. What a sync means §6."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from firstbell.engine.policy import GuardLimits


def limits_told(limits: GuardLimits) -> Sequence[str]:
    """The limits of a district's guard, one sentence each.

    Args:
        limits: of the district.
    """
    return (
        _(
            "A sync that would remove more than %(share)s %% of your schools, users, classes or"
            " enrollments, and more than %(least)s of them, is held for you to decide."
        )
        % {"share": limits.gone, "least": f"{limits.least:,}"},
        _(
            "A sync that would remove more than %(share)s %% of the students of a school with"
            " %(students)s students or more is held, too."
        )
        % {"share": limits.gone_of_school, "students": f"{limits.school_students:,}"},
        _(
            "A sync that would put others in the place of more than %(share)s %% of them, or change"
            " as many names, is refused as a whole until you decide."
        )
        % {"share": limits.replaced},
    )
