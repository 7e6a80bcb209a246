"""拆分: details take over what they name; on every day the sum stays what it was."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dashboards.rules.tallies import TallyQuery
from dashboards.services.tallies import tally
from dashboards.services.verification import verify as verify_ledger
from issues.models import Issue, Plan
from issues.rules.records import ShareState
from issues.rules.splitting import Line, Unreadable, lines_of
from issues.rules.stages import State
from issues.services.life.splitting import Detail, split
from issues.services.workflow import Refused
from rectify.lib import clock
from tests.issues.life.conftest import World
from townships.models import Unit

D = Decimal
MAY = date(2018, 5, 20)


def rows(*quantities: int, **fields: object) -> list[Detail]:
    return [Detail(Line(D(quantity)), **fields) for quantity in quantities]  # type: ignore[arg-type]


def sums(world: World, on: date) -> tuple[str, str]:
    total = tally(TallyQuery(campaign="gj2018", as_of=on), world.office)["blocks"][0]["total"]
    return total["total"], total["left"]


def test_130_households_become_issues_and_the_difference_stays_with_the_parent(world: World) -> None:
    parent = world.issue(quantity=130, ledger_number="7", source="自查")
    before = [sums(world, day) for day in (date(2018, 1, 10), MAY, date(2018, 6, 6))]
    village = Unit.objects.filter(parent=world.township).first()
    made = split(parent.pk, world.office, rows(100, 20, village=village), "台账已细化到户")
    parent.refresh_from_db()
    assert (parent.found, parent.removed, parent.state) == (10, 0, State.RECTIFYING)
    assert [one.found for one in Issue.objects.filter(parent=parent).order_by("number")] == [100, 20]
    one = Issue.objects.get(pk=made[0].pk)
    assert (one.state, one.found_on, one.source, one.village) == (
        State.RECTIFYING,
        parent.found_on,
        "自查",
        village,
    )
    assert one.number.startswith("WT2018-")
    assert [sums(world, day) for day in (date(2018, 1, 10), MAY, date(2018, 6, 6))] == before
    assert verify_ledger()["ok"]


def test_what_is_split_off_whole_leaves_nothing_open_behind(world: World) -> None:
    parent = world.issue()
    split(parent.pk, world.office, rows(4, 6), "到户")
    parent.refresh_from_db()
    assert (parent.found, parent.state) == (0, State.REMOVED)
    assert verify_ledger()["ok"]


def test_units_and_plan_go_along_and_a_new_unit_has_to_sign(world: World) -> None:
    parent = world.issue()
    Plan.objects.create(
        issue=parent,
        version=3,
        state="approved",
        unit=world.township,
        drafted_by=world.cadre,
        drafted_at=clock.now(),
    )
    kept, given = split(
        parent.pk, world.office, [*rows(4), *rows(6, unit=world.other, township=world.other)], "分属两镇"
    )
    assert kept.shares.get().state == ShareState.ACCEPTED
    assert given.shares.get().unit == world.other
    assert given.shares.get().state == ShareState.AWAITING
    assert Issue.objects.visible_to(world.neighbour).filter(pk=given.pk).exists()
    assert not Issue.objects.visible_to(world.cadre).filter(pk=given.pk).exists()
    assert [one.plans.get().version for one in (kept, given)] == [1, 1]


def test_more_than_is_left_cannot_be_split_off(world: World) -> None:
    parent = world.issue(claims=[(7, MAY)])
    with pytest.raises(Refused, match="各行合计4户，未整改的只有3户"):
        split(parent.pk, world.office, rows(2, 2), "到户")
    with pytest.raises(Refused, match="请写明拆分的理由"):
        split(parent.pk, world.office, rows(2), " ")
    assert not Issue.objects.filter(parent=parent).exists()


def test_money_is_split_with_its_rows(world: World) -> None:
    parent = world.issue(amount="30")
    with pytest.raises(Refused, match="须等于30万元，现在是0万元"):
        split(parent.pk, world.office, rows(10), "到户")
    with_money = [Detail(Line(D(4), amount=D("12.5"))), Detail(Line(D(6), amount=D("17.5")))]
    made = split(parent.pk, world.office, with_money, "到户")
    parent.refresh_from_db()
    assert parent.amount_found == 0
    assert Issue.objects.get(pk=made[0].pk).amount_found == D("12.5")
    assert verify_ledger()["ok"]


def test_a_pasted_table_is_read_line_by_line() -> None:
    found = lines_of("2\t一村\t张某\t未拆旧房\t\t3.5\n\n1，二村，李某")
    assert found[0] == Line(D(2), "一村", "张某", "未拆旧房", "", D("3.5"))
    assert found[1] == Line(D(1), "二村", "李某")
    with pytest.raises(Unreadable) as error:
        lines_of("两户\t一村\n0\n1\t1\t1\t1\t1\t1\t1\nNaN\n1e30")
    assert [reason.partition("：")[0] for reason in error.value.reasons] == [f"第{n}行" for n in range(1, 6)]
