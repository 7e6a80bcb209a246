"""The import below its pages: whole or not at all, the same file changes nothing, rows left out, taking back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from issues.models import (
    FieldChange,
    Import,
    Issue,
    IssueEntry,
    IssueList,
    LayoutMemory,
    PendingRow,
    Supplement,
)
from issues.services import ledger as issue_ledger
from issues.services.imports import deciding, mending, recognition, running, settling, withdrawal
from issues.services.imports.deciding import DecisionRefused
from issues.services.imports.files import stored_path
from issues.services.imports.settling import RowRefused
from issues.services.imports.withdrawal import WithdrawalRefused
from projects.models import Campaign
from rectify.lib import clock
from rectify.lib.sheets.types import UnreadableFile
from tests import factories
from tests.issues.ledgers import bring, ledger, receive, row
from townships.models import Event, Unit, UnitName, User

pytestmark = pytest.mark.django_db


@dataclass
class House:
    county: Unit
    campaign: Campaign
    by: User


@pytest.fixture
def house(on_day: Any) -> House:
    on_day("2018-06-06")
    county = factories.county()
    return House(county, factories.campaign(county), factories.user("office", county))


def _bring(house: House, content: bytes, **given: Any) -> running.Outcome:
    return bring(content, campaign=house.campaign, by=house.by, **given)


def _counts(outcome: running.Outcome) -> tuple[int, int, int, int, int]:
    (one,) = outcome.plans.values()
    conflicts = len({number for number, _ in one.conflicts})
    return len(one.creations), len(one.updates), one.unchanged, len(one.missing), conflicts


class TestWriting:
    def test_new_rows_become_issues_that_know_their_file_sheet_and_row(self, house: House) -> None:
        outcome = _bring(house, ledger([row(1), row(2, 完成="已完成", 完成时间="2018年5月2日")]))
        assert outcome.written
        first, second = Issue.objects.order_by("row")
        assert (first.ledger_number, first.row, first.sheet.source.file_name) == ("1", 3, "台账.csv")
        assert first.found_on == date(2018, 1, 10)
        assert (first.claimed, second.claimed, second.done_on) == (0, 1, date(2018, 5, 2))
        assert first.list.title == "某县房屋安全问题整改台账（截至2018年5月20日）"

    def test_the_same_file_again_changes_nothing(self, house: House) -> None:
        content = ledger([row(1), row(2), row(3, 完成="已完成", 完成时间="2018年5月2日")])
        _bring(house, content)
        before = list(Issue.objects.order_by("pk").values("pk", "version", "content", "updated_at"))
        entries = IssueEntry.objects.count()
        outcome = _bring(house, content)
        assert _counts(outcome) == (0, 0, 3, 0, 0)
        assert list(Issue.objects.order_by("pk").values("pk", "version", "content", "updated_at")) == before
        assert IssueEntry.objects.count() == entries

    def test_a_later_file_creates_updates_leaves_and_misses(self, house: House) -> None:
        _bring(house, ledger([row(1), row(2), row(3)]))
        later = ledger(
            [row(1), row(2, 进展="已请施工队进场", 完成="已完成", 完成时间="2018年6月1日"), row(9)]
        )
        assert _counts(_bring(house, later)) == (1, 1, 1, 1, 0)
        second = Issue.objects.get(ledger_number="2")
        assert (second.progress, second.claimed) == ("已请施工队进场", 1)
        assert FieldChange.objects.filter(issue=second, field="progress", before="").exists()
        assert Issue.objects.present().count() == 4, "a missing row is shown, never removed"

    def test_a_file_never_lowers_what_was_claimed(self, house: House) -> None:
        _bring(house, ledger([row(1, 完成="已完成", 完成时间="2018年5月2日")]))
        outcome = _bring(house, ledger([row(1, 完成="未完成")]))
        assert _counts(outcome) == (0, 0, 0, 0, 1)
        assert "已上报完成" in next(iter(outcome.plans.values())).conflicts[0][1]
        assert Issue.objects.get().claimed == 1

    def test_a_file_never_lowers_a_quantity_below_what_was_claimed(self, house: House) -> None:
        _bring(house, ledger([row(1, 数量="3", 完成="已完成", 完成时间="2018年5月2日")]))
        outcome = _bring(house, ledger([row(1, 数量="1", 完成="")]))
        assert _counts(outcome) == (0, 0, 0, 0, 1)
        assert "少于已上报完成" in next(iter(outcome.plans.values())).conflicts[0][1]
        assert Issue.objects.get().found == 3

    def test_what_the_ledger_refuses_is_said_and_nothing_is_written(self, house: House) -> None:
        _bring(house, ledger([row(1, 数量="3", 完成="已完成", 完成时间="2018年5月2日")]))
        issue = Issue.objects.get()
        cut = [issue_ledger.Move("claimed", Decimal(-3), date(2018, 5, 20))]
        issue_ledger.post(item_id=issue.pk, moves=cut, by=house.by, cause="verification")
        outcome = _bring(house, ledger([row(1, 数量="1", 完成=""), row(2)]))
        assert not outcome.written
        assert f"整份文件没有写入：{issue.number}：2018-05-02的累计数不成立" in outcome.message
        assert Import.objects.order_by("pk").last().status == "failed"  # type: ignore[union-attr]
        assert Issue.objects.count() == 1

    def test_rows_that_cannot_be_told_apart_are_shown_not_guessed(self, house: House) -> None:
        same = {"household": "李某某", "问题": "屋面渗漏"}
        _bring(house, ledger([row("", **same), row("", **same, 进展="甲")]))
        outcome = _bring(house, ledger([row("", **same, 进展="丙"), row("", **same, 进展="丁")]))
        assert _counts(outcome)[4] == 2
        assert "无法区分" in next(iter(outcome.plans.values())).conflicts[0][1]

    def test_a_mask_of_what_is_stored_is_no_change(self, house: House) -> None:
        _bring(house, ledger([row(1, household="张三丰", 进展="电话13812345678已联系")]))
        outcome = _bring(house, ledger([row(1, household="张**", 进展="电话138****5678已联系")]))
        assert _counts(outcome)[1] == 0
        assert Issue.objects.get().household == "张三丰"


class TestAllOrNothing:
    def test_one_wrong_row_stops_the_whole_file(self, house: House) -> None:
        outcome = _bring(house, ledger([row(1), row(2, 数量="若干")]))
        assert not outcome.written
        assert not Issue.objects.exists()
        assert not IssueList.objects.exists()
        assert Import.objects.get().status == "failed"

    def test_a_write_that_breaks_leaves_nothing(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        source = receive(ledger([row(1), row(2)]), campaign=house.campaign, by=house.by)
        Import.objects.filter(pk=source.pk).update(status="queued")

        def breaks(*args: object, **kwargs: object) -> None:
            raise RuntimeError("the disk is full")

        monkeypatch.setattr(running, "_keep_pending", breaks)  # after the rows were written
        with pytest.raises(RuntimeError):
            running.run_queued(source.pk)
        source.refresh_from_db()
        assert source.status == "failed"
        assert not Issue.objects.exists()
        assert not IssueEntry.objects.exists()
        assert not IssueList.objects.exists()

    def test_rows_left_out_are_kept_with_their_cells_and_errors(self, house: House) -> None:
        _bring(house, ledger([row(1), row(2, 数量="若干"), row(3, 单位="某某公司")]), skip_errors=True)
        assert Issue.objects.count() == 1
        wrong, unknown = PendingRow.objects.order_by("row")
        assert (wrong.row, wrong.cells["G"], wrong.errors[0]["column"]) == (4, "若干", "G")
        assert "某某公司" in unknown.errors[0]["message"]

    def test_a_queued_import_run_twice_is_written_once(self, house: House) -> None:
        source = receive(ledger([row(1)]), campaign=house.campaign, by=house.by)
        Import.objects.filter(pk=source.pk).update(status="queued")
        running.run_queued(source.pk)
        running.run_queued(source.pk)
        assert Issue.objects.count() == 1
        with pytest.raises(running.ImportRefused):
            running.execute(source)
        assert Event.objects.filter(action="import").count() == 1


class TestLockedList:
    def test_new_rows_into_a_locked_list_need_a_reason(self, house: House) -> None:
        _bring(house, ledger([row(1)]))
        IssueList.objects.update(locked_at=clock.now())
        refused = _bring(house, ledger([row(1), row(2)]))
        assert not refused.written
        assert "已锁定" in refused.message
        assert _bring(house, ledger([row(1), row(2)]), reason="县委督查反馈新增").written
        assert Issue.objects.count() == 2

    def test_what_comes_into_a_locked_list_is_a_supplement_for_its_units_to_sign(self, house: House) -> None:
        """W-001: flagged 锁定后增补, with the reason; until somebody acts the import can be withdrawn."""
        _bring(house, ledger([row(1)]))
        IssueList.objects.update(locked_at=clock.now())
        _bring(house, ledger([row(1), row(2)]), reason="县委督查反馈新增")
        old, new = Issue.objects.order_by("pk")
        assert old.supplement is None
        assert new.supplement is not None
        assert (new.supplement.reason, new.supplement.made_by) == ("县委督查反馈新增", house.by)
        assert (new.state, new.version, new.shares.count()) == ("awaiting_signature", 1, 1)
        assert Supplement.objects.count() == 1
        _bring(house, ledger([row(1), row(2)]), reason="再来一遍")
        assert Supplement.objects.count() == 1
        withdrawal.withdraw(import_id=Import.objects.order_by("pk")[1].pk, by=house.by)
        assert Issue.objects.present().get() == old

    def test_a_changed_quantity_is_a_conflict_once_the_list_is_locked(self, house: House) -> None:
        _bring(house, ledger([row(1)]))
        assert _counts(_bring(house, ledger([row(1, 数量="3")])))[1] == 1
        assert Issue.objects.get().found == 3
        IssueList.objects.update(locked_at=clock.now())
        outcome = _bring(house, ledger([row(1, 数量="5")]), reason="复核")
        assert _counts(outcome)[4] == 1
        assert Issue.objects.get().found == 3


class TestRowsLeftOut:
    def test_a_mended_row_becomes_one_more_item_of_its_import(self, house: House) -> None:
        outcome = _bring(house, ledger([row(1), row(2, 数量="若干"), row(3)]), skip_errors=True)
        pending = PendingRow.objects.get()
        mended = mending.mend(pending_id=pending.pk, cells={"G": "2"}, by=house.by)
        issue = Issue.objects.get(ledger_number="2")
        assert (mended.status, mended.item_number, issue.found) == ("mended", issue.number, 2)
        assert issue.sheet.source_id == Import.objects.get().pk
        assert issue.sheet.created == 3
        assert issue.found_on == date(2018, 1, 10)
        assert outcome.written
        assert Event.objects.filter(action="mend_row").exists()

    def test_a_row_that_is_still_wrong_stays_with_the_next_error(self, house: House) -> None:
        _bring(house, ledger([row(1), row(2, 数量="若干")]), skip_errors=True)
        pending = PendingRow.objects.get()
        with pytest.raises(RowRefused, match="-2"):
            mending.mend(pending_id=pending.pk, cells={"G": "-2"}, by=house.by)
        pending.refresh_from_db()
        assert (pending.status, pending.cells["G"]) == ("pending", "若干")

    def test_a_mended_row_is_never_another_household_of_the_same_file(self, house: House) -> None:
        same = {"household": "李某某", "问题": "屋面渗漏"}
        rows = [row("", **same), row("", **same, 数量="若干")]
        _bring(house, ledger(rows), skip_errors=True)
        mending.mend(pending_id=PendingRow.objects.get().pk, cells={"G": "1"}, by=house.by)
        assert Issue.objects.count() == 2

    def test_a_mask_left_in_a_cell_is_no_change(self, house: House) -> None:
        rows = [row(1), row(2, household="张三丰", 数量="若干", 进展="电话13812345678")]
        _bring(house, ledger(rows), skip_errors=True)
        cells = {"D": "张**", "G": "1", "J": "电话138****5678"}
        mending.mend(pending_id=PendingRow.objects.get().pk, cells=cells, by=house.by)
        issue = Issue.objects.get(ledger_number="2")
        assert (issue.household, issue.progress) == ("张三丰", "电话13812345678")

    def test_a_row_is_settled_once(self, house: House) -> None:
        _bring(house, ledger([row(1), row(2, 数量="若干")]), skip_errors=True)
        pending = PendingRow.objects.get()
        mending.mend(pending_id=pending.pk, cells={"G": "1"}, by=house.by)
        with pytest.raises(RowRefused, match="已经处理过"):
            mending.mend(pending_id=pending.pk, cells={"G": "1"}, by=house.by)
        with pytest.raises(RowRefused, match="已经处理过"):
            settling.drop(pending_id=pending.pk, reason="重复", by=house.by)
        assert Issue.objects.count() == 2

    def test_mending_into_a_locked_list_needs_a_reason(self, house: House) -> None:
        _bring(house, ledger([row(1), row(2, 数量="若干")]), skip_errors=True)
        IssueList.objects.update(locked_at=clock.now())
        pending = PendingRow.objects.get()
        with pytest.raises(RowRefused, match="已锁定"):
            mending.mend(pending_id=pending.pk, cells={"G": "1"}, by=house.by)
        mending.mend(pending_id=pending.pk, cells={"G": "1"}, by=house.by, reason="补录漏登")
        assert Issue.objects.count() == 2
        assert [one.reason for one in Supplement.objects.all()] == ["补录漏登"]
        assert Issue.objects.filter(supplement__isnull=False).count() == 1

    def test_a_dropped_row_needs_a_reason(self, house: House) -> None:
        _bring(house, ledger([row(1), row(2, 数量="若干")]), skip_errors=True)
        pending = PendingRow.objects.get()
        with pytest.raises(RowRefused, match="理由"):
            settling.drop(pending_id=pending.pk, reason="  ", by=house.by)
        settling.drop(pending_id=pending.pk, reason="与第1行重复", by=house.by)
        pending.refresh_from_db()
        assert (pending.status, pending.settled_by) == ("dropped", house.by)

    def test_a_later_file_that_holds_the_row_settles_it(self, house: House) -> None:
        _bring(house, ledger([row(1), row(2, 数量="若干"), row(3, 数量="几户")]), skip_errors=True)
        _bring(house, ledger([row(1), row(2, 数量="2"), row(4)]), skip_errors=True)
        assert list(PendingRow.objects.order_by("row").values_list("status", flat=True)) == [
            "mended",
            "pending",
        ]

    def test_a_row_wrong_again_waits_once(self, house: House) -> None:
        content = ledger([row(1), row(2, 数量="若干")])
        _bring(house, content, skip_errors=True)
        _bring(house, content, skip_errors=True)
        assert PendingRow.objects.filter(status="pending").count() == 1


class TestTakingBack:
    def test_an_import_nobody_acted_on_goes_whole(self, house: House) -> None:
        _bring(
            house,
            ledger([row(1, 完成="已完成", 完成时间="2018年5月2日"), row(2, 数量="若干")]),
            skip_errors=True,
        )
        source = Import.objects.get()
        withdrawal.withdraw(import_id=source.pk, by=house.by)
        issue = Issue.objects.get()
        assert (issue.state, issue.found, issue.claimed) == ("withdrawn", 0, 0)
        assert not Issue.objects.present().exists()
        assert PendingRow.objects.get().status == "dropped"
        assert _counts(_bring(house, ledger([row(1)]))) == (1, 0, 0, 0, 0), "its identity is free again"

    def test_not_once_somebody_reported_on_an_item(self, house: House) -> None:
        _bring(house, ledger([row(1)]))
        issue = Issue.objects.get()
        moves = [issue_ledger.Move("claimed", issue.found, date(2018, 6, 1))]
        issue_ledger.post(item_id=issue.pk, moves=moves, by=house.by, cause="report")
        Issue.objects.filter(pk=issue.pk).update(version=2)
        with pytest.raises(WithdrawalRefused, match=issue.number):
            withdrawal.withdraw(import_id=Import.objects.get().pk, by=house.by)

    def test_a_file_not_written_is_given_up(self, house: House) -> None:
        source = receive(ledger([row(1)]), campaign=house.campaign, by=house.by)
        recognition.start(source.pk)
        withdrawal.abandon(import_id=source.pk, by=house.by)
        with pytest.raises(WithdrawalRefused):
            withdrawal.abandon(import_id=source.pk, by=house.by)
        with pytest.raises(DecisionRefused):
            deciding.confirm(import_id=source.pk, by=house.by, skip_errors=False, reason="")


class TestDeciding:
    def _ready(self, house: House, content: bytes) -> Import:
        source = receive(content, campaign=house.campaign, by=house.by)
        recognition.start(source.pk)
        source.refresh_from_db()
        assert source.status == "ready"
        return source

    def _key(self, source: Import, text: str) -> str:
        return next(one["key"] for one in source.report["decisions"] if one["raw"] == text)

    def test_an_unknown_unit_named_once_decides_all_its_rows(self, house: House) -> None:
        source = self._ready(house, ledger([row(1, 单位="县住房局"), row(2, 单位="县住房局"), row(3)]))
        assert source.report["error_rows"] == 2
        unit = Unit.objects.get(code="D-A")
        deciding.name_unit(import_id=source.pk, key=self._key(source, "县住房局"), unit=unit, by=house.by)
        source.refresh_from_db()
        assert (source.report["error_rows"], source.report["rows"]) == (0, 3)
        assert UnitName.objects.filter(unit=unit, name="县住房局", role="alias").exists()

    def test_a_new_unit_is_made_under_the_county(self, house: House) -> None:
        source = self._ready(house, ledger([row(1, 单位="县大数据局")]))
        deciding.make_unit(
            import_id=source.pk,
            key=self._key(source, "县大数据局"),
            name="某县大数据管理局",
            level="department",
            parent=house.county,
            by=house.by,
        )
        source.refresh_from_db()
        assert source.report["error_rows"] == 0
        made = Unit.objects.get(name="某县大数据管理局")
        assert made.parent == house.county
        assert made.names.filter(name="县大数据局").exists()

    def test_a_unit_outside_the_county_is_kept_as_text(self, house: House) -> None:
        source = self._ready(house, ledger([row(1, 单位="省水务集团")]))
        deciding.keep_as_text(import_id=source.pk, key=self._key(source, "省水务集团"), by=house.by)
        deciding.confirm(import_id=source.pk, by=house.by, skip_errors=False, reason="")
        running.run_queued(source.pk)
        part = Issue.objects.get().units.get()
        assert (part.name, part.unit) == ("省水务集团", None)

    def test_a_decision_can_be_undone(self, house: House) -> None:
        source = self._ready(house, ledger([row(1, 单位="省水务集团")]))
        key = self._key(source, "省水务集团")
        deciding.keep_as_text(import_id=source.pk, key=key, by=house.by)
        deciding.undo(import_id=source.pk, key=key)
        source.refresh_from_db()
        assert source.report["error_rows"] == 1

    def test_a_deadline_in_words_is_confirmed_as_read_or_set(self, house: House) -> None:
        source = self._ready(house, ledger([row(1, 时限="6月中旬前"), row(2, 时限="汛期前"), row(3)]))
        deciding.confirm_deadlines(import_id=source.pk, keys=[self._key(source, "6月中旬前")], by=house.by)
        source.refresh_from_db()
        deciding.set_deadline(
            import_id=source.pk,
            key=self._key(source, "汛期前"),
            deadline_class="dated",
            due_on=date(2018, 6, 15),
            is_long=False,
            by=house.by,
        )
        deciding.confirm(import_id=source.pk, by=house.by, skip_errors=False, reason="")
        running.run_queued(source.pk)
        told = {
            issue.ledger_number: (issue.due_on, issue.deadline_confirmed) for issue in Issue.objects.all()
        }
        assert told["1"] == (date(2018, 6, 20), True)
        assert told["2"] == (date(2018, 6, 15), True)

    def test_a_cell_put_right_makes_its_row_readable_and_the_file_stays(self, house: House) -> None:
        source = self._ready(house, ledger([row(1), row(2, 数量="若干")]))
        name = source.report["sheets"][0]["name"]
        deciding.correct(import_id=source.pk, cells={(name, 4, "G"): "3"})
        source.refresh_from_db()
        assert source.report["error_rows"] == 0
        assert "若干" in stored_path(source).read_text(encoding="utf-8")
        deciding.restore(import_id=source.pk, name=name, row=4)
        source.refresh_from_db()
        assert source.report["error_rows"] == 1

    def test_a_corrected_mapping_is_remembered_for_the_next_file_of_the_layout(self, house: House) -> None:
        source = self._ready(house, ledger([row(1, 进展="甲")]))
        name = source.report["sheets"][0]["name"]
        deciding.set_sheet(
            import_id=source.pk, name=name, kind="issues", header_rows=[2], columns={"J": "note"}
        )
        assert not LayoutMemory.objects.exists(), "remembered only once the person confirmed"
        deciding.confirm(import_id=source.pk, by=house.by, skip_errors=False, reason="")
        running.run_queued(source.pk)
        assert (Issue.objects.get().note, Issue.objects.get().progress) == ("甲", "")
        other = self._ready(house, ledger([row(1, 进展="乙")], title="某县另一份问题台账"))
        fields = {column["letter"]: column["field"] for column in other.report["sheets"][0]["columns"]}
        assert fields["J"] == "note"

    def test_the_reading_kept_for_the_pages_is_masked(self, house: House) -> None:
        rows = [row(1, household="张三丰", 数量="若干", 进展="电话13812345678"), row(2, household="李四海")]
        source = self._ready(house, ledger(rows))
        shown = str(source.report)
        for clear in ("张三丰", "13812345678", "李四海"):
            assert clear not in shown

    def test_nothing_is_decided_once_it_is_being_written(self, house: House) -> None:
        source = self._ready(house, ledger([row(1)]))
        Import.objects.filter(pk=source.pk).update(status="writing")
        with pytest.raises(DecisionRefused, match="正在写入"):
            deciding.correct(import_id=source.pk, cells={(source.report["sheets"][0]["name"], 3, "G"): "2"})


class TestSecrecy:
    @pytest.mark.parametrize("mark", ["机密★10年", "秘密★", "绝密"])
    def test_a_sheet_with_a_mark_is_refused_and_not_kept(self, house: House, mark: str) -> None:
        source = receive(ledger([row(1)], title=mark), campaign=house.campaign, by=house.by)
        with pytest.raises(UnreadableFile, match="不得处理涉密信息"):
            running.execute(source)
        source.refresh_from_db()
        assert source.status == "refused"
        assert not stored_path(source).exists()

    def test_a_file_name_with_a_mark_is_refused(self, house: House) -> None:
        source = receive(ledger([row(1)]), campaign=house.campaign, by=house.by, name="（机密）台账.csv")
        with pytest.raises(UnreadableFile, match="机密"):
            running.execute(source)

    def test_a_word_in_a_story_is_no_mark(self, house: House) -> None:
        story = "未落实秘密文件清退要求，机密室门锁损坏"
        assert _bring(house, ledger([row(1, 问题=story)]), name="保密检查机密室问题.csv").written
