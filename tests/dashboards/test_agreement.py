"""Page = command = data = sheet = list, for random ledgers, viewers, days and both bases (invariant 2)."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from dashboards.rules.tallies import TallyQuery
from dashboards.services.tallies import tally
from issues.models import Issue, IssueList
from issues.queries.issues import filtered
from issues.rules.filters import IssueFilter
from projects.models import Campaign
from tests import factories as make
from townships.models import Unit, User

pytestmark = pytest.mark.django_db
FIRST, TODAY = date(2018, 1, 1), date(2018, 6, 6)
SPAN = (TODAY - FIRST).days
TOWNSHIPS = ("990001101", "990001102", "990001103")
BY = [
    (),
    ("category",),
    ("township",),
    ("category", "township"),
    ("unit",),
    ("list", "source"),
    ("deadline_class",),
]
ROLES = ("office", "leader", "cadre", "unit_head", "department_staff", "sysadmin")
FIGURES = ("removed", "claimed", "confirmed", "left", "overdue", "undetermined", "unconfirmed", "unstated",
           "stated_left")  # fmt: skip
SEEN: Counter[str] = Counter()


@dataclass(frozen=True)
class Seed:
    """One issue to make."""

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
    unit=st.none() | st.integers(0, 2),
    amount=st.none() | st.integers(1, 5),
)


@dataclass(frozen=True)
class World:
    """A county with people, categories and lists, without issues."""

    campaign: Campaign
    viewers: dict[str, User]
    places: list[Unit]
    kinds: list[Any]
    lists: list[IssueList]


@pytest.fixture
def world(on_day: Any) -> World:
    on_day(TODAY.isoformat())
    county = make.county()
    campaign = make.campaign(county)
    staff = Unit.objects.get(code="D-A")
    top = make.category(campaign, "C1", "住房", department=staff)
    at = {"cadre": "990001101", "unit_head": "990001102", "department_staff": "D-A"}
    return World(
        campaign=campaign,
        viewers={role: make.user(role, Unit.objects.get(code=at.get(role, make.COUNTY))) for role in ROLES},
        places=[Unit.objects.get(code=code) for code in TOWNSHIPS],
        kinds=[top, make.category(campaign, "C2", "漏雨", top), make.category(campaign, "C3", "用水")],
        lists=[make.issue_list(campaign, "L1", "房屋"), make.issue_list(campaign, "L2", "其他")],
    )


def fill(world: World, rows: list[Seed], merges: bool) -> None:
    for seed in rows:
        make_issue(seed, world.viewers["office"], world.lists, world.kinds, world.places)
    if merges:
        Unit.objects.filter(pk=world.places[2].pk).update(
            closed_on=FIRST + timedelta(days=60), successor=world.places[0]
        )


def make_issue(seed: Seed, by: User, lists: list[IssueList], kinds: list[Any], places: list[Unit]) -> None:
    found_on = FIRST + timedelta(days=seed.found)
    removed = min(seed.removed, seed.quantity)
    claimed = min(seed.claimed, seed.quantity - removed)
    confirmed = min(seed.confirmed, claimed)
    due_on = None if seed.deadline in ("long", "undetermined") else FIRST + timedelta(days=seed.due)

    def on(days: int, part: int) -> list[tuple[int, date]]:
        return [(part, found_on + timedelta(days=days))] if part else []

    made = make.issue(
        lists[seed.listed], by, quantity=seed.quantity, counted_in=seed.counted_in, found_on=found_on,
        amount=None if seed.amount is None else f"{seed.amount}.25",
        removals=on(10, removed), claims=on(20, claimed), confirmations=on(30, confirmed),
        is_stated=seed.is_stated, deadline_class=seed.deadline, due_on=due_on,
        deadline_confirmed=seed.is_confirmed, category=None if seed.category is None else kinds[seed.category],
        township=None if seed.place is None else places[seed.place], source="审计" if seed.quantity % 2 else "",
        unit=None if seed.unit is None else places[seed.unit],
    )  # fmt: skip
    if seed.unit is not None:
        make.responsible(made, places[seed.unit])


@contextmanager
def undone() -> Iterator[None]:
    """Everything inside is taken back, so that one test can play many worlds."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def items_behind(address: str, user: User) -> tuple[list[Issue], IssueFilter]:
    wanted = IssueFilter.from_params(dict(parse_qsl(urlsplit(address).query)), today=TODAY)
    return list(filtered(Issue.objects.visible_to(user), wanted)), wanted


def summed(items: list[Issue], name: str, basis: str) -> Decimal:
    columns = {
        "total": "found_at", "done": f"{basis}_at", "unstated": "unstated_at", "removed": "removed_at",
        "claimed": "claimed_at", "confirmed": "confirmed_at", "amount": "amount_found_at",
    }  # fmt: skip
    column = columns.get(name, f"{name}_{basis}_at")
    return sum((Decimal(getattr(item, column)) for item in items), Decimal(0))


def check_row(row: dict[str, Any], basis: str, user: User) -> None:
    """The row's list has exactly its items, and sums to every one of its figures."""
    items, _ = items_behind(row["proof"], user)
    assert len(items) == row["items"]
    for name in ("total", "done", *FIGURES, *(("amount",) if "amount" in row else ())):
        assert summed(items, name, basis) == Decimal(row[name]), (name, row)
    for name in FIGURES:
        some, _ = items_behind(f"{row['proof']}&measure={name}", user)
        assert summed(some, name, basis) == Decimal(row[name]), name
        assert all(summed([one], name, basis) > 0 for one in some), name
    SEEN["rows"] += 1


@given(
    rows=st.lists(seeds, min_size=1, max_size=12),
    merges=st.booleans(),
    role=st.sampled_from(ROLES),
    days=st.integers(0, SPAN),
    basis=st.sampled_from(["claimed", "confirmed"]),
    by=st.sampled_from(BY),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
def test_every_figure_s_list_has_exactly_its_items(
    world: World, rows: list[Seed], merges: bool, role: str, days: int, basis: str, by: tuple[str, ...]
) -> None:
    with undone():
        fill(world, rows, merges)
        user = world.viewers[role]
        query = TallyQuery(by=by, as_of=FIRST + timedelta(days=days), basis=basis)
        answer = tally(query, user)
        for block in answer["blocks"]:
            for row in (*block["rows"], block["total"]):
                check_row(row, basis, user)
        SEEN[role] += 1


@given(
    rows=st.lists(seeds, min_size=1, max_size=10),
    merges=st.booleans(),
    role=st.sampled_from(("office", "cadre", "department_staff")),
    days=st.integers(0, SPAN),
    basis=st.sampled_from(["claimed", "confirmed"]),
)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=10,
)
def test_page_command_data_and_sheet_say_the_same(
    world: World, rows: list[Seed], merges: bool, role: str, days: int, basis: str
) -> None:
    with undone():
        fill(world, rows, merges)
        user = world.viewers[role]
        day = FIRST + timedelta(days=days)
        client = Client()  # a new one each time: the session of the last was undone with everything else
        client.force_login(user)
        address = f"?campaign=gj2018&as_of={day.isoformat()}&basis={basis}"
        answer = tally(TallyQuery(campaign="gj2018", by=("category",), as_of=day, basis=basis), user)
        data = client.get(f"/dashboard/data/{address}&by=category").json()
        assert data["blocks"] == answer["blocks"]
        if role == "office":
            assert command(day, basis)["blocks"] == answer["blocks"]
        check_page(client.get(f"/dashboard/{address}").content.decode(), basis, user)
        check_sheet(b"".join(client.get(f"/dashboard/sheet/{address}").streaming_content), answer)


def command(day: date, basis: str) -> dict[str, Any]:
    out = StringIO()
    call_command(
        "tally", "--json", "--by", "category", "--as-of", day.isoformat(), "--basis", basis, stdout=out
    )
    return dict(json.loads(out.getvalue()))


def check_page(text: str, basis: str, user: User) -> None:
    """Every linked number of the page equals the sum of the list it opens."""
    links = re.findall(r'<a href="(/issues/\?[^"]+)"[^>]*>([\d,.]+)</a>', text)
    for address, said in links:
        items, wanted = items_behind(unescape(address), user)
        name = {"found": "total", "": "total"}.get(wanted.measure, wanted.measure)
        assert summed(items, name, basis) == Decimal(said.replace(",", "")), (unescape(address), said)
    SEEN["numbers on pages"] += len(links)


def check_sheet(content: bytes, answer: dict[str, Any]) -> None:
    book = load_workbook(BytesIO(content))
    for position, block in enumerate(answer["blocks"]):
        page = book.worksheets[position * 2]
        cells = [[cell.value for cell in row] for row in page.iter_rows()]
        heads = next(row for row in cells if row[0] == "类别")
        told = {row[0]: dict(zip(heads, row, strict=True)) for row in cells if row[0]}
        for row in (*block["rows"], {**block["total"], "category": "合计"}):
            line = told[row["category"] or "未写明类别"]
            for head, name in (
                ("应整改", "total"),
                ("上报整改", "claimed"),
                ("未整改", "left"),
                ("逾期", "overdue"),
            ):
                assert Decimal(str(line[head])) == Decimal(row[name])
            SEEN["sheet rows"] += 1


def teardown_module() -> None:
    print("agreement:", dict(SEEN))
