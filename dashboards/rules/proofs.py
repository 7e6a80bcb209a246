"""Proofs: the address of the list that holds exactly the items behind a figure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlencode

from dashboards.rules.tallies import ISSUES, TREES, Member
from rectify.lib.criteria import NONE, OWN

LISTS = {ISSUES: "/issues/", "projects": "/projects/"}
FUNDS = "/dashboard/funds/"
"""Where money stands until funds have a page of their own: funds and projects with money."""


def proof(
    address: str, common: Mapping[str, str], members: Mapping[str, Member | None], counted_in: str
) -> str:
    """The list's address: ``common`` (campaign, day, basis, filters) narrowed to the row's members."""
    params = {**common, **{name: value_of(name, member) for name, member in members.items()}}
    if counted_in:
        params["counted_in"] = counted_in
    return f"{address}?{'&'.join(_pair(name, value) for name, value in params.items() if value)}"


@lru_cache(maxsize=4096)
def _pair(name: str, value: str) -> str:
    """One parameter, quoted; a board asks for the same few hundred thousands of times."""
    return urlencode({name: value})


def value_of(dimension: str, member: Member | None) -> str:
    """The value of a filter that finds exactly what a row of this member counts."""
    if member is None:
        return NONE
    return member.code + OWN if member.is_branch and dimension in TREES else member.code


def narrowed(address: str, measure: str) -> str:
    """The proof of one figure in a row: the items where that measure is above 0."""
    return f"{address}&measure={measure}" if measure else address
