"""Generates realistic, reproducible OneRoster districts, with as many defects as asked for."""

from firstbell.generate.delivery import generate, generate_next, pack
from firstbell.generate.district import District

__all__ = ["District", "generate", "generate_next", "pack"]
