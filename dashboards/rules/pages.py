"""Addresses of the pages about one township, unit or programme, as of the day of the figures."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlencode

from dashboards.rules.documents import Setting
from dashboards.rules.tallies import Member

PAGES = {
    "township": "/dashboard/townships/",
    "department": "/dashboard/departments/",
    "unit": "/dashboard/units/",
    "lead_unit": "/dashboard/units/",
    "programme": "/dashboard/programmes/",
}
KEPT = ("campaign", "as_of", "basis", "known_at")


def page_of(setting: Setting, dimension: str, member: Member | None) -> str:
    """The page of what a row stands for; empty where there is none of its own."""
    if member is None:
        return ""
    return page_at(setting, dimension, member.code)


def page_at(setting: Setting, dimension: str, code: str | None) -> str:
    """The same by a code."""
    if code is None or dimension not in PAGES:
        return ""
    kept = tuple((name, setting.proof_params[name]) for name in KEPT if name in setting.proof_params)
    return f"{PAGES[dimension]}{code}/?{_query(kept)}"


@lru_cache(maxsize=256)
def _query(kept: tuple[tuple[str, str], ...]) -> str:
    """Quoted once: all rows of a page keep the same."""
    return urlencode(kept)
