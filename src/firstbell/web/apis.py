"""What APIs are called, in the middle of a sentence."""

from django.utils.translation import gettext as _

from firstbell.store.models import SourceKind


def called(source: SourceKind) -> str:
    """The name of an API, such as `ClassLink`."""
    return _("ClassLink") if source is SourceKind.CLASSLINK else _("the OneRoster API")
