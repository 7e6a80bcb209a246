"""Page = API = sheet = list on the matrix, on two days compared, on pages of townships, departments, programmes.

Random ledgers, viewers, days and both bases (invariant 2); the identity of a comparison for every unit (W-031).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from dashboards.rules.tallies import TallyQuery
from dashboards.services.comparisons import compare
from tests.dashboards.worlds import (
    FIRST,
    SEEN,
    SPAN,
    TODAY,
    Seed,
    Work,
    World,
    build,
    check_proofs,
    fill,
    make_world,
    money,
    numbers_of,
    seeds,
    undone,
    works,
)
from townships.models import User

pytestmark = pytest.mark.django_db
SOME_ROLES = ("office", "leader", "cadre", "department_staff")
BASES = ("claimed", "confirmed")
Funds = list[tuple[int, int, int, int]]
slow = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=4,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # small already; to shrink would take minutes
)
late_days = st.just(SPAN) | st.integers(SPAN - 40, SPAN) | st.integers(0, SPAN)
two_days = st.tuples(st.integers(0, SPAN - 21), st.integers(SPAN - 20, SPAN))
some_seeds = st.lists(seeds, min_size=4, max_size=8)
some_works = st.lists(works, min_size=3, max_size=6)
PLACES = ("townships/990001101", "departments/D-A", "programmes/P1")


@pytest.fixture
def world(on_day: Any) -> World:
    on_day(TODAY.isoformat())
    return make_world()


def asking(user: User) -> Client:
    """A new one each time: the session of the last was undone with everything else."""
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return str(answer.content.decode())


def check_page(text: str, user: User, name: str) -> None:
    """Every linked number equals the sum of the list it opens."""
    SEEN[name] += check_proofs(numbers_of(text), user)


# --- sheet = page -------------------------------------------------------------------------------------------
ROW = re.compile(r"<tr>(.*?)</tr>", re.S)
CELL = re.compile(r'<td class="num[^"]*">(.*?)</td>', re.S)
TAG = re.compile(r"<[^>]+>")


def rows_of(text: str) -> Iterator[tuple[str, list[Decimal | None]]]:
    """Every row of figures on a page: its name, its numbers (rates as fractions, an empty cell as none)."""
    for row in ROW.findall(text):
        name = re.search(r'<th scope="row"[^>]*>(.*?)</th>', row, re.S)
        if name and (cells := CELL.findall(row)):
            said = re.search(r"<a [^>]*>(.*?)</a>", name[1], re.S)
            yield unescape(TAG.sub("", said[1] if said else name[1])), [_value(cell) for cell in cells]


def _value(cell: str) -> Decimal | None:
    text = TAG.sub("", cell).replace(",", "").strip()
    if text in ("", "—"):
        return None
    return Decimal(text.rstrip("%")) / 100 if text.endswith("%") else round(Decimal(text), 2)


def sheet_rows(content: bytes) -> Iterator[tuple[str, list[Decimal | None]]]:
    """The same of a workbook, sheet by sheet: rows after the heads, until the notes begin."""
    for sheet in load_workbook(BytesIO(content)).worksheets:
        for row in sheet.iter_rows(values_only=True):
            numbers = [one for one in row[1:] if not isinstance(one, str)]
            if isinstance(row[0], str) and any(one is not None for one in numbers):
                yield row[0], [None if one is None else round(Decimal(str(one)), 4) for one in numbers]


def check_sheet(text: str, answer: Any) -> None:
    """The sheet's rows are the page's, in their order; the page may show more beside them (the last word)."""
    shown = list(rows_of(text))
    kept = list(sheet_rows(b"".join(answer.streaming_content)))
    assert [name for name, _ in kept] == [name for name, _ in shown]
    for (name, on_page), (_, in_sheet) in zip(shown, kept, strict=True):
        for one, other in zip(on_page, in_sheet, strict=False):
            assert one == (None if other is None else round(other, 2)) or one == other, (name, on_page)
    SEEN["sheet rows"] += len(kept)


# --- the matrix ---------------------------------------------------------------------------------------------
@given(
    rows=some_seeds,
    merges=st.booleans(),
    role=st.sampled_from(SOME_ROLES),
    days=late_days,
    basis=st.sampled_from(BASES),
    measure=st.sampled_from(["left", "total", "done", "overdue", "unverified", "unstated", "removed"]),
    sort=st.sampled_from(["", "-total", "total", "-C1", "C3", "-none", "-name"]),
)
@slow
def test_the_matrix_its_sheet_and_its_lists_agree(
    world: World, rows: list[Seed], merges: bool, role: str, days: int, basis: str, measure: str, sort: str
) -> None:
    with undone():
        fill(world, rows, merges)
        user = world.viewers[role]
        client = asking(user)
        day = FIRST + timedelta(days=days)
        asked = f"?campaign=gj2018&as_of={day.isoformat()}&basis={basis}&measure={measure}&sort={sort}"
        text = page(client, f"/dashboard/matrix/{asked}")
        check_page(text, user, "matrix")
        check_sheet(
            re.sub(r'<tr class="worsts">.*?</tr>', "", text, flags=re.S),
            client.get(f"/dashboard/matrix/sheet/{asked}"),
        )
        _cells_are_the_tally_s(client, text, day, basis, measure)


def _cells_are_the_tally_s(client: Client, text: str, day: date, basis: str, measure: str) -> None:
    """The same cut over REST's object: every cell of the page is the row's figure."""
    told = client.get(
        f"/dashboard/data/?campaign=gj2018&as_of={day.isoformat()}&basis={basis}&by=township,category"
    ).json()
    figures = {
        (block["counted_in"], row["township_code"], row["category_code"]): Decimal(row[measure])
        for block in told["blocks"]
        for row in block["rows"]
    }
    shown = {}
    for address, said in numbers_of(text):
        params = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        if "township" in params and "category" in params:
            place, kind = (None if params[name] == "-" else params[name] for name in ("township", "category"))
            shown[params["counted_in"], place, kind.rstrip("!") if kind else None] = said
    assert {key: round(value, 2) for key, value in figures.items()} == shown


@given(
    rows=some_works,
    funds=money,
    role=st.sampled_from(SOME_ROLES),
    days=late_days,
    measure=st.sampled_from(
        ["not_started", "not_allotted", "arranged", "completed", "over", "funded", "due"]
    ),
)
@slow
def test_the_matrix_of_works_and_money_agrees_with_its_lists(
    world: World, rows: list[Work], funds: Funds, role: str, days: int, measure: str
) -> None:
    with undone():
        build(world, rows, funds)
        user = world.viewers[role]
        day = FIRST + timedelta(days=days)
        asked = f"?of=projects&campaign=gj2018&as_of={day.isoformat()}&measure={measure}"
        check_page(page(asking(user), f"/dashboard/matrix/{asked}"), user, "matrix of works")


# --- two days -----------------------------------------------------------------------------------------------
@given(
    rows=some_seeds,
    merges=st.booleans(),
    role=st.sampled_from(SOME_ROLES),
    days=two_days,
    basis=st.sampled_from(BASES),
    by=st.sampled_from(["township", "category", "unit"]),
)
@slow
def test_two_days_compared_agree_on_page_data_sheet_and_lists(
    world: World, rows: list[Seed], merges: bool, role: str, days: tuple[int, int], basis: str, by: str
) -> None:
    start, end = (FIRST + timedelta(days=one) for one in days)
    with undone():
        fill(world, rows, merges)
        user = world.viewers[role]
        client = asking(user)
        asked = f"?campaign=gj2018&from={start.isoformat()}&to={end.isoformat()}&basis={basis}&by={by}"
        text = page(client, f"/dashboard/compare/{asked}")
        check_page(text, user, "comparison")
        check_sheet(text, client.get(f"/dashboard/compare/sheet/{asked}"))
        told = client.get(f"/dashboard/compare/data/{asked}").json()
        for block in told["blocks"]:
            for row in (*block["rows"], block["total"]):
                SEEN["data"] += check_proofs(
                    ((row["proofs"][name], Decimal(row[name])) for name in row["proofs"]), user
                )
                _issues_add_up(row, basis)


def _issues_add_up(row: dict[str, Any], basis: str) -> None:
    """期初 + 新增 − 完成 + 核减 − 调出 = 期末; by what was confirmed without 核减."""
    moved = {
        name: Decimal(row.get(name, "0"))
        for name in ("opening", "new", "done", "cut", "confirmed", "removed", "closing")
    }
    done = moved["done"] - moved["cut"] if basis == "claimed" else moved["confirmed"]
    assert moved["opening"] + moved["new"] - done - moved["removed"] == moved["closing"], row


@given(
    rows=some_works,
    funds=money,
    role=st.sampled_from(SOME_ROLES),
    days=two_days,
    by=st.sampled_from(["township", "programme", "unit"]),
)
@slow
def test_two_days_of_works_and_money_agree_with_their_lists(
    world: World, rows: list[Work], funds: Funds, role: str, days: tuple[int, int], by: str
) -> None:
    start, end = (FIRST + timedelta(days=one) for one in days)
    with undone():
        build(world, rows, funds)
        user = world.viewers[role]
        asked = f"?of=projects&campaign=gj2018&from={start.isoformat()}&to={end.isoformat()}&by={by}"
        check_page(page(asking(user), f"/dashboard/compare/{asked}"), user, "comparison of works")
        answer = compare(TallyQuery("gj2018", "projects", (by,), end), start, user).answer
        for block in answer["blocks"]:
            for row in (*block["rows"], block["total"]):
                _works_add_up({name: Decimal(row[name]) for name in row["proofs"]})


def _works_add_up(moved: dict[str, Decimal]) -> None:
    """期初未动工 + 下达 − 开工 = 期末未动工; 期初未拨付 + 资金下达 − 拨付 = 期末未拨付."""
    if "opening" in moved:
        assert moved["opening"] + moved["allotted"] - moved["started"] == moved["closing"]
    if "unpaid" in moved:
        assert moved["unpaid"] + moved["funded"] - moved["paid"] == moved["unpaid_now"]


# --- pages of one unit --------------------------------------------------------------------------------------
@given(
    rows=some_seeds,
    done=some_works,
    funds=money,
    role=st.sampled_from(SOME_ROLES),
    days=late_days,
    basis=st.sampled_from(BASES),
)
@slow
def test_the_page_of_a_unit_its_sheet_and_its_lists_agree(
    world: World, rows: list[Seed], done: list[Work], funds: Funds, role: str, days: int, basis: str
) -> None:
    with undone():
        fill(world, rows, merges=False)
        build(world, done, funds)
        user = world.viewers[role]
        client = asking(user)
        day = FIRST + timedelta(days=days)
        for which in PLACES:
            _unit_agrees(client, user, f"/dashboard/{which}/", f"?as_of={day.isoformat()}&basis={basis}")


def _unit_agrees(client: Client, user: User, path: str, asked: str) -> None:
    answer = client.get(f"{path}{asked}")
    if answer.status_code == 404:  # whoever sees nothing of a unit does not find it
        assert user.role in ("cadre", "department_staff")
        return
    text = answer.content.decode()
    check_page(text, user, path)
    if numbers_of(text):
        check_sheet(text, client.get(f"{path}sheet/{asked}"))


def test_a_full_county_shows_numbers_on_every_page(world: World) -> None:
    """What the random counties check is there to be checked."""
    rows = [
        Seed(place, kind, 0, "户", 9, 20, 6, 3, 1, "dated", 60, True, True, place, None, 2, bool(kind), True)
        for place in (0, 1)
        for kind in (0, 1, 2)
    ]
    done = [Work(place, kind, "个", 9, 8, 5, 2, 30, True) for place in (0, 1) for kind in (0, 2)]
    fill(world, rows, merges=False)
    build(world, done, [(0, 3, 5, 40), (1, 4, 9, 60)])
    user = world.viewers["office"]
    client = asking(user)
    pages = {
        "matrix/?sort=-total": 12,
        "matrix/?of=projects": 9,
        "compare/?from=2018-01-10&to=2018-05-01": 24,
        "compare/?of=projects&from=2018-01-10&to=2018-05-01": 20,
        "townships/990001101/": 40,
        "departments/D-A/": 40,
        "programmes/P1/": 15,
    }
    for path, least in pages.items():
        assert check_proofs(numbers_of(page(client, f"/dashboard/{path}")), user) >= least, path


def teardown_module() -> None:
    print("pages agree:", dict(SEEN))
