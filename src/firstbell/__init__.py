"""First Bell: a district's roster in, what is right applied, the rest reported."""

from importlib.metadata import version

__version__ = version("firstbell")
