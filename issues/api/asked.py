"""What a program may ask of the list of issues: the filters of the page, and a few of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from issues.rules.filters import BASES, DEADLINE_CLASSES, MEASURES, OMITTED, STATES, IssueFilter
from issues.rules.piles import PILES
from rectify.lib.criteria import FilterRefused
from townships.api import asking

ONLY = {"overdue": "overdue", "has_left": "left"}
"""Short words for measures; both together ask for overdue, which is left."""
NOT_HERE = ("sort", "page", "view")
VALUES: dict[str, Mapping[str, str]] = {
    "state": STATES,
    "deadline_class": DEADLINE_CLASSES,
    "basis": BASES,
    "measure": MEASURES,
    "waiting": PILES,
    "omitted": OMITTED,
}


def asked(params: Mapping[str, str], *, today: date) -> tuple[IssueFilter, datetime | None]:
    """The filter and the instant of `updated_since`; FilterRefused for anything else, in Chinese."""
    rest = dict(params)
    only = [name for name in ONLY if _is_asked(name, rest.pop(name, ""))]
    if only and rest.get("measure"):
        raise FilterRefused(f"{only[0]} 和 measure 只能给一个。")
    wanted, since = asking.asked(IssueFilter, rest, left_out=NOT_HERE, today=today)
    return (wanted.with_(measure=ONLY[only[0]]) if only else wanted), since


def _is_asked(name: str, value: str) -> bool:
    if value not in ("", "1"):
        raise FilterRefused(f"{name} 只能是 1，不需要时不要给出。")
    return value == "1"


FILTERS = [
    *asking.described(
        IssueFilter,
        left_out=NOT_HERE,
        values=VALUES,
        types={"import": {"type": "integer", "minimum": 1}},
    ),
    OpenApiParameter("overdue", OpenApiTypes.STR, enum=["1"], description="只要逾期未整改的"),
    OpenApiParameter("has_left", OpenApiTypes.STR, enum=["1"], description="只要还有未整改的"),
    asking.UPDATED_SINCE,
]
