"""Which known ledger a sheet is, by its title: the same one, else the same but for its 截至 date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from issues.models import Issue, IssueList, Lead
from issues.rules.titles import undated
from projects.models import Campaign, Fund, Project

LONGEST: Final = 200


class Titles:
    """The titles that ledgers of a campaign bear. ``file``: (kind, title) of every table of the file at hand:
    where two of them differ only in that date, each is its own."""

    def __init__(self, campaign: Campaign, file: Iterable[tuple[str, str]]) -> None:
        self._campaign = campaign
        self._in_file = Counter((kind, undated(title)) for kind, title in set(file))
        self._known: dict[str, list[str]] = {}

    def known_as(self, kind: str, title: str) -> tuple[str, bool]:
        """The title under which the ledger is known, at first its own; and whether only the date can tell it
        from that (False: another ledger bears the title with another date)."""
        same = [one for one in self._titles(kind) if undated(one) == undated(title)]
        is_alone = self._in_file[kind, undated(title)] < 2
        if title in same:
            return title, is_alone and len(same) == 1
        if len(same) > 1 and kind == "issues":
            same = self._in_use(same)
        if is_alone and len(same) == 1:
            return same[0], True
        return title, is_alone and not same

    def _titles(self, kind: str) -> list[str]:
        if kind not in self._known:
            self._known[kind] = _titles_of(kind, self._campaign)
        return self._known[kind]

    def _in_use(self, titles: list[str]) -> list[str]:
        """Those of lists that hold an issue: a withdrawn import leaves an empty one behind."""
        held = Issue.objects.present().filter(campaign=self._campaign, list__title__in=titles)
        return list(held.order_by().values_list("list__title", flat=True).distinct())


def _titles_of(kind: str, campaign: Campaign) -> list[str]:
    if kind == "issues":
        return list(IssueList.objects.filter(campaign=campaign).values_list("title", flat=True))
    if kind == "leads":
        rows = Lead.objects.present().filter(campaign=campaign)
        return list(rows.order_by().values_list("sheet_title", flat=True).distinct())
    if kind == "projects":
        works = Project.objects.present().filter(campaign=campaign)
        return list(works.order_by().values_list("sheet_title", flat=True).distinct())
    funds = Fund.objects.present().filter(campaign=campaign)
    return list(funds.order_by().values_list("sheet_title", flat=True).distinct())
