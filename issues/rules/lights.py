"""The light of an issue: from what is left and the deadline in force. Derived, never stored."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from rectify.lib.lights import UNDATED, Light, light

DONE = Light("", "")
"""Nothing is left: no light."""


def issue_light(
    *,
    left: Decimal,
    deadline_class: str,
    due_on: date | None,
    is_confirmed: bool,
    on: date,
    soon_days: int = 7,
) -> Light:
    """The light on the Beijing date ``on``; an unread or unconfirmed deadline is never on time."""
    if left <= 0:
        return DONE
    if deadline_class == "long":
        return Light("none", "长期坚持")
    if deadline_class == "undetermined":
        return Light("none", "时限未定")
    if not is_confirmed:
        return Light("none", "时限待确认")
    return UNDATED if due_on is None else light(due_on, on, soon_days=soon_days)
