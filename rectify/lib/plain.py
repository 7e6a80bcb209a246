"""Values as answers to programs write them: decimals as text, instants with their zone."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from rectify.lib.clock import BEIJING


def decimal(value: Decimal) -> str:
    """Without an exponent or trailing zeros: "183", "3058.47"."""
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def instant(moment: datetime) -> str:
    """Beijing time with its zone, to the microsecond: what was given can be asked for again."""
    return moment.astimezone(BEIJING).isoformat()
