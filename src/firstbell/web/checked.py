"""A check of files, in the words of its page: those of a sync that was not run."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from firstbell.reports.order import Computed
from firstbell.store.checked import CheckSeen
from firstbell.store.models import SyncStatus
from firstbell.web.amounts import amounts, counted
from firstbell.web.held import gravest
from firstbell.web.told import Told, told


@dataclass(frozen=True, slots=True)
class ToldCheck:
    """All that the page of a check tells beside its row."""

    #: As of a sync of the same files.
    sync: Told
    #: What would come of them, in a sentence; empty when the check has not ended or failed.
    verdict: str
    #: What a sync would hold back, as a sentence; empty when it would hold nothing.
    held: str


def told_check(
    check: CheckSeen, computed: Computed | None, product: str, source: str | None
) -> ToldCheck:
    """Puts a check into the words of its page.

    Args:
        check: the check.
        computed: what it came to; None: nothing, or that is not kept any more.
        product: how the product is called.
        source: of what kind the district's source is.
    """
    as_sync = told(check.seen, computed, product, source if check.from_source else None)
    ended_well = check.seen.row.status in (SyncStatus.COMPLETED, SyncStatus.WITH_ERRORS)
    verdict = ""
    if ended_well and computed:
        read = sum(counts.get("read", 0) for counts in check.seen.tables.values())
        everything = _(
            "All %(number)s records would be in %(product)s, or out of scope for a known reason."
        )
        verdict = (
            as_sync.verdict
            if as_sync.causes
            else everything % {"number": f"{read:,}", "product": product}
        )
    return ToldCheck(as_sync, verdict, _held(check.held or {}) if ended_well else "")


def _held(removals: Mapping[str, int]) -> str:
    table = gravest(removals)
    if table is None:
        return ""
    said = (
        _("%(what)s would lose access. A sync would hold %(all)s for you to decide.")
        if table == "users"
        else _("%(what)s would go. A sync would hold %(all)s for you to decide.")
    )
    return said % {
        "what": counted(removals[table], table),
        "all": _("the removal of %(all)s") % {"all": amounts(removals)},
    }
