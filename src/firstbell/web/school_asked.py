"""The schools that the causes of a sync are about."""

from collections.abc import Mapping

from firstbell.reports.order import Computed
from firstbell.rules.orgs import NOT_ONBOARDED
from firstbell.store.feed_schools import SchoolSeen, schools_of
from firstbell.store.scope import DistrictSeen


def schools_by_id(district: DistrictSeen, computed: Computed | None) -> Mapping[str, SchoolSeen]:
    """The schools of a district by id; none when no cause is that one is not onboarded.

    Args:
        district: whose.
        computed: what its sync came to; None: that is not kept any more.
    """
    causes = computed.causes.shown if computed else ()
    if not any(cause.code == NOT_ONBOARDED.code for cause in causes):
        return {}
    return {one.sourced_id: one for one in schools_of(district)}
