"""报送情况 of a bulletin: a unit is named as silent once its time is up, never before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from alerts.models import Round
from alerts.rules.rounds import Matter, Period, Rhythm
from alerts.services import rounds
from dashboards.queries.unreported import unreported
from dashboards.rules.bulletin_named import unreported as sentences
from dashboards.rules.snapshots import Snapshot
from issues.models import Part
from issues.rules.records import PartState
from projects.models import Campaign
from rectify.lib import clock
from tests import factories as make
from townships.models import Unit, User

pytestmark = pytest.mark.django_db
OnDay = Callable[[str], None]
MAY = Period(date(2018, 5, 1), date(2018, 5, 31))


@pytest.fixture
def gj(on_day: OnDay) -> Campaign:
    on_day("2018-05-02")
    return make.campaign(make.county())


@pytest.fixture
def office(gj: Campaign) -> User:
    return make.user("office", gj.unit)


@pytest.fixture
def collected(gj: Campaign, office: User) -> Round:
    """自查问题 collected once in May; due on 6月1日, in time until 6月4日, taken until 6月5日."""
    return rounds.ask(
        gj,
        by=office,
        title="自查问题收集",
        rhythm=Rhythm.ONCE,
        matter=Matter.SELF_CHECK,
        levels=["township"],
        ground="县委办〔2018〕9号",
        approver="县委副书记",
        period=MAY,
        due_days=1,
        grace_days=1,
        door_days=1,
    ).rounds.get()


def told(gj: Campaign, period: Period = MAY) -> list[str]:
    return list(sentences(Snapshot({"unreported": unreported(gj, period, clock.today())})))


def test_a_round_is_told_of_only_after_its_on_time_day(gj: Campaign, collected: Round, on_day: OnDay) -> None:
    assert (collected.due_on, collected.on_time_until) == (date(2018, 6, 1), date(2018, 6, 4))
    for day in ("2018-05-31", "2018-06-01", "2018-06-04"):
        on_day(day)
        assert told(gj) == [], day
    on_day("2018-06-05")
    (said,) = told(gj)
    assert said.startswith("自查问题收集（5月1日—31日）应报3个单位，3个没有报送：乡镇3个（甲镇、乙镇、丙乡）")
    assert told(gj, Period(date(2018, 6, 1), date(2018, 6, 30))) == []


def test_who_answered_late_is_not_silent(gj: Campaign, collected: Round, on_day: OnDay) -> None:
    town = Unit.objects.get(code="990001101")
    on_day("2018-06-05")
    filing = collected.filings.get(unit=town)
    rounds.say_nothing(filing, words="已排查全部村组，没有发现", by=make.user("cadre", town))
    (said,) = told(gj)
    assert "2个没有报送：乡镇2个（乙镇、丙乡）" in said


def a_list(gj: Campaign, office: User, lock_on: date | None, short_name: str = "房屋安全") -> None:
    """甲镇 has not reported, 乙镇 signed for nothing."""
    listed = make.issue_list(gj, short_name=short_name, lock_on=lock_on)
    Part.objects.create(list=listed, unit=Unit.objects.get(code="990001101"))
    Part.objects.create(
        list=listed, unit=Unit.objects.get(code="990001102"), state=PartState.ZERO.value, signed_by=office,
        signed_at=clock.now(),
    )  # fmt: skip


def test_a_list_is_told_of_only_after_its_day_of_locking(gj: Campaign, office: User, on_day: OnDay) -> None:
    a_list(gj, office, date(2018, 5, 31))
    for day in ("2018-05-30", "2018-05-31"):
        on_day(day)
        assert told(gj) == [], day
    on_day("2018-06-01")
    assert told(gj) == ["房屋安全自查应报2个单位，1个没有报送：乡镇1个（甲镇）。"]
    assert told(gj, Period(date(2018, 4, 1), date(2018, 4, 30))) == []


def test_a_list_that_is_locked_or_has_no_day_of_locking_names_nobody(
    gj: Campaign, office: User, on_day: OnDay
) -> None:
    a_list(gj, office, None)
    on_day("2018-06-06")
    assert told(gj) == []
    gj.lists.update(lock_on=date(2018, 5, 20))
    assert len(told(gj)) == 1
    gj.lists.update(locked_at=clock.now())
    assert told(gj) == []


def test_no_list_is_called_a_self_check_twice(gj: Campaign, office: User, on_day: OnDay) -> None:
    a_list(gj, office, date(2018, 5, 20), "住房自查问题")
    on_day("2018-06-06")
    assert told(gj) == ["住房自查问题应报2个单位，1个没有报送：乡镇1个（甲镇）。"]
