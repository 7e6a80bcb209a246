"""A ledger that comes again says what it said before: what people did since stands; what is new goes in or is
shown, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dashboards.services.verification import verify
from issues.models import Extension, Import, Issue, IssueList, PastDeadline
from issues.rules.layouts import KEY_NAME
from issues.rules.proposals import Proposed
from issues.rules.records import ProposalKind
from issues.rules.splitting import Line
from issues.rules.stages import State
from issues.services import ledger as issue_ledger
from issues.services.calendar_changes import change_days
from issues.services.imports import running, withdrawal
from issues.services.imports.withdrawal import WithdrawalRefused
from issues.services.life import assigning, extending, pausing, proposals
from issues.services.life.assigning import Named, Units
from issues.services.life.splitting import Detail, split
from issues.services.workflow import Refused
from projects.models import Campaign, Fund, Project, ProjectFieldChange
from projects.services import ledger as works_ledger
from rectify.lib import clock
from rectify.lib.measures import LedgerRefusal
from rectify.lib.workdays import DayKind
from tests import factories
from tests.issues.ledgers import bring, ledger, receive, row
from townships.models import Unit
from townships.services import calendar

pytestmark = pytest.mark.django_db
D, K = Decimal, ProposalKind
SAID: dict[str, Any] = {"reason": "核对有误", "document": "某整改〔2018〕12号"}
TODAY = date(2018, 6, 6)


class House:
    """A county, its people, and a ledger of one row that comes again and again."""

    def __init__(self) -> None:
        self.county = factories.county()
        self.campaign: Campaign = factories.campaign(self.county)
        self.office, self.second = (factories.user("office", self.county) for _ in range(2))
        self.town, self.other = (Unit.objects.get(name=name) for name in ("甲镇", "乙镇"))
        self.cadre = factories.user("cadre", self.town)
        self.leader = factories.user("leader", self.county)

    def bring(self, *rows: list[str], **given: Any) -> running.Outcome:
        return bring(ledger(rows), campaign=self.campaign, by=self.office, **given)

    def counts(self, *rows: list[str], **given: Any) -> tuple[int, int, int, int]:
        """(created, updated, unchanged, conflicts) of bringing these rows; they are written."""
        outcome = self.bring(*rows, **given)
        assert outcome.written, outcome.message
        (one,) = outcome.plans.values()
        assert verify()["ok"], verify()["differences"]
        return len(one.creations), len(one.updates), one.unchanged, len({row for row, _ in one.conflicts})

    def conflicts(self, *rows: list[str], **given: Any) -> list[str]:
        """The sentences of what was not written; the file is."""
        outcome = self.bring(*rows, **given)
        assert outcome.written, outcome.message
        (one,) = outcome.plans.values()
        return [sentence for _, sentence in one.conflicts]

    def issue(self, **cells: str) -> Issue:
        """The issue that the ledger's row brings, handed out: 整改中."""
        assert self.counts(row(1, **cells)) == (1, 0, 0, 0)
        Issue.objects.update(state=State.RECTIFYING, state_since=clock.now())
        return Issue.objects.get()

    def post(self, issue: Issue, stage: str, quantity: int, cause: str, day: date = TODAY) -> None:
        move = issue_ledger.Move(stage, D(quantity), day)
        issue_ledger.post(item_id=issue.pk, moves=[move], by=self.cadre, cause=cause)

    def correct(self, issue: Issue, stage: str, quantity: int, on: date | None = None) -> None:
        proposed = Proposed(stage=stage, quantity=D(quantity), on=on)
        proposals.propose(issue.pk, self.office, K.CORRECTION, proposed, **SAID)
        proposals.confirm(issue.pk, self.second, K.CORRECTION)

    def remove(self, issue: Issue, quantity: int) -> None:
        proposals.propose(issue.pk, self.office, K.REMOVAL, Proposed(quantity=D(quantity)), **SAID)
        proposals.confirm(issue.pk, self.second, K.REMOVAL)

    def split(self, issue: Issue, quantity: int) -> None:
        split(issue.pk, self.office, [Detail(Line(D(quantity)))], "已细化到户")

    def assign(self, issue: Issue, unit: Unit) -> None:
        assigning.assign(issue.pk, self.office, units=Units(responsible=(Named.of(unit),)), words="改派")

    def extend(self, issue: Issue, until: date) -> None:
        extending.ask_extension(issue.pk, self.cadre, wanted_on=until, reason="汛期停工", progress="六成")
        extending.decide_extension(issue.pk, self.leader, granted_on=until, words="同意")


@pytest.fixture
def house(on_day: Callable[[str], None]) -> House:
    on_day("2018-06-06")
    return House()


def _now(issue: Issue) -> Issue:
    return Issue.objects.get(pk=issue.pk)


# --- quantities: what people made of them stays (finding 2) -------------------------------------------------


def test_what_was_split_off_does_not_come_back(house: House) -> None:
    issue = house.issue(数量="10")
    house.split(issue, 6)
    assert house.counts(row(1, 数量="10", 进展="新的进展")) == (0, 1, 0, 0)
    assert (_now(issue).found, _now(issue).progress) == (4, "新的进展")
    assert sum(one.found for one in Issue.objects.all()) == 10


def test_a_changed_quantity_is_what_the_ledger_added_since_it_last_spoke(house: House) -> None:
    issue = house.issue(数量="10")
    house.split(issue, 6)
    assert house.counts(row(1, 数量="12")) == (0, 1, 0, 0)
    assert _now(issue).found == 6
    assert sum(one.found for one in Issue.objects.all()) == 12
    line = issue.entries.filter(cause="import").latest("pk")
    assert (line.quantity, line.happened_on) == (2, issue.found_on)
    assert house.counts(row(1, 数量="12", 进展="又一次")) == (0, 1, 0, 0)
    assert _now(issue).found == 6


def test_a_ledger_that_has_caught_up_with_a_correction_changes_nothing(house: House) -> None:
    issue = house.issue(数量="10")
    house.correct(issue, "found", -3, issue.found_on)
    assert _now(issue).found == 7
    assert house.counts(row(1, 数量="10", 进展="甲")) == (0, 1, 0, 0)
    assert house.counts(row(1, 数量="7", 进展="乙")) == (0, 1, 0, 0)
    assert (_now(issue).found, _now(issue).progress) == (7, "乙")


def test_a_figure_edited_in_an_export_of_what_was_corrected_is_shown_not_guessed(house: House) -> None:
    """The export says 7, the ledger said 10: 8 may be counted from either."""
    issue = house.issue(数量="10")
    house.correct(issue, "found", -3, issue.found_on)
    head = [*ledger([]).decode().splitlines()[1].split(","), KEY_NAME]
    content = ledger([[*row(1, 数量="8"), issue.number]], head=head)
    outcome = bring(content, campaign=house.campaign, by=house.office)
    (plan,) = outcome.plans.values()
    assert plan.drafts[0].hidden == issue.number
    assert outcome.written
    assert plan.conflicts == [(3, "数量由7户变为8户，而导入时为10户，后来经办理改动；请用“更正”办理")]
    assert _now(issue).found == 7


def test_a_confirmed_correction_of_what_was_claimed_stands(house: House) -> None:
    issue = house.issue(数量="10", 完成="已完成", 完成时间="2018年5月2日")
    house.correct(issue, "claimed", -3)
    IssueList.objects.update(locked_at=clock.now())
    same = row(1, 数量="10", 完成="已完成", 完成时间="2018年5月2日", 进展="新的进展")
    assert house.counts(same, reason="月度更新") == (0, 1, 0, 0)
    assert (_now(issue).claimed, _now(issue).progress) == (7, "新的进展")


def test_what_is_done_beyond_what_it_said_is_claimed_beside_what_people_reported(house: House) -> None:
    issue = house.issue(数量="10")
    house.post(issue, "claimed", 4, "report")
    done = row(1, 数量="10", 完成="已完成", 完成时间="2018年6月6日")
    assert house.counts(done) == (0, 1, 0, 0)
    assert _now(issue).claimed == 10


def test_money_that_a_split_took_along_does_not_come_back(house: House) -> None:
    head = [*ledger([]).decode().splitlines()[1].split(","), "涉及金额（万元）"]

    def with_money(amount: str, **cells: str) -> bytes:
        return ledger([[*row(1, 数量="10", **cells), amount]], head=head)

    bring(with_money("100"), campaign=house.campaign, by=house.office)
    Issue.objects.update(state=State.RECTIFYING)
    issue = Issue.objects.get()
    split(issue.pk, house.office, [Detail(Line(D(6), amount=D(60)))], "到户")
    bring(with_money("100", 进展="甲"), campaign=house.campaign, by=house.office)
    assert (_now(issue).amount_found, _now(issue).progress) == (40, "甲")
    bring(with_money("105", 进展="甲"), campaign=house.campaign, by=house.office)
    assert (_now(issue).found, _now(issue).amount_found) == (4, 45)
    assert verify()["ok"]


def test_an_earlier_import_taken_back_is_no_word_any_more(house: House) -> None:
    issue = house.issue(数量="10")
    house.bring(row(1, 数量="12"))
    withdrawal.withdraw(import_id=Import.objects.latest("pk").pk, by=house.office)
    house.split(issue, 6)
    assert house.counts(row(1, 数量="12")) == (0, 1, 0, 0)
    assert _now(issue).found == 6


# --- one issue does not hold up the file (finding 3) --------------------------------------------------------


def _cut(house: House) -> Issue:
    """10 claimed on 2 May, 2 of them found untrue since."""
    issue = house.issue(数量="10", 完成="已完成", 完成时间="2018年5月2日")
    house.post(issue, "claimed", -2, "verification")
    return issue


def test_a_cut_issue_keeps_its_cut_and_its_file_is_written(house: House) -> None:
    issue = _cut(house)
    same = row(1, 数量="10", 完成="已完成", 完成时间="2018年5月2日", 进展="新的进展")
    assert house.counts(same, row(2)) == (1, 1, 0, 0)
    assert (_now(issue).claimed, _now(issue).progress) == (8, "新的进展")


def test_what_is_claimed_beyond_a_cut_is_added_to_what_stands(house: House) -> None:
    issue = _cut(house)
    more = row(1, 数量="12", 完成="已完成", 完成时间="2018年6月5日")
    assert house.counts(more) == (0, 1, 0, 0)
    assert (_now(issue).found, _now(issue).claimed) == (12, 10)


def test_more_done_than_is_left_after_a_removal_is_shown_with_its_row(house: House) -> None:
    issue = house.issue(数量="10")
    house.remove(issue, 4)
    done = row(1, 数量="10", 完成="已完成", 完成时间="2018年6月6日")
    assert house.conflicts(done, row(2)) == ["表中完成10，超过列入减调出的6"]
    assert _now(issue).claimed == 0
    assert Issue.objects.count() == 2


def test_a_claim_that_no_day_would_take_is_shown_with_its_row(house: House) -> None:
    """In sum there is room for it, on 10 May there was none."""
    issue = house.issue(数量="10")
    house.post(issue, "claimed", 10, "report", date(2018, 5, 10))
    house.post(issue, "claimed", -4, "verification", date(2018, 5, 20))
    head = [*ledger([]).decode().splitlines()[1].split(","), "已整改数量"]
    content = ledger([[*row(1, 数量="10", 完成="", 完成时间="2018年5月5日"), "8"]], head=head)
    outcome = bring(content, campaign=house.campaign, by=house.office)
    assert outcome.written, outcome.message
    (plan,) = outcome.plans.values()
    assert [line for line, _ in plan.conflicts] == [3]
    assert "2018-05-10的累计数不成立" in plan.conflicts[0][1]
    assert _now(issue).claimed == 6


def test_between_what_it_said_and_what_stands_nothing_is_guessed(house: House) -> None:
    issue = _cut(house)
    head = [*ledger([]).decode().splitlines()[1].split(","), "已整改数量"]
    content = ledger([[*row(1, 数量="10", 完成=""), "9"]], head=head)
    (plan,) = bring(content, campaign=house.campaign, by=house.office).plans.values()
    assert [sentence for _, sentence in plan.conflicts] == ["表中完成9，而导入时为10，后来核减、更正为8"]
    assert _now(issue).claimed == 8


# --- finished issues (finding 7) ----------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.CLOSED, State.REMOVED, State.REJECTED, State.MERGED])
def test_a_finished_issue_is_never_changed_by_a_file(house: House, state: State) -> None:
    issue = house.issue()
    Issue.objects.update(state=state.value)
    (said,) = house.conflicts(row(1, 单位="乙镇", 时限="2018年9月30日", 进展="甲"), row(2))
    assert said == f"这个问题已办结（{state.label}），表中的更改没有写入：整改进展、责任单位、整改时限"
    now = _now(issue)
    assert (now.version, now.unit, now.due_on, now.progress) == (1, house.town, date(2018, 6, 30), "")
    assert house.counts(row(1), row(2)) == (0, 0, 2, 0)


def test_a_removed_issue_does_not_hold_up_the_file(house: House) -> None:
    issue = house.issue(数量="10")
    house.remove(issue, 10)
    assert _now(issue).state == State.REMOVED
    (said,) = house.conflicts(row(1, 数量="10", 进展="甲"), row(2))
    assert said == "这个问题已办结（调出），表中的更改没有写入：整改进展"
    (said,) = house.conflicts(row(1, 数量="10", 完成="已完成", 完成时间="2018年6月6日"))
    assert said.startswith("这个问题已办结（调出）")
    assert _now(issue).claimed == 0


def test_what_only_reads_otherwise_is_no_difference_of_a_finished_issue(house: House) -> None:
    house.issue(household="张三丰")
    Issue.objects.update(state=State.CLOSED)
    assert house.counts(row(1, household="张**")) == (0, 0, 1, 0)


# --- assignments, extensions, pauses, the calendar (finding 7) ----------------------------------------------


def test_an_assignment_is_not_undone_by_the_ledgers_old_word(house: House) -> None:
    issue = house.issue()
    house.assign(issue, house.other)
    assert house.counts(row(1, 进展="新的进展")) == (0, 1, 0, 0)
    assert (_now(issue).unit, _now(issue).progress) == (house.other, "新的进展")
    assert [part.name for part in _now(issue).units.all()] == ["乙镇"]


def test_an_assignment_is_not_undone_by_the_word_of_a_later_ledger_either(house: House) -> None:
    issue = house.issue()
    house.bring(row(1, 单位="县住建局"))
    house.assign(issue, house.other)
    house.assign(issue, house.town)
    assert house.counts(row(1, 单位="县住建局", 进展="甲")) == (0, 1, 0, 0)
    assert _now(issue).unit == house.town
    assert house.counts(row(1, 单位="甲镇", 进展="乙")) == (0, 1, 0, 0)
    assert _now(issue).unit == house.town


def test_another_unit_than_the_one_assigned_is_shown(house: House) -> None:
    issue = house.issue()
    house.assign(issue, house.other)
    (said,) = house.conflicts(row(1, 单位="县住建局", 进展="甲"))
    assert said == "责任单位变为某县住建局，而已分办给乙镇，没有写入"
    assert (_now(issue).unit, _now(issue).progress) == (house.other, "")


def test_the_units_of_a_ledger_nobody_decided_about_are_followed(house: House) -> None:
    issue = house.issue()
    assert house.counts(row(1, 单位="乙镇")) == (0, 1, 0, 0)
    assert house.counts(row(1, 单位="甲镇")) == (0, 1, 0, 0)
    assert _now(issue).unit == house.town


def test_a_reworded_issue_keeps_its_words(house: House) -> None:
    issue = house.issue()
    old = issue.description
    issue.changes.create(
        field="description", before=old, after="第1户屋面渗漏", changed_at=clock.now(),
        changed_by=house.office, cause="assignment",
    )  # fmt: skip
    Issue.objects.update(description="第1户屋面渗漏", version=2)
    assert house.counts(row(1, 进展="甲")) == (0, 1, 0, 0)
    assert _now(issue).description == "第1户屋面渗漏"
    (said,) = house.conflicts(row(1, 问题="第1户墙体开裂"))
    assert said == "具体问题已由整改办修改，与表中的不同，没有写入"


def test_a_reported_progress_is_not_replaced_by_the_ledgers_old_one(house: House) -> None:
    issue = house.issue(进展="已排查")
    issue.changes.create(
        field="progress", before="已排查", after="主体完工", changed_at=clock.now(), changed_by=house.cadre,
        cause="report",
    )  # fmt: skip
    Issue.objects.update(progress="主体完工", version=2)
    assert house.counts(row(1, 进展="已排查", 单位="乙镇")) == (0, 1, 0, 0)
    assert (_now(issue).progress, _now(issue).unit) == ("主体完工", house.other)
    assert house.counts(row(1, 进展="已竣工", 单位="乙镇")) == (0, 1, 0, 0)
    assert _now(issue).progress == "已竣工"


def test_a_granted_extension_outlasts_another_way_of_writing_the_old_date(house: House) -> None:
    issue = house.issue()
    house.extend(issue, date(2018, 7, 10))
    assert house.counts(row(1, 时限="2018年6月30日前", 进展="甲")) == (0, 1, 0, 0)
    assert (_now(issue).due_on, _now(issue).progress) == (date(2018, 7, 10), "甲")
    assert Extension.objects.get().granted_on == date(2018, 7, 10)
    assert PastDeadline.objects.count() == 1


def test_a_ledger_that_has_caught_up_with_an_extension_is_of_one_mind(house: House) -> None:
    issue = house.issue()
    house.extend(issue, date(2018, 7, 10))
    assert house.counts(row(1, 时限="2018年7月10日")) == (0, 0, 1, 0)
    house.extend(issue, date(2018, 8, 10))
    assert house.counts(row(1, 时限="2018年7月10日", 进展="甲")) == (0, 1, 0, 0)
    assert _now(issue).due_on == date(2018, 8, 10)


def test_another_date_than_the_one_granted_is_shown(house: House) -> None:
    issue = house.issue()
    house.extend(issue, date(2018, 7, 10))
    (said,) = house.conflicts(row(1, 时限="2018年9月30日", 进展="甲"))
    assert said == "整改时限变为“2018年9月30日”，而期限已因延期定为2018-07-10，没有写入"
    assert (_now(issue).due_on, _now(issue).progress) == (date(2018, 7, 10), "")


def test_a_pause_outlasts_the_old_date(house: House) -> None:
    issue = house.issue()
    pausing.pause(
        issue.pk, house.leader, until_on=date(2018, 6, 16), reason="汛期", document="某整改〔2018〕9号"
    )
    assert _now(issue).due_on == date(2018, 7, 10)
    assert house.counts(row(1, 时限="2018年6月30日之前", 进展="甲")) == (0, 1, 0, 0)
    assert _now(issue).due_on == date(2018, 7, 10)
    (said,) = house.conflicts(row(1, 时限="2018年6月20日"))
    assert "期限已因暂停计时定为2018-07-10" in said


def test_an_extension_granted_on_the_day_the_ledger_came_counts_too(house: House) -> None:
    """No superseded deadline is kept then: the history of the field tells."""
    bring(ledger([row(1)]), campaign=house.campaign, by=house.office, found_on="2018-06-06")
    Issue.objects.update(state=State.RECTIFYING)
    issue = Issue.objects.get()
    house.extend(issue, date(2018, 7, 10))
    assert not PastDeadline.objects.exists()
    assert house.counts(row(1, 时限="2018年6月30日前", 进展="甲"), found_on="2018-06-06") == (0, 1, 0, 0)
    assert _now(issue).due_on == date(2018, 7, 10)


OFF, HOLIDAY = date(2018, 6, 13), DayKind(False, "防汛停工")


def test_what_the_calendar_moved_is_not_moved_back_by_the_old_date(house: House) -> None:
    calendar.seed([2018])
    issue = house.issue(时限="30个工作日内")
    change_days({OFF: HOLIDAY}, by=house.office)
    first, moved = PastDeadline.objects.get().due_on, _now(issue).due_on
    assert first is not None and moved is not None and first < moved
    old = f"{first.year}年{first.month}月{first.day}日"
    assert house.counts(row(1, 时限=old, 进展="甲")) == (0, 1, 0, 0)
    assert _now(issue).due_on == moved


def test_a_new_date_after_the_calendar_moved_the_old_one_is_followed(house: House) -> None:
    """Nobody decided about this issue."""
    calendar.seed([2018])
    issue = house.issue(时限="30个工作日内")
    change_days({OFF: HOLIDAY}, by=house.office)
    assert house.counts(row(1, 时限="2018年9月30日")) == (0, 1, 0, 0)
    assert _now(issue).due_on == date(2018, 9, 30)


# --- taken back though the calendar moved a date (finding 12c) ----------------------------------------------


def test_an_import_whose_dates_only_the_calendar_moved_may_be_withdrawn(house: House) -> None:
    calendar.seed([2018])
    issue = house.issue(时限="30个工作日内")
    change_days({OFF: HOLIDAY}, by=house.office)
    change_days({OFF: None}, by=house.office)
    assert _now(issue).version == 3
    withdrawal.withdraw(import_id=Import.objects.get().pk, by=house.office)
    assert not Issue.objects.present().exists()
    assert verify()["ok"], verify()["differences"]


def test_not_once_somebody_acted_besides(house: House) -> None:
    calendar.seed([2018])
    issue = house.issue(时限="30个工作日内")
    change_days({OFF: HOLIDAY}, by=house.office)
    house.assign(issue, house.other)
    with pytest.raises(WithdrawalRefused, match="新增的1条上办理"):
        withdrawal.withdraw(import_id=Import.objects.get().pk, by=house.office)


# --- works (findings 2, 3, 12c, 12d) ------------------------------------------------------------------------

WORKS = "\n".join(
    [
        "某县道路硬化项目推进情况调度表（截至2018年5月20日）",
        "序号,乡镇,项目名称,建设内容,总投资（万元）,责任部门,是否开工,开工时间,是否完工,完工时间,形象进度,备注",
        "1,甲镇,甲一村道路,硬化2公里,50,县住建局,{started},{completed},{progress},",
    ]
)
BEGUN, DONE = "已开工,2018年4月2日", "是,2018年5月10日"


def _works(house: House, **cells: str) -> running.Outcome:
    said = {"started": BEGUN, "completed": "否,", "progress": "", **cells}
    outcome = bring(WORKS.format(**said).encode(), campaign=house.campaign, by=house.office)
    assert outcome.written, outcome.message
    assert verify()["ok"], verify()["differences"]
    return outcome


def _correct_works(house: House, item: Project | Fund, move: works_ledger.Move) -> None:
    works_ledger.post(item, moves=[move], by=house.office, cause="correction")


def test_a_start_put_right_does_not_come_back(house: House) -> None:
    _works(house)
    road = Project.objects.get()
    assert road.started == 1
    _correct_works(house, road, works_ledger.Move("started", D(-1), TODAY))
    _works(house, progress="路基")
    road.refresh_from_db()
    assert (road.started, road.progress) == (0, "路基")


def test_a_completion_without_the_start_put_right_is_shown_with_its_row(house: House) -> None:
    _works(house)
    road = Project.objects.get()
    _correct_works(house, road, works_ledger.Move("started", D(-1), TODAY))
    (plan,) = _works(house, completed=DONE).plans.values()
    assert [line for line, _ in plan.conflicts] == [3]
    assert "累计数不成立" in plan.conflicts[0][1]
    road.refresh_from_db()
    assert road.completed == 0


def test_a_field_of_a_work_put_right_keeps_its_value(house: House) -> None:
    _works(house)
    road = Project.objects.get()
    for name, before, after in (("content", "硬化2公里", "硬化3公里"), ("investment", "50", "55")):
        ProjectFieldChange.objects.create(
            project=road, field=name, before=before, after=after, changed_at=clock.now(),
            changed_by=house.office, cause="correction",
        )  # fmt: skip
    Project.objects.update(content="硬化3公里", investment=D(55), version=2)
    _works(house, progress="路基")
    road.refresh_from_db()
    assert (road.content, road.investment, road.progress) == ("硬化3公里", 55, "路基")


def test_what_a_work_goes_on_with_is_added(house: House) -> None:
    _works(house, started="未开工,")
    _works(house, completed=DONE)
    road = Project.objects.get()
    assert (road.started, road.completed) == (1, 1)


MONEY = "\n".join(
    [
        "某县易地搬迁资金下达核对表（截至2018年5月20日）",
        "序号,乡镇,搬迁人数（人）,应下达资金（万元）,实际下达（万元）,备注",
        "1,甲镇,30,{due},{funded},{note}",
    ]
)


def _money(house: House, **cells: str) -> running.Outcome:
    said = {"due": "171", "funded": "150", "note": "", **cells}
    outcome = bring(MONEY.format(**said).encode(), campaign=house.campaign, by=house.office)
    assert outcome.written, outcome.message
    assert verify()["ok"], verify()["differences"]
    return outcome


def test_money_put_right_does_not_come_back(house: House) -> None:
    _money(house)
    fund = Fund.objects.get()
    _correct_works(house, fund, works_ledger.Move("funded", D(0), TODAY, D(-30)))
    _correct_works(house, fund, works_ledger.Move("due", D(0), TODAY, D(9)))
    _money(house, note="已核对")
    fund.refresh_from_db()
    assert (fund.funded, fund.due, fund.note) == (120, 180, "已核对")
    _money(house, funded="155", due="170")
    fund.refresh_from_db()
    assert (fund.funded, fund.due) == (125, 179)


DATES = "\n".join(
    [
        "某县道路硬化项目推进情况调度表（截至{as_of}）",
        "序号,乡镇,项目名称,建设内容,总投资（万元）,责任部门,是否开工,开工时间,计划开工时间,计划完工时间,备注",
        "1,甲镇,甲一村道路,硬化2公里,50,县住建局,未开工,,{start},{finish},",
    ]
)


def _dates(house: House, as_of: str, start: str, finish: str) -> Project:
    content = DATES.format(as_of=as_of, start=start, finish=finish).encode()
    outcome = bring(content, campaign=house.campaign, by=house.office)
    assert outcome.written, outcome.message
    return Project.objects.get()


@pytest.mark.parametrize(
    ("start", "finish", "counted_from"),
    [
        ("20个工作日内", "60个工作日内", date(2018, 5, 20)),  # the start still counts from the first day
        ("40个工作日内", "30个工作日内", date(2018, 5, 20)),
        ("2018年7月1日", "30个工作日内", date(2018, 5, 20)),
        ("40个工作日内", "60个工作日内", date(2018, 6, 1)),
        ("2018年7月1日", "60个工作日内", date(2018, 6, 1)),
    ],
)
def test_the_day_both_dates_count_from_changes_only_where_neither_loses_its_own(
    house: House, start: str, finish: str, counted_from: date
) -> None:
    calendar.seed([2018])
    _dates(house, "2018年5月20日", "20个工作日内", "30个工作日内")
    assert _dates(house, "2018年6月1日", start, finish).counted_from == counted_from


def test_where_the_other_names_its_day_the_new_one_counts_from_the_new_day(house: House) -> None:
    calendar.seed([2018])
    _dates(house, "2018年5月20日", "2018年7月1日", "30个工作日内")
    road = _dates(house, "2018年6月1日", "2018年7月1日", "60个工作日内")
    assert road.counted_from == date(2018, 6, 1)


def test_a_date_that_stayed_still_follows_the_calendar(house: House) -> None:
    calendar.seed([2018])
    road = _dates(house, "2018年5月20日", "20个工作日内", "30个工作日内")
    due = road.finish_due_on
    road = _dates(house, "2018年6月1日", "40个工作日内", "30个工作日内")
    change_days({OFF: HOLIDAY}, by=house.office)
    road.refresh_from_db()
    assert due is not None and road.finish_due_on is not None
    assert (road.finish_due_on - due).days == 1


def test_an_import_of_works_whose_dates_only_the_calendar_moved_may_be_withdrawn(house: House) -> None:
    calendar.seed([2018])
    road = _dates(house, "2018年5月20日", "2018年7月1日", "30个工作日内")
    change_days({OFF: HOLIDAY}, by=house.office)
    road.refresh_from_db()
    assert road.version == 2
    withdrawal.withdraw(import_id=Import.objects.get().pk, by=house.office)
    assert not Project.objects.present().exists()
    assert verify()["ok"]


# --- whatever people did ------------------------------------------------------------------------------------

ACTS: dict[str, Callable[[House, Issue], None]] = {
    "report": lambda house, issue: house.post(issue, "claimed", 2, "report"),
    "cut": lambda house, issue: house.post(issue, "claimed", -1, "verification"),
    "correct found": lambda house, issue: house.correct(issue, "found", -1, issue.found_on),
    "correct claimed": lambda house, issue: house.correct(issue, "claimed", -1),
    "remove": lambda house, issue: house.remove(issue, 1),
    "remove all": lambda house, issue: house.remove(issue, int(issue.left)),
    "split": lambda house, issue: house.split(issue, 2),
    "assign": lambda house, issue: house.assign(issue, house.other),
    "assign back": lambda house, issue: house.assign(issue, house.town),
    "extend": lambda house, issue: house.extend(issue, date(2018, 7, 10)),
}
WORDS = {"数量": "10", "时限": "2018年6月30日前", "进展": "新的进展"}


@pytest.mark.parametrize("done", [{}, {"完成": "已完成", "完成时间": "2018年5月2日"}, {"完成": ""}])
def test_after_whatever_people_did_the_same_word_moves_nothing(house: House, done: dict[str, str]) -> None:
    seen: Counter[str] = Counter()

    @hypothesis_settings(max_examples=12)
    @given(st.lists(st.sampled_from(sorted(ACTS)), min_size=1, max_size=5))
    def play(acts: list[str]) -> None:
        with transaction.atomic():
            issue = house.issue(数量="10", **done)
            for name in acts:
                try:
                    with transaction.atomic():
                        ACTS[name](house, _now(issue))
                    seen[name] += 1
                except (Refused, LedgerRefusal):
                    seen["refused"] += 1
            before = _standing(issue)
            outcome = house.bring(row(1, **{**WORDS, **done}), row(2))
            assert outcome.written, outcome.message
            (plan,) = outcome.plans.values()
            seen["shown" if plan.conflicts else "written"] += 1
            assert _standing(issue) == before
            assert Issue.objects.filter(ledger_number="2").exists()
            assert verify()["ok"]
            transaction.set_rollback(True)

    play()
    assert seen["written"]
    assert len(seen) > 5


def _standing(issue: Issue) -> dict[str, Any]:
    """What people decide about an issue, and every figure of it."""
    now = _now(issue)
    names = ("state", "found", "removed", "claimed", "confirmed", "unit_id", "lead_unit_id", "due_on")
    return {name: getattr(now, name) for name in names} | {"lines": now.entries.count()}


# --- cost ---------------------------------------------------------------------------------------------------


@contextmanager
def counted() -> Iterator[list[str]]:
    sent: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        sent.append(sql)
        return execute(sql, *args)

    with connection.execute_wrapper(note):
        yield sent


def test_comparing_asks_as_often_for_forty_rows_as_for_four(house: House) -> None:
    sent = []
    for count in (4, 40):
        listed = f"某县{count}户问题台账"
        rows = [row(number, 数量="10") for number in range(1, count + 1)]
        bring(ledger(rows, title=listed), campaign=house.campaign, by=house.office)
        for issue in Issue.objects.filter(list__title=listed):
            issue.changes.create(
                field="units", before="甲镇（责任单位）", after="乙镇（责任单位）", changed_at=clock.now(),
                changed_by=house.office, cause="assignment",
            )  # fmt: skip
        changed = [
            row(number, 数量="10", 单位="乙镇", 时限="2018年6月30日前") for number in range(1, count + 1)
        ]
        source = ledger(changed, title=listed)
        read = running.read_source(receive(source, campaign=house.campaign, by=house.office))
        with counted() as statements:
            running.preview(read, campaign=house.campaign, by=house.office)
        sent.append(len(statements))
    assert sent[0] == sent[1]
