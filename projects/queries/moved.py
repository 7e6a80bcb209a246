"""What moved in a period: the works and funds behind 新下达, 开工, 完工, 资金下达, 拨付 between two days."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from projects.models import FundEntry, Project, ProjectEntry
from projects.rules.filters import MOVES, ProjectFilter
from projects.rules.measures import MONEY
from rectify.lib.criteria import FilterRefused
from rectify.lib.livesums import item_sum, learned_by

MOVED = "moved_at"
OPENING = {"opening": {"allotted": 1, "started": -1}, "unpaid": {"funded": 1, "paid": -1}}
"""What stood when the period began, by the stages it is the sum of."""


def with_moved(projects: Any, wanted: ProjectFilter, day: date) -> Any:
    """``projects`` to which ``wanted.moved`` happened from ``since`` to the end of ``day``; ``moved_at`` says
    how much, in what they are counted in. FilterRefused for a period without a beginning, or one that ends
    before it begins."""
    since = wanted.since
    if since is None or not wanted.moved:
        raise FilterRefused("看一段时间的变动，要同时写明看哪一项（moved）和从哪天起（from）。")
    if since > day:
        raise FilterRefused(f"期间从 {since.isoformat()} 开始，晚于截至日 {day.isoformat()}。")
    entries = learned_by(ProjectEntry.objects.all(), day, wanted.known_at)
    return _kept(projects, entries, "quantity", wanted.moved, since)


def with_money_moved(
    items: Any, moved: str, *, since: date, day: date, known_at: datetime | None = None
) -> Any:
    """Funds, or projects with money, whose ``moved`` changed from ``since`` to the end of ``day``, by
    ``moved_at`` 万元: due, funded, paid; unpaid is what was issued and not yet paid when the period began.
    Works counted in 万元 move by their stages, as in ``with_moved``; funds have none."""
    is_works = moved in MOVES
    if is_works:
        items = items.filter(counted_in=MONEY) if items.model is Project else items.none()
    entry = ProjectEntry if items.model is Project else FundEntry
    entries = learned_by(entry._default_manager.all(), day, known_at)
    return _kept(items, entries, "quantity" if is_works else "amount", moved, since)


def _kept(items: Any, entries: QuerySet[Any], column: str, moved: str, since: date) -> Any:
    is_opening = moved in OPENING
    weights = OPENING.get(moved, {moved: 1})
    period = entries.filter(happened_on__lt=since) if is_opening else entries.filter(happened_on__gte=since)
    touched = items.filter(pk__in=period.filter(stage__in=list(weights)).values("item"))
    return touched.annotate(**{MOVED: item_sum(period, column, weights)}).exclude(**{MOVED: 0})
