"""The items behind a figure of money: funds, and projects that carry money, as of a day."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from dashboards.access import items_for
from dashboards.queries.narrowing import narrowing
from dashboards.rules.figures import MONEY
from dashboards.rules.tallies import PROJECTS, TallyError, TallyQuery, checked
from dashboards.services.tallies import find_campaign
from projects.models import Campaign
from projects.queries.sums import annotate_as_of, annotate_funds_as_of
from rectify.lib import clock
from townships.models import User

MONIES = {"items": "有资金记录", "due": "应下达", "funded": "已下达", "paid": "已拨付", "over": "超额下达"}
WORKS = ("arranged", "allotted", "not_allotted", "started", "not_started", "completed", "accepted")


@dataclass(frozen=True, slots=True)
class FundLine:
    """One fund or project, in 万元."""

    number: str
    name: str
    programme: str
    township: str
    due: Decimal
    funded: Decimal
    paid: Decimal
    over: Decimal


@dataclass(frozen=True, slots=True)
class FundList:
    """All lines, by programme and place, and their sums."""

    campaign: Campaign
    as_of: Any
    measure: str
    lines: tuple[FundLine, ...]
    total: FundLine


def fund_list(query: TallyQuery, measure: str, user: User | None) -> FundList:
    """The items where ``measure`` is above 0 (all that carry money without one); TallyError for nonsense."""
    if measure and measure not in (*MONIES, *WORKS):
        raise TallyError(f"没有“{measure[:30]}”这一项资金数字。")
    today = clock.today()
    query = checked(query, today)
    campaign = find_campaign(query.campaign, user, today)
    as_of = query.as_of or today
    items = items_for(user, PROJECTS, campaign).within(PROJECTS, narrowing(campaign, query.filters, as_of))
    works = annotate_as_of(items.main, as_of, query.known_at).filter(_works(measure))
    lines = [_line(work, work.name) for work in _ordered(works)]
    if items.funds is not None and measure not in WORKS:
        funds = annotate_funds_as_of(items.funds, as_of, query.known_at).filter(_money(measure))
        lines += [_line(fund, fund.note) for fund in _ordered(funds)]
    return FundList(campaign, as_of, measure, tuple(lines), _total(lines))


def _money(measure: str) -> Q:
    if measure in ("", "items"):
        return Q(due_at__gt=0) | Q(funded_at__gt=0)
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
    money = (item.due_at, item.funded_at, item.paid_at, item.over_at)
    return FundLine(item.number, name, item.programme.full_name, township, *money)


def _total(lines: list[FundLine]) -> FundLine:
    none = Decimal(0)
    sums = [sum((getattr(line, name) for line in lines), none) for name in ("due", "funded", "paid", "over")]
    return FundLine("", "合计", "", "", *sums)
