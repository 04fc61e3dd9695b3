"""From where on removals are held for a person to decide, in sentences. What a sync means §6."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from firstbell.engine.policy import GuardLimits


def limits_told(limits: GuardLimits) -> Sequence[str]:
    """The limits of a district's guard, one sentence each.

    Args:
        limits: of the district.
    """
    things = (_("schools"), _("users"), _("classes"), _("enrollments"))
    held = _(
        "A sync that would remove more than %(share)s %% of your %(things)s, and more than"
        " %(least)s of them, is held for you to decide."
    )
    numbers = {"share": limits.gone, "least": f"{limits.least:,}"}
    return (
        *(held % {**numbers, "things": thing} for thing in things),
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
