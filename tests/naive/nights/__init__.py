"""The naive reading of many nights: `firstbell sync` once more, as loops over dicts, in memory.

It shares no code with the project, so that the two can be compared with one another.
"""

from .district import District, Night
from .guarding import Limits
from .planning import Event, Object

__all__ = ["District", "Event", "Limits", "Night", "Object"]
