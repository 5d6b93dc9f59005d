"""What the pages of the SQL desk show for a start."""

from __future__ import annotations

from collections.abc import Sequence

from django import template

from madang.web.sql.tables import DeskTable

register = template.Library()


@register.simple_tag
def example_of(tables: Sequence[DeskTable]) -> str:
    """A question that runs as it stands, of the first table; "" without one. A name in quotes may be any."""
    return f'SELECT *\nFROM "{tables[0].names[0]}"\nLIMIT 20' if tables else ""
