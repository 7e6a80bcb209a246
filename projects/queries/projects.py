"""From a filter to the projects it finds, their totals, their rows. Scope comes first: the caller's set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Min, OrderBy, Q, Sum

from projects.models.projects import ProjectQuerySet
from projects.queries.choices import Choices, choices
from projects.queries.moved import MOVED, with_moved
from projects.queries.standing import standing_so, with_ahead
from projects.queries.sums import annotate_as_of
from projects.rules.filters import ProjectFilter
from projects.rules.measures import MONEY
from projects.rules.standing import Standing, is_late_start, standing
from rectify.lib import clock
from rectify.lib.criteria import NONE, FilterRefused, split_own
from rectify.lib.lights import Light, light
from rectify.lib.masking import mask_text

PAGE_SIZE = 50
UNIT_PATHS = {"township": "township", "village": "village", "department": "department", "unit": "department"}
SUMMED = ("arranged", "allotted", "not_allotted", "started", "not_started", "completed", "accepted")
MONIES = ("due", "funded", "paid", "over")
SORT_COLUMNS: dict[str, tuple[str, ...]] = {
    "number": (),
    "ledger": ("programme__path", "sheet_key", "row"),
    "programme": ("programme__path",),
    "place": ("township__code", "village__code"),
    "arranged": ("arranged_at",),
    "allotted": ("allotted_at",),
    "started": ("started_at",),
    "completed": ("completed_at",),
    "investment": ("investment",),
    "finish": ("finish_due_on",),
    "department": ("department__code",),
}
COLUMNS = (
    "number", "name", "programme_id", "township_id", "village_id", "place", "department_id",
    "department_text", "counted_in", "investment", "start_due_on", "start_confirmed", "finish_due_on",
    "finish_confirmed", "progress", "ledger_number",
    *(f"{name}_at" for name in SUMMED), *(f"{name}_at" for name in MONIES),
)  # fmt: skip


def day_of(wanted: ProjectFilter) -> date:
    """The day the figures stand for: the one asked for, else today (Beijing)."""
    return wanted.as_of or clock.today()


def filtered(projects: ProjectQuerySet, wanted: ProjectFilter, known: Choices | None = None) -> Any:
    """``projects`` narrowed by ``wanted``, every measure as of its day annotated (``annotate_as_of``).

    FilterRefused where a code names nothing in ``known`` (without it: anywhere)."""
    condition = narrowed(wanted, known or choices())
    found: Any = annotate_as_of(projects.filter(condition), day_of(wanted), wanted.known_at)
    found = standing_so(found, wanted, day_of(wanted))
    for term in wanted.terms:
        found = found.filter(search_text__contains=term.lower())
    if wanted.moved or wanted.since:
        found = with_moved(found, wanted, day_of(wanted))
    if wanted.measure in MONIES:
        return found.filter(**{f"{wanted.measure}_at__gt": 0})
    if wanted.measure or (not wanted.moved and (wanted.as_of or wanted.known_at)):
        found = found.filter(arranged_at__gt=0)
    if wanted.measure in ("", "items"):
        return found
    return found.filter(**{f"{wanted.measure}_at__gt": 0})


def narrowed(wanted: ProjectFilter, known: Choices) -> Q:
    """All criteria but search and measure as one condition; FilterRefused names every unknown code."""
    refused: list[str] = []
    condition = Q()
    for read in (_campaign, _programme, _units):
        try:
            condition &= read(wanted, known)
        except FilterRefused as error:
            refused.extend(error.reasons)
    if refused:
        raise FilterRefused(*refused)
    if wanted.counted_in:
        condition &= Q(counted_in="" if wanted.counted_in == NONE else wanted.counted_in)
    return condition & Q(arranged_on__year=int(wanted.year)) if wanted.year else condition


def _campaign(wanted: ProjectFilter, known: Choices) -> Q:
    if not wanted.campaign:
        return Q()
    if wanted.campaign not in known.campaigns:
        raise FilterRefused(f"没有代号为“{wanted.campaign}”的工作。")
    return Q(campaign=known.campaigns[wanted.campaign])


def _programme(wanted: ProjectFilter, known: Choices) -> Q:
    if wanted.programme in ("", NONE):
        return Q(programme__isnull=True) if wanted.programme else Q()
    code, own = split_own(wanted.programme)
    campaign = known.campaigns.get(wanted.campaign)
    named = [
        one for one in known.programmes.values() if one.code == code and campaign in (None, one.campaign)
    ]
    if not named:
        raise FilterRefused(f"没有代码为“{code}”的专项。")
    if own:
        return Q(programme__in=[one.pk for one in named])
    branches = {(one.campaign, one.path) for one in named}
    inside = [
        one.pk
        for one in known.programmes.values()
        if any(one.campaign == home and one.path.startswith(path) for home, path in branches)
    ]
    return Q(programme__in=inside)


def _units(wanted: ProjectFilter, known: Choices) -> Q:
    condition = Q()
    refused: list[str] = []
    for field, path in UNIT_PATHS.items():
        code, own = split_own(getattr(wanted, field))
        node = known.units.by_code.get(code)
        if code == NONE:
            condition &= Q(**{f"{path}__isnull": True})
        elif node is not None:
            condition &= Q(**{f"{path}__in": known.units.counting_as(node.pk, day_of(wanted), own=own)})
        elif code:
            refused.append(f"没有代码为“{code}”的单位。")
    if refused:
        raise FilterRefused(*refused)
    return condition


@dataclass(frozen=True, slots=True)
class Total:
    """Sums of the projects found that are counted in the same thing, by measure; money in 万元."""

    counted_in: str
    items: int
    sums: Mapping[str, Decimal]
    is_one_kind: bool
    moved: Decimal | None = None
    """Σ of what moved in the period asked for."""

    @property
    def word(self) -> str:
        """What the sums count, in words; over several programmes only 项 can be said."""
        return self.counted_in if self.is_one_kind or self.counted_in in (MONEY, "个") else "项"


def totals(found: Any) -> list[Total]:
    """One Total per thing counted, most projects first. One query."""
    moved = {"sum_moved": Sum(MOVED)} if MOVED in found.query.annotations else {}
    rows: Any = (
        found.order_by()
        .values("counted_in")
        .annotate(
            items=Count("pk"),
            first=Min("programme"),
            last=Max("programme"),
            **{f"sum_{name}": Sum(f"{name}_at") for name in (*SUMMED, *MONIES)},
            **moved,
        )
    )
    made = [
        Total(
            counted_in=row["counted_in"],
            items=row["items"],
            sums={name: row[f"sum_{name}"] or Decimal(0) for name in (*SUMMED, *MONIES)},
            is_one_kind=row["first"] == row["last"],
            moved=row.get("sum_moved"),
        )
        for row in rows
    ]
    return sorted(made, key=lambda one: -one.items)


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One line of the list; quantities in ``counted_in``, money in 万元. ``light``: of the planned end;
    ``ahead_on``: since when it runs ahead of a 下达 that is missing."""

    number: str
    ledger_number: str
    name: str
    programme: str
    programme_path: str
    place: str
    department: str
    counted_in: str
    investment: Decimal | None
    finish_due_on: date | None
    light: Light | None
    progress: str
    figures: Mapping[str, Decimal]
    standing: Standing
    is_late_start: bool
    ahead_on: date | None


def page_of(found: Any, wanted: ProjectFilter, *, known: Choices) -> list[ProjectRow]:
    """The rows of page ``wanted.page``, 50 a page, without ORM objects. One query."""
    start = (wanted.page - 1) * PAGE_SIZE
    rows = with_ahead(ordered(found, wanted)).values(*COLUMNS, "ahead_on")[start : start + PAGE_SIZE]
    return [_row(row, day_of(wanted), known) for row in rows]


def ordered(found: Any, wanted: ProjectFilter) -> Any:
    """``found`` in the order asked for, by number within."""
    name, is_down = wanted.sort.removeprefix("-"), wanted.sort.startswith("-")
    order = [OrderBy(F(column), descending=is_down, nulls_last=True) for column in SORT_COLUMNS[name]]
    by_number = "-number" if is_down and name == "number" else "number"
    return found.order_by(*order, by_number)


def _row(row: Mapping[str, Any], on: date, known: Choices) -> ProjectRow:
    programme = known.programmes.get(row["programme_id"])
    places = (known.units.label(row["township_id"], on), known.units.label(row["village_id"], on))
    figures = {name: row[f"{name}_at"] for name in (*SUMMED, *MONIES)}
    return ProjectRow(
        number=row["number"],
        ledger_number=row["ledger_number"],
        name=mask_text(row["name"]),
        programme=programme.name if programme else "",
        programme_path=programme.full_name if programme else "",
        place=" ".join(place for place in places if place) or mask_text(row["place"]),
        department=known.units.label(row["department_id"], on) or mask_text(row["department_text"]),
        counted_in=row["counted_in"],
        investment=row["investment"],
        finish_due_on=row["finish_due_on"],
        light=finish_light(figures, row["finish_due_on"], row["finish_confirmed"], on),
        progress=mask_text(row["progress"])[:60],
        figures=figures,
        standing=standing(figures),
        is_late_start=is_late_start(figures, row["start_due_on"], row["start_confirmed"], on),
        ahead_on=row["ahead_on"],
    )


def finish_light(
    figures: Mapping[str, Decimal], due_on: date | None, is_confirmed: bool, on: date
) -> Light | None:
    """The light of the planned end while something is not completed; an unconfirmed date is never on time."""
    if figures["completed"] >= figures["arranged"] > 0 or due_on is None:
        return None
    return light(due_on, on) if is_confirmed else Light("none", "时限待确认")
