"""Random counties for the pages of figures, and the one check of invariant 2: a number is the sum of its list.

Whatever prints a figure with its proof (a page, the data of a page, a tally, a bulletin's snapshot) hands the
pairs to ``check_proofs``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.db import transaction
from hypothesis import strategies as st

from dashboards.rules.asking import day_from, query_from
from dashboards.services.funds import fund_list
from issues.models import Issue, IssueList
from issues.queries.issues import filtered
from issues.rules.filters import IssueFilter
from issues.services import ledger
from projects.models import Campaign, Programme, Project
from projects.queries.projects import filtered as filtered_projects
from projects.rules.filters import ProjectFilter
from tests import factories as make
from townships.models import Unit, User

FIRST, TODAY = date(2018, 1, 1), date(2018, 6, 6)
SPAN = (TODAY - FIRST).days
TOWNSHIPS = ("990001101", "990001102", "990001103")
ROLES = ("office", "leader", "cadre", "unit_head", "department_staff", "sysadmin")
SEEN: Counter[str] = Counter()
"""What a run has really looked at, printed at its end."""


# --- issues -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Seed:
    """One issue to make: found on day ``found``, 10 days later removed in part, 20 claimed, 25 cut by a
    verification, 30 confirmed, 35 closed."""

    place: int | None
    category: int | None
    listed: int
    counted_in: str
    quantity: int
    found: int
    claimed: int
    confirmed: int
    removed: int
    deadline: str
    due: int
    is_confirmed: bool
    is_stated: bool
    unit: int | None
    amount: int | None
    cut: int
    is_closed: bool
    is_in_village: bool


seeds = st.builds(
    Seed,
    place=st.none() | st.integers(0, 2),
    category=st.none() | st.integers(0, 2),
    listed=st.integers(0, 1),
    counted_in=st.sampled_from(["户", "户", "个", "万元"]),
    quantity=st.integers(1, 9),
    found=st.integers(0, SPAN - 40),
    claimed=st.integers(0, 9),
    confirmed=st.integers(0, 9),
    removed=st.integers(0, 3),
    deadline=st.sampled_from(["dated", "immediate", "long", "undetermined"]),
    due=st.integers(0, SPAN + 30),
    is_confirmed=st.booleans(),
    is_stated=st.booleans(),
    unit=st.none() | st.integers(0, 3),
    amount=st.none() | st.integers(1, 5),
    cut=st.integers(0, 3),
    is_closed=st.booleans(),
    is_in_village=st.booleans(),
)


@dataclass(frozen=True)
class World:
    """A county with people, categories, lists and programmes, without issues and works. ``units`` answer:
    the townships and a department."""

    campaign: Campaign
    viewers: dict[str, User]
    places: list[Unit]
    units: list[Unit]
    kinds: list[Any]
    lists: list[IssueList]
    programmes: list[Programme]


def make_world() -> World:
    """The county; the department leads a category with one below it, and a programme with one below it."""
    county = make.county()
    campaign = make.campaign(county)
    staff = Unit.objects.get(code="D-A")
    top = make.category(campaign, "C1", "住房", department=staff)
    works = make.programme(campaign, "P1", "专项", department=staff)
    at = {"cadre": "990001101", "unit_head": "990001102", "department_staff": "D-A"}
    places = [Unit.objects.get(code=code) for code in TOWNSHIPS]
    return World(
        campaign=campaign,
        viewers={role: make.user(role, Unit.objects.get(code=at.get(role, make.COUNTY))) for role in ROLES},
        places=places,
        units=[*places, staff],
        kinds=[top, make.category(campaign, "C2", "漏雨", top), make.category(campaign, "C3", "用水")],
        lists=[make.issue_list(campaign, "L1", "房屋"), make.issue_list(campaign, "L2", "其他")],
        programmes=[
            works, make.programme(campaign, "P2", "产业", works), make.programme(campaign, "P3", "道路"),
        ],
    )  # fmt: skip


def fill(world: World, rows: list[Seed], merges: bool) -> None:
    """Make the issues; ``merges``: the third township went into the first in March."""
    for seed in rows:
        _make_issue(world, seed)
    if merges:
        merge(world)


def merge(world: World) -> None:
    Unit.objects.filter(pk=world.places[2].pk).update(
        closed_on=FIRST + timedelta(days=60), successor=world.places[0]
    )


def _make_issue(world: World, seed: Seed) -> None:
    found_on = FIRST + timedelta(days=seed.found)
    removed = min(seed.removed, seed.quantity)
    claimed = min(seed.claimed, seed.quantity - removed)
    cut = min(seed.cut, claimed)
    confirmed = min(seed.confirmed, claimed - cut)
    due_on = None if seed.deadline in ("long", "undetermined") else FIRST + timedelta(days=seed.due)
    place = None if seed.place is None else world.places[seed.place]
    village = Unit.objects.get(code=f"{place.code}001") if place and seed.is_in_village else None

    def on(days: int, part: int) -> list[tuple[int, date]]:
        return [(part, found_on + timedelta(days=days))] if part else []

    made = make.issue(
        world.lists[seed.listed], world.viewers["office"], quantity=seed.quantity,
        counted_in=seed.counted_in, found_on=found_on,
        amount=None if seed.amount is None else f"{seed.amount}.25",
        removals=on(10, removed), claims=on(20, claimed),
        is_stated=seed.is_stated, deadline_class=seed.deadline, due_on=due_on,
        deadline_confirmed=seed.is_confirmed,
        category=None if seed.category is None else world.kinds[seed.category],
        township=place, village=village, source="审计" if seed.quantity % 2 else "",
        unit=None if seed.unit is None else world.units[seed.unit],
        closed_on=found_on + timedelta(days=35) if seed.is_closed else None,
    )  # fmt: skip
    checked = [
        ledger.Move(stage, Decimal(part), day)
        for stage, parts in (("claimed", on(25, -cut)), ("confirmed", on(30, confirmed)))
        for part, day in parts
    ]
    if checked:
        ledger.post(item_id=made.pk, moves=checked, by=world.viewers["office"], cause="verification")
    if seed.unit is not None:
        make.responsible(made, world.units[seed.unit])


# --- works and money ----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Work:
    """One project to make: begun 5 days after ``on``, finished in part 9 days after."""

    place: int | None
    programme: int
    counted_in: str
    arranged: int
    allotted: int
    started: int
    completed: int
    on: int
    has_department: bool


works = st.builds(
    Work,
    place=st.none() | st.integers(0, 2),
    programme=st.integers(0, 2),
    counted_in=st.sampled_from(["个", "户", "万元"]),
    arranged=st.integers(1, 9),
    allotted=st.integers(0, 9),
    started=st.integers(0, 9),
    completed=st.integers(0, 9),
    on=st.integers(0, SPAN - 20),
    has_department=st.booleans(),
)
money = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(0, 9), st.integers(0, SPAN)), max_size=4
)
"""(township, 万元 due and a half, 万元 issued, day)."""


def build(world: World, rows: list[Work], funds: list[tuple[int, int, int, int]]) -> None:
    """Make the works and the funds."""
    office = world.viewers["office"]
    for seed in rows:
        allotted = min(seed.allotted, seed.arranged)
        started = min(seed.started, allotted)
        completed = min(seed.completed, started)
        on = FIRST + timedelta(days=seed.on)
        make.project(
            world.programmes[seed.programme], office, arranged=seed.arranged, allotted=allotted,
            arranged_on=on, counted_in=seed.counted_in,
            township=None if seed.place is None else world.places[seed.place],
            started=[(started, on + timedelta(days=5))] if started else [],
            completed=[(completed, on + timedelta(days=9))] if completed else [],
            department=Unit.objects.get(code="D-A") if seed.has_department else None,
        )  # fmt: skip
    for place, due, funded, day in funds:
        if due or funded:
            make.fund(
                world.programmes[2], office, due=f"{due}.5" if due else "0", funded=str(funded),
                on=FIRST + timedelta(days=day), township=world.places[place],
            )  # fmt: skip


@contextmanager
def undone() -> Iterator[None]:
    """Everything inside is taken back, so that one test can play many worlds."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# --- the check ----------------------------------------------------------------------------------------------
NUMBER = re.compile(r'<a href="(/(?:issues|projects|dashboard/funds)/\?[^"]+)"[^>]*>(-?[\d,]+(?:\.\d+)?)</a>')
COUNTED = ("items", "closed")
WHOLE = {"": "found", "items": "found"}


def numbers_of(text: str) -> list[tuple[str, Decimal]]:
    """Every linked number of a page: the address of its list, the number."""
    return [(unescape(href), Decimal(said.replace(",", ""))) for href, said in NUMBER.findall(text)]


def check_proofs(pairs: Iterable[tuple[str, Decimal]], user: User) -> int:
    """Each address is a list that sums to its number, for ``user``. Returns how many were looked at; money is
    shown to two decimals."""
    seen = 0
    for address, said in pairs:
        listed = sum_of(address, user)
        assert round(listed, 2) == round(said, 2), (address, said, listed)
        seen += 1
    return seen


def sum_of(address: str, user: User) -> Decimal:
    """What the list at ``address`` comes to, as its own page sums it."""
    parts = urlsplit(address)
    params = dict(parse_qsl(parts.query))
    if parts.path == "/dashboard/funds/":
        return _money(params, user)
    return _issues(params, user) if parts.path == "/issues/" else _works(params, user)


def _issues(params: dict[str, str], user: User) -> Decimal:
    wanted = IssueFilter.from_params(params, today=TODAY)
    items = list(filtered(Issue.objects.visible_to(user), wanted))
    if wanted.waiting or (not wanted.moved and wanted.measure in COUNTED):
        return Decimal(len(items))
    return sum((_of_issue(item, wanted) for item in items), Decimal(0))


def _of_issue(item: Any, wanted: IssueFilter) -> Decimal:
    if wanted.moved:
        return Decimal(item.moved_at)
    measure = WHOLE.get(wanted.measure, wanted.measure)
    if measure == "unverified":
        return Decimal(item.claimed_at - item.confirmed_at)
    name = f"{measure}_at" if hasattr(item, f"{measure}_at") else f"{measure}_{wanted.basis}_at"
    return Decimal(getattr(item, "amount_found_at" if measure == "amount" else name))


def _works(params: dict[str, str], user: User) -> Decimal:
    wanted = ProjectFilter.from_params(params, today=TODAY)
    items = list(filtered_projects(Project.objects.visible_to(user), wanted))
    if wanted.late or wanted.flag or (not wanted.moved and wanted.measure in COUNTED):
        return Decimal(len(items))
    name = "moved_at" if wanted.moved else f"{wanted.measure or 'arranged'}_at"
    return sum((Decimal(getattr(item, name)) for item in items), Decimal(0))


def _money(params: dict[str, str], user: User) -> Decimal:
    measure, moved, start = (params.pop(name, "") for name in ("measure", "moved", "from"))
    query = query_from({**params, "of": "projects"}, today=TODAY)
    listed = fund_list(query, measure, user, moved=moved, since=day_from(start) if start else None)
    if moved:
        return listed.total.moved or Decimal(0)
    if measure == "unpaid":
        return listed.total.funded - listed.total.paid
    if measure in ("due", "funded", "paid", "over"):
        return Decimal(getattr(listed.total, measure))
    numbers = [line.number for line in listed.lines]
    works = Project.objects.visible_to(user).filter(number__in=numbers)
    wanted = ProjectFilter(as_of=query.as_of, measure=measure)
    return sum(
        (Decimal(getattr(one, f"{measure}_at")) for one in filtered_projects(works, wanted)), Decimal(0)
    )
