"""Days that a county's matters can lie on: what lies outside is a slip of the pen or a spreadsheet's zero."""

from __future__ import annotations

from datetime import date
from typing import Final

FIRST: Final = date(1949, 10, 1)
LAST: Final = date(2099, 12, 31)


def is_likely(day: date) -> bool:
    """Whether the day lies between FIRST and LAST."""
    return FIRST <= day <= LAST
