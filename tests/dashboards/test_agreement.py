"""Page = command = data = sheet = list, for random ledgers, viewers, days and both bases (invariant 2)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from dashboards.rules.tallies import TallyQuery
from dashboards.services.tallies import tally
from issues.models import Issue
from issues.queries.issues import filtered
from issues.rules.filters import IssueFilter
from tests.dashboards.worlds import (
    FIRST,
    ROLES,
    SEEN,
    SPAN,
    TODAY,
    Seed,
    World,
    check_proofs,
    fill,
    make_world,
    numbers_of,
    seeds,
    undone,
)
from townships.models import User

pytestmark = pytest.mark.django_db
BY = [
    (),
    ("category",),
    ("township",),
    ("category", "township"),
    ("unit",),
    ("list", "source"),
    ("deadline_class",),
]
FIGURES = ("removed", "claimed", "confirmed", "left", "overdue", "undetermined", "unconfirmed", "unstated",
           "stated_left")  # fmt: skip


@pytest.fixture
def world(on_day: Any) -> World:
    on_day(TODAY.isoformat())
    return make_world()


def items_behind(address: str, user: User) -> tuple[list[Issue], IssueFilter]:
    wanted = IssueFilter.from_params(dict(parse_qsl(urlsplit(address).query)), today=TODAY)
    return list(filtered(Issue.objects.visible_to(user), wanted)), wanted


def summed(items: list[Issue], name: str, basis: str) -> Decimal:
    columns = {
        "total": "found_at", "done": f"{basis}_at", "unstated": "unstated_at", "removed": "removed_at",
        "claimed": "claimed_at", "confirmed": "confirmed_at", "amount": "amount_found_at",
        "unverified": "unverified_at",
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
    max_examples=6,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # small already; to shrink would take minutes
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
        check_page(client.get(f"/dashboard/{address}").content.decode(), user)
        check_sheet(b"".join(client.get(f"/dashboard/sheet/{address}").streaming_content), answer)


def command(day: date, basis: str) -> dict[str, Any]:
    out = StringIO()
    call_command(
        "tally", "--json", "--by", "category", "--as-of", day.isoformat(), "--basis", basis, stdout=out
    )
    return dict(json.loads(out.getvalue()))


def check_page(text: str, user: User) -> None:
    """Every linked number of the page equals the sum of the list it opens."""
    SEEN["numbers on pages"] += check_proofs(numbers_of(text), user)


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
