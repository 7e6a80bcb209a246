"""The items behind a figure of money: funds, and projects that carry money, as of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet

from dashboards.access import items_for
from dashboards.queries.narrowing import narrowing
from dashboards.rules import overissued
from dashboards.rules.figures import MONEY
from dashboards.rules.tallies import PROJECTS, TallyError, TallyQuery, checked
from dashboards.services.tallies import find_campaign
from projects.models import Campaign, Project
from projects.queries.moved import with_money_moved
from projects.queries.sums import annotate_as_of, annotate_funds_as_of
from projects.rules.filters import MOVES as WORK_MOVES
from rectify.lib import clock
from townships.models import User

MONIES = {
    "items": "有资金记录",
    "due": "应下达",
    "funded": "已下达",
    "paid": "已拨付",
    "unpaid": "已下达未拨付",
    "over": "超额下达",
}
MOVES = {
    **WORK_MOVES,
    "unpaid": "期初已下达未拨付",
    "due": "期间新增应下达",
    "funded": "期间下达",
    "paid": "期间拨付",
}
WORKS = ("arranged", "allotted", "not_allotted", "started", "not_started", "completed", "accepted")


@dataclass(frozen=True, slots=True)
class FundLine:
    """One fund or project, in 万元; ``moved``: what of it moved in the period asked for."""

    number: str
    name: str
    programme: str
    township: str
    due: Decimal
    funded: Decimal
    paid: Decimal
    over: Decimal
    moved: Decimal | None = None
    people: Decimal | None = None
    is_work: bool = False

    @property
    def standard(self) -> Decimal | None:
        """What is due for one person, 万元."""
        return overissued.standard(self.people, self.due)


@dataclass(frozen=True, slots=True)
class FundList:
    """All lines, by programme and place, those over what is due by how much; and their sums."""

    campaign: Campaign
    as_of: Any
    measure: str
    lines: tuple[FundLine, ...]
    total: FundLine
    moved: str = ""

    @property
    def moved_label(self) -> str:
        return MOVES.get(self.moved, "")

    @property
    def has_people(self) -> bool:
        """Whether something is due by people × standard."""
        return any(line.people is not None for line in self.lines)

    @property
    def sentence(self) -> str:
        """Who was given more than is due, in order (W-016)."""
        return overissued.sentence((line.township, line.over) for line in self.lines)


def fund_list(
    query: TallyQuery, measure: str, user: User | None, *, moved: str = "", since: date | None = None
) -> FundList:
    """The items where ``measure`` is above 0 (all that carry money without one), or whose ``moved`` changed
    from ``since`` to the end of the query's day; TallyError for nonsense."""
    if measure and measure not in (*MONIES, *WORKS):
        raise TallyError(f"没有“{measure[:30]}”这一项资金数字。")
    if (moved or since) and (moved not in MOVES or since is None):
        raise TallyError("看一段时间的资金变动，要写明看哪一项（moved）和从哪天起（from）。")
    today = clock.today()
    query = checked(query, today)
    campaign = find_campaign(query.campaign, user, today)
    as_of = query.as_of or today
    items = items_for(user, PROJECTS, campaign).within(PROJECTS, narrowing(campaign, query.filters, as_of))
    period = None if since is None else _Period(moved, since, as_of, query.known_at)
    works = _within(annotate_as_of(items.main, as_of, query.known_at), period, _works(measure))
    lines = [_line(work, work.name) for work in _ordered(works)]
    if items.funds is not None and measure not in WORKS:
        funds = annotate_funds_as_of(items.funds, as_of, query.known_at)
        funds = _within(funds, period, _money(measure))
        lines += [_line(fund, fund.note) for fund in _ordered(funds)]
    if measure == "over":
        lines.sort(key=lambda line: -line.over)
    return FundList(campaign, as_of, measure, tuple(lines), _total(lines), moved)


@dataclass(frozen=True, slots=True)
class _Period:
    moved: str
    since: date
    until: date
    known_at: datetime | None


def _within(items: QuerySet[Any], period: _Period | None, condition: Q) -> QuerySet[Any]:
    """What the measure keeps; in a period what moved, which may be nothing by its end."""
    if period is None:
        return items.filter(condition)
    moved: QuerySet[Any] = with_money_moved(
        items, period.moved, since=period.since, day=period.until, known_at=period.known_at
    )
    return moved


def _money(measure: str) -> Q:
    if measure in ("", "items"):
        return Q(due_at__gt=0) | Q(funded_at__gt=0)
    if measure == "unpaid":
        return Q(funded_at__gt=F("paid_at"))
    return Q(**{f"{measure}_at__gt": 0})


def _works(measure: str) -> Q:
    counted = Q(counted_in=MONEY)
    if measure in WORKS:
        return counted & Q(**{f"{measure}_at__gt": 0})
    if measure in ("", "items"):
        return _money(measure) | (counted & Q(arranged_at__gt=0))
    return _money(measure)


def _ordered(items: QuerySet[Any]) -> QuerySet[Any]:
    return items.select_related("programme", "township").order_by(
        "programme__path", "township__code", "number"
    )


def _line(item: Any, name: str) -> FundLine:
    township = item.township.name if item.township else ""
    return FundLine(
        number=item.number,
        name=name,
        programme=item.programme.full_name,
        township=township,
        due=item.due_at,
        funded=item.funded_at,
        paid=item.paid_at,
        over=item.over_at,
        moved=getattr(item, "moved_at", None),
        people=getattr(item, "people", None),
        is_work=isinstance(item, Project),
    )


def _total(lines: list[FundLine]) -> FundLine:
    none = Decimal(0)
    due, funded, paid, over = (
        sum((getattr(line, name) for line in lines), none) for name in ("due", "funded", "paid", "over")
    )
    moved = [line.moved for line in lines if line.moved is not None]
    people = [line.people for line in lines if line.people is not None]
    return FundLine(
        number="合计",
        name="",
        programme="",
        township="",
        due=due,
        funded=funded,
        paid=paid,
        over=over,
        moved=sum(moved, none) if moved else None,
        people=sum(people, none) if people else None,
    )
