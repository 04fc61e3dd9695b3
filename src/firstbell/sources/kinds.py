"""The kinds of sources: a new one is a module of its own, and one line here."""

from firstbell.sources.files import FOLDER, UPLOAD
from firstbell.sources.kind import Kind
from firstbell.sources.rest.kinds import CLASSLINK, ONEROSTER

#: By name, in the order in which they are offered.
KINDS: dict[str, Kind] = {kind.name: kind for kind in (CLASSLINK, ONEROSTER, FOLDER, UPLOAD)}
