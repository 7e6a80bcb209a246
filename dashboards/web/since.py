"""The days a board can be compared with, as links beside it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from dashboards.rules.since import Earlier, earlier_days
from dashboards.services.tallies import Reading
from dashboards.web.asking import address


def offered_days(request: HttpRequest, reading: Reading, then: Earlier) -> dict[str, Any]:
    """``earlier_days`` (label, day, address, whether it is the one shown), ``then`` and what a form keeps."""
    kept = {name: value for name, value in request.GET.items() if value}
    kept["campaign"] = reading.campaign.code
    offered = earlier_days(reading.as_of, reading.campaign.start_on)
    return {
        "then": then,
        "earlier_days": [
            (one.label, one.on, address(request.path, kept, since=one.code), one.code == then.code)
            for one in offered
        ],
        "kept_without_since": [pair for pair in kept.items() if pair[0] != "since"],
    }
