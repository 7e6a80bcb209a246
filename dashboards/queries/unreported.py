"""Who was asked and said nothing: rounds of a period, parts of open lists, leads. Names of units alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from alerts.models import Round
from alerts.queries.rounds import stand
from alerts.rules.rounds import Period, Standing
from issues.models import Lead, Part
from issues.queries.lead_tallies import Reporter, kinds_of, reporting
from issues.rules.records import PartState
from projects.models import Campaign
from townships.models import Unit
from townships.rules.roles import Level

GROUPS = ((Level.TOWNSHIP, "乡镇"), (Level.DEPARTMENT, "部门"))
OTHERS = "其他单位"
CHECK = "自查"
"""What a list's name is told with: 房屋安全自查, but not 房屋自查自查."""


def unreported(campaign: Campaign, period: Period, today: date) -> list[dict[str, Any]]:
    """Each as {"title", "asked", "silent": [{"label", "names"}]}, told at the instant of asking: townships
    and departments apart, and only of what was to be done by the day before: a unit that still has time is
    not named in a signed paper. Of leads nothing else is told than who reported none (W-006)."""
    return [
        *_rounds(campaign, period, today),
        *_parts(campaign, period, today),
        *_leads(campaign, period.last),
    ]


def _rounds(campaign: Campaign, period: Period, today: date) -> list[dict[str, Any]]:
    """Rounds that end in the period, once their on-time day is past; until then nobody is silent. Who is
    exempt was not asked."""
    found = Round.objects.filter(
        collection__campaign=campaign, last_on__range=(period.first, period.last), on_time_until__lt=today
    ).select_related("collection")
    told = []
    for one in found.order_by("first_on", "id"):
        filings = list(one.filings.select_related("unit"))
        stood = [each for each in stand(one, filings, today) if each.standing is not Standing.EXEMPT]
        silent = [each.filing.unit for each in stood if each.standing is Standing.SILENT]
        name = f"{one.collection.title}（{Period(one.first_on, one.last_on).label}）"
        told.append(_told(name, len(stood), silent))
    return told


def _parts(campaign: Campaign, period: Period, today: date) -> list[dict[str, Any]]:
    """Lists that were to be locked by the end of the period, on a day that is past, and are not: units that
    neither reported nor signed for nothing (未报 is not 零问题). A list without such a day asks by none."""
    open_ = Part.objects.filter(
        list__campaign=campaign,
        list__locked_at__isnull=True,
        list__lock_on__lte=period.last,
        list__lock_on__lt=today,
    )
    by_list: dict[str, list[Part]] = {}
    for part in open_.select_related("list", "unit").order_by("list__code", "unit__code"):
        by_list.setdefault(part.list.short_name or part.list.title, []).append(part)
    return [
        _told(
            name if CHECK in name else f"{name}{CHECK}",
            len(parts),
            [one.unit for one in parts if one.state == PartState.DRAFT.value],
        )
        for name, parts in by_list.items()
    ]


def _leads(campaign: Campaign, as_of: date) -> list[dict[str, Any]]:
    known = Lead.objects.present().filter(campaign=campaign, reported_on__lte=as_of)
    if not known.exists():
        return []
    told = reporting(known, kinds_of(campaign, as_of), as_of)
    rows = [row for row in told if row.kind.reporter is not Reporter.OTHER]
    silent = [{"label": row.kind.label, "names": list(row.silent)} for row in rows if row.silent]
    return [{"title": "问题线索", "asked": sum(row.units for row in rows), "silent": silent}]


def _told(title: str, asked: int, silent: Iterable[Unit]) -> dict[str, Any]:
    units = list(silent)
    groups = [(label, [one for one in units if one.level == level]) for level, label in GROUPS]
    known = [level for level, _ in GROUPS]
    groups.append((OTHERS, [one for one in units if one.level not in known]))
    named = [
        {"label": label, "names": [one.short_name or one.name for one in group]}
        for label, group in groups
        if group
    ]
    return {"title": title, "asked": asked, "silent": named}
