"""What units find themselves is shown as a share, and never told against them (W-004)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dashboards.rules.tallies import TallyQuery
from dashboards.services.tallies import tally
from dashboards.services.waiting import waits
from issues.models import Issue, IssueList
from issues.queries.issues import filtered
from issues.rules.filters import IssueFilter
from issues.services.life import parts
from tests import factories
from tests.issues.life.conftest import World
from townships.models import User

REPOSITORY = Path(__file__).resolve().parents[3]
OF_LIST: Any = {"campaign": "gj2018", "filters": {"list": "L2"}}


@pytest.fixture
def checked(world: World) -> IssueList:
    """甲镇 found 50 itself and all are done in time, 乙镇 2, overdue without a word; 13 somebody else found."""
    listed = factories.issue_list(world.campaign, "L2", "安全住房")
    parts.start(listed.pk, [world.township, world.other], world.office)
    dated = {"deadline_class": "dated", "state": "rectifying"}
    may = date(2018, 5, 30)
    for unit, count, more in (
        (world.township, 50, {"due_on": date(2018, 6, 30), "claims": [(1, may)], "last_word_on": may}),
        (world.other, 2, {"due_on": date(2018, 5, 31)}),
    ):
        for _ in range(count):
            factories.issue(listed, world.office, township=unit, unit=unit, reported_by=unit, **dated, **more)
    for _ in range(13):
        factories.issue(listed, world.office, township=world.township, source="审计", claims=[(1, may)])
    return listed


def silent_or_overdue(world: World, user: User) -> dict[str, set[str]]:
    """Which townships the lists of what is late name."""
    seen = Issue.objects.visible_to(user)
    return {
        name: set(filtered(seen, wanted).values_list("township__name", flat=True))
        for name, wanted in (
            ("overdue", IssueFilter(measure="overdue", list="L2")),
            ("silent", IssueFilter(waiting="silent", list="L2")),
        )
    }


def test_fifty_found_and_done_in_time_stand_better_than_two_overdue(world: World, checked: IssueList) -> None:
    """W-004: what is late names B alone, whatever A found itself."""
    assert silent_or_overdue(world, world.office) == {"overdue": {"乙镇"}, "silent": {"乙镇"}}
    (block,) = tally(TallyQuery(by=("township",), **OF_LIST), world.office)["blocks"]
    assert [(row["township"], row["total"], row["overdue"]) for row in block["rows"]] == [
        ("甲镇", "63", "0"),
        ("乙镇", "2", "2"),
    ]
    (whole,) = tally(TallyQuery(**OF_LIST), world.office)["blocks"]
    assert whole["total"]["worst"]["townships"] == ["乙镇"]
    assert {one.pile.value: one.heap.count for one in waits(world.campaign, world.neighbour).mine} == {
        "silent": 2
    }
    assert "silent" not in {one.pile.value for one in waits(world.campaign, world.cadre).mine}


def test_the_share_that_units_found_stands_on_the_list_with_both_numbers(
    world: World, checked: IssueList, client: Client
) -> None:
    """W-004: 52 of 65; units stand in the order of their codes, not of what they found."""
    client.force_login(world.office)
    html = client.get(f"/lists/{checked.pk}/").content.decode()
    assert "<dt>自查发现</dt><dd>52项，占全部65项的80.0%</dd>" in html
    assert html.index("甲镇") < html.index("乙镇")
    client.force_login(world.neighbour)
    html = client.get(f"/lists/{checked.pk}/").content.decode()
    assert "<dt>自查发现</dt><dd>2项，占全部2项的100.0%</dd>" in html


def test_a_ledger_of_a_self_check_counts_as_found_by_the_units(world: World, client: Client) -> None:
    listed = factories.issue_list(world.campaign, "L2", "安全饮水", source="各乡镇自查")
    for source in ("", "县审计局", "乡镇自查", ""):
        factories.issue(listed, world.office, township=world.township, source=source)
    client.force_login(world.office)
    html = client.get(f"/lists/{listed.pk}/").content.decode()
    assert "<dt>自查发现</dt><dd>3项，占全部4项的75.0%</dd>" in html


def test_no_figure_pile_or_order_knows_who_found_an_issue() -> None:
    """W-004: whether a unit reported it itself is read by no tally, board, desk or pile."""
    rooms = [*(REPOSITORY / "dashboards").rglob("*.py")]
    rooms += [REPOSITORY / "issues" / "queries" / name for name in ("waiting.py", "lagging.py", "field.py")]
    named = [path for path in rooms if "reported_by" in path.read_text("utf-8")]
    assert len(rooms) > 20
    assert named == []
