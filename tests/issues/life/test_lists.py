"""Parts, registering, the lock and what comes after it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboards.services.verification import verify
from issues.models import Issue, IssueList, Part, Share
from issues.queries import parts as part_queries
from issues.rules.records import PartState
from issues.rules.registering import Typed
from issues.rules.stages import State
from issues.services.life import locking, parts, registering
from issues.services.life.locking import TooEarly
from issues.services.life.registering import Where, Why
from issues.services.workflow import Missing, Refused
from tests import factories
from tests.issues.life.conftest import World
from townships.models import Event, Unit

TODAY = date(2018, 6, 6)


@pytest.fixture
def draft(world: World) -> IssueList:
    """A list of the same campaign that nobody has locked."""
    return factories.issue_list(world.campaign, "L2", "安全饮水", lock_on=date(2018, 6, 7))


def part_of(listed: IssueList, unit: Unit, world: World) -> Part:
    parts.start(listed.pk, [unit], world.office)
    return Part.objects.get(list=listed, unit=unit)


def typed(**more: object) -> Typed:
    told: dict[str, object] = {
        "description": "水管未通",
        "quantity": Decimal(3),
        "counted_in": "户",
        "found_on": date(2018, 6, 1),
    }
    return Typed(**{**told, **more})  # type: ignore[arg-type]


def own(part: Part, world: World, **more: object) -> Issue:
    where = Where(category=world.category, township=world.township, responsible=(part.unit,))
    return registering.register_own(part.pk, typed(**more), where, world.cadre)


# --- parts --------------------------------------------------------------------------------------------------


def test_units_that_said_nothing_are_not_units_without_problems(world: World, draft: IssueList) -> None:
    """W-002: of 25 units 12 handed in rows, 5 declared zero, 8 kept silent: three counts."""
    towns = [factories.unit(f"T{n:02d}", f"第{n}镇", "township", world.county) for n in range(25)]
    assert parts.start(draft.pk, towns, world.office) == 25
    assert parts.start(draft.pk, towns, world.office) == 0
    for place, town in enumerate(towns[:17]):
        cadre = factories.user("cadre", town)
        part = Part.objects.get(list=draft, unit=town)
        if place < 12:
            registering.register_own(part.pk, typed(), Where(township=town, responsible=(town,)), cadre)
        parts.sign(part.pk, factories.user("unit_head", town), is_zero=place >= 12)
    counts = part_queries.counts(draft)
    assert (counts.reported, counts.zero, counts.silent) == (12, 5, 8)
    silent = part_queries.parts_of(draft, state=PartState.DRAFT)
    assert [line.part.unit for line in silent] == towns[17:]


def test_a_unit_locks_its_own_list_and_then_adds_nothing(world: World, draft: IssueList) -> None:
    """W-001."""
    part = part_of(draft, world.township, world)
    own(part, world)
    parts.sign(part.pk, world.head, is_zero=False)
    with pytest.raises(Refused, match="已由主要负责人签字报送，不能再增减"):
        own(part, world)
    with pytest.raises(Refused, match="不能再增减"):
        parts.sign(part.pk, world.head, is_zero=False)
    assert Issue.objects.filter(list=draft).count() == 1


def test_who_has_not_signed_by_the_day_is_on_the_list_of_those(world: World, draft: IssueList) -> None:
    """W-001: not locked on the day after the lock day."""
    signed, silent = part_of(draft, world.township, world), part_of(draft, world.other, world)
    parts.sign(signed.pk, world.head, is_zero=True)
    assert not part_queries.is_overdue(draft, date(2018, 6, 7))
    assert part_queries.is_overdue(draft, date(2018, 6, 8))
    lines = part_queries.parts_of(draft, state=PartState.DRAFT)
    assert [line.part for line in lines] == [silent]


def test_only_the_head_or_whom_he_delegated_signs(world: World, draft: IssueList) -> None:
    """W-028."""
    part = part_of(draft, world.township, world)
    with pytest.raises(Refused, match="须由本单位主要负责人签字"):
        parts.sign(part.pk, world.cadre, is_zero=True)
    for stranger in (world.neighbour_head, world.office):
        with pytest.raises(Missing):
            parts.sign(part.pk, stranger, is_zero=True)


def test_zero_is_said_only_where_nothing_was_registered_and_reported_only_where_something_was(
    world: World, draft: IssueList
) -> None:
    part = part_of(draft, world.township, world)
    with pytest.raises(Refused, match="还没有登记问题"):
        parts.sign(part.pk, world.head, is_zero=False)
    own(part, world)
    with pytest.raises(Refused, match="已登记1项问题，不能报零问题"):
        parts.sign(part.pk, world.head, is_zero=True)


def test_before_the_signature_the_unit_takes_back_what_it_registered(world: World, draft: IssueList) -> None:
    part = part_of(draft, world.township, world)
    issue = own(part, world)
    with pytest.raises(Missing):
        registering.take_back(part.pk, issue.number, world.neighbour)
    registering.take_back(part.pk, issue.number, world.cadre)
    assert not Issue.objects.present().filter(pk=issue.pk).exists()
    parts.sign(part.pk, world.head, is_zero=True)


# --- registering --------------------------------------------------------------------------------------------


def test_an_issue_by_hand_stands_in_ledger_and_figures_as_an_imported_one(
    world: World, draft: IssueList
) -> None:
    part = part_of(draft, world.township, world)
    issue = own(part, world, deadline_class="immediate", texts={"household": "王某"})
    assert issue.number == "WT2018-000001"
    assert (issue.found, issue.state, issue.reported_by) == (3, State.REGISTERED, world.township)
    assert (issue.due_on, issue.deadline_confirmed) == (date(2018, 6, 16), True)
    assert "王某" not in issue.search_text
    assert "水管未通" in issue.search_text
    assert Event.objects.filter(subject_type="issue", subject_id=issue.pk, action="register").exists()
    assert verify()["differences"] == []


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"quantity": Decimal(0)}, "数量应大于零"),
        ({"quantity": Decimal("0.0000001")}, "最多六位小数"),
        ({"found_on": date(2018, 6, 7)}, "晚于今天"),
        ({"description": " "}, "请写明问题内容"),
        ({"deadline_class": "dated"}, "请填到期日"),
        ({"deadline_class": "dated", "due_on": date(2018, 5, 1)}, "早于发现日期"),
        ({"description": "机密★10年 某事"}, "密级标志"),
    ],
)
def test_what_cannot_be_registered_is_refused_in_words(
    world: World, draft: IssueList, wrong: dict[str, object], reason: str
) -> None:
    part = part_of(draft, world.township, world)
    with pytest.raises(Refused, match=reason):
        own(part, world, **wrong)
    assert not Issue.objects.exists()


def test_a_unit_registers_in_no_part_but_its_own(world: World, draft: IssueList) -> None:
    part = part_of(draft, world.township, world)
    with pytest.raises(Missing):
        registering.register_own(part.pk, typed(), Where(responsible=(world.other,)), world.neighbour)
    with pytest.raises(Refused, match="填报员不能管理问题清单"):
        registering.register(draft.pk, typed(), Where(township=world.township), world.cadre)


# --- the lock -----------------------------------------------------------------------------------------------


def test_the_lock_hands_every_issue_to_the_units_that_answer_for_it(world: World, draft: IssueList) -> None:
    part = part_of(draft, world.township, world)
    found_itself = own(part, world)
    parts.sign(part.pk, world.head, is_zero=False)
    told_by_others = factories.issue(draft, world.office, township=world.township)
    under_way = factories.issue(draft, world.office, township=world.township, state="rectifying")
    several = factories.issue(draft, world.office, township=world.township)
    factories.responsible(several, world.township, world.other)
    locked = locking.lock_list(draft.pk, world.office, is_early=True)
    states = {pk: (state, set(shares)) for pk, state, shares in _states(draft)}
    assert states == {
        found_itself.pk: ("planning", {("甲镇", "accepted")}),
        told_by_others.pk: ("awaiting_signature", {("甲镇", "awaiting")}),
        under_way.pk: ("rectifying", {("甲镇", "accepted")}),
        several.pk: ("awaiting_signature", {("甲镇", "awaiting"), ("乙镇", "awaiting")}),
    }
    assert locked.handed.total == 4
    part.refresh_from_db()
    assert part.locked_at is not None
    told = Event.objects.get(subject_type="issue", subject_id=told_by_others.pk, action="hand_out")
    assert (told.summary, told.actor) == ("清单锁定，等责任单位签收", world.office)
    assert Event.objects.filter(subject_type="list", subject_id=draft.pk, action="lock_list").count() == 1
    assert verify()["differences"] == []


def _states(listed: IssueList) -> list[tuple[int, str, list[tuple[str, str]]]]:
    return [
        (issue.pk, issue.state, [(share.unit.name, share.state) for share in issue.shares.all()])
        for issue in Issue.objects.filter(list=listed)
    ]


def test_a_list_is_locked_once_by_the_office_and_before_its_day_only_on_purpose(
    world: World, draft: IssueList
) -> None:
    with pytest.raises(Refused, match="不能锁定问题清单"):
        locking.lock_list(draft.pk, world.head)
    with pytest.raises(TooEarly, match="还没有到"):
        locking.lock_list(draft.pk, world.office)
    locking.lock_list(draft.pk, world.office, is_early=True)
    with pytest.raises(Refused, match="已经锁定"):
        locking.lock_list(draft.pk, world.office, is_early=True)


def test_after_the_lock_only_a_supplement_with_its_reason_adds(world: World, draft: IssueList) -> None:
    """W-001: the supplement's row is flagged 锁定后增补."""
    part = part_of(draft, world.township, world)
    locking.lock_list(draft.pk, world.office, is_early=True)
    with pytest.raises(Refused, match="单位不能再增减"):
        own(part, world)
    where = Where(township=world.township, responsible=(world.township,))
    with pytest.raises(Refused, match="须写明理由"):
        registering.register(draft.pk, typed(), where, world.office)
    why = Why("省级督查新发现", "叙督〔2018〕3号")
    issue = registering.register(draft.pk, typed(), where, world.office, why=why)
    assert issue.supplement is not None
    assert (issue.supplement.reason, issue.supplement.document) == (why.reason, why.document)
    assert issue.state == State.AWAITING_SIGNATURE
    assert [(share.unit, share.state) for share in issue.shares.all()] == [(world.township, "awaiting")]
    assert verify()["differences"] == []


def test_the_queries_of_a_lock_do_not_follow_the_issues(world: World) -> None:
    few, many = (factories.issue_list(world.campaign, f"Q{n}", f"第{n}份") for n in (1, 2))
    for listed, count in ((few, 2), (many, 12)):
        for _ in range(count):
            one = factories.issue(listed, world.office, township=world.township)
            factories.responsible(one, world.township)
    with CaptureQueriesContext(connection) as first:
        locking.lock_list(few.pk, world.office)
    with CaptureQueriesContext(connection) as second:
        locking.lock_list(many.pk, world.office)
    assert len(first) == len(second)
    assert Share.objects.count() == 14
