"""Reporting: once however often it is sent (invariant 7), never more than is left, corrected by a new one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from issues.models import FieldChange, Issue, IssueEntry, Report
from issues.rules.reporting import Said, receipt
from issues.rules.stages import State
from issues.services import ledger
from issues.services.life import reports
from issues.services.workflow import Missing, Refused, Stale
from tests.issues.life.conftest import World
from townships.models import Event

DAY = date(2018, 6, 5)


@pytest.fixture
def say(world: World) -> Callable[..., reports.Submitted]:
    """Report as the cadre of 甲镇: 3 户 on the day before, unless said otherwise."""

    def said(issue: Issue, **given: Any) -> reports.Submitted:
        facts: dict[str, Any] = {"client_id": uuid4(), "quantity": Decimal(3), "happened_on": DAY, **given}
        return reports.submit(facts.pop("user", world.cadre), issue.number, **facts)

    return said


Say = Callable[..., reports.Submitted]


def test_a_report_moves_the_claim_says_a_word_and_gives_a_receipt(world: World, say: Say) -> None:
    issue = world.issue(progress="已动员")
    stored = say(issue, narrative="已搬入新房3户")
    assert stored.is_new
    assert re.fullmatch(r"HZ20180606-[2-9A-HJ-NP-Z]{8}", stored.report.receipt)
    entry = IssueEntry.objects.get(item=issue, stage="claimed")
    assert (entry.quantity, entry.happened_on, entry.cause, entry.cause_id) == (
        3, DAY, "report", stored.report.pk,
    )  # fmt: skip
    before, issue = issue, Issue.objects.get(pk=issue.pk)
    assert (issue.claimed, issue.last_word_on, issue.progress) == (3, DAY, "已搬入新房3户")
    assert issue.version > before.version
    change = FieldChange.objects.get(issue=issue, field="progress")
    assert (change.before, change.after, change.cause_id) == ("已动员", "已搬入新房3户", stored.report.pk)
    event = Event.objects.get(subject_type="issue", subject_id=issue.pk, action="report")
    assert event.summary == "甲镇填报2018年6月5日完成3户：已搬入新房3户"
    assert event.facts["receipt"] == stored.report.receipt


def test_a_report_is_some_fifteen_statements_and_one_update_of_the_issue(world: World, say: Say) -> None:
    """Issue 3, speed: at most three times the plain INSERTs and UPDATEs; measured by ``make bench``."""
    issue = world.issue(units=[world.township, world.department])
    say(issue, narrative="第一次")
    version = Issue.objects.get(pk=issue.pk).version
    with CaptureQueriesContext(connection) as asked:
        say(issue, quantity=Decimal(1), narrative="第二次")
    statements = [one["sql"] for one in asked if not one["sql"].startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
    assert len([sql for sql in statements if 'UPDATE "issues_issue" SET' in sql]) == 1
    assert Issue.objects.get(pk=issue.pk).version == version + 1
    assert len(statements) == 15


def test_the_same_sent_again_is_the_same_report(world: World, say: Say) -> None:
    """Invariant 7; also when nothing would be left for a second one."""
    issue, client_id = world.issue(), uuid4()
    first = say(issue, client_id=client_id, quantity=Decimal(10), narrative="全部完成")
    again = say(issue, client_id=client_id, quantity=Decimal("10.0"), narrative=" 全部完成\r\n")
    assert (again.report, again.is_new) == (first.report, False)
    assert Report.objects.count() == 1
    Issue.objects.filter(pk=issue.pk).update(state=State.CLOSED)
    assert say(issue, client_id=client_id, quantity=Decimal(10), narrative="全部完成").report == first.report


def test_the_same_client_id_with_other_content_is_refused_before_any_other_guard(
    world: World, say: Say
) -> None:
    issue, client_id = world.issue(), uuid4()
    say(issue, client_id=client_id)
    for other in (
        {"quantity": Decimal(99)},
        {"quantity": Decimal("NaN")},
        {"happened_on": date(2019, 1, 1)},
        {"narrative": "别的"},
    ):
        with pytest.raises(reports.ClientIdTaken) as refused:
            say(issue, client_id=client_id, **other)
        assert refused.value.code == "client_id_reused"
    elsewhere = world.issue(units=[world.other], township=world.other)
    with pytest.raises(reports.ClientIdTaken):
        say(elsewhere, client_id=client_id)
    assert Report.objects.count() == 1


def test_a_client_id_is_looked_up_only_among_the_callers_own(world: World, say: Say) -> None:
    mine, client_id = world.issue(units=[world.township, world.other]), uuid4()
    say(mine, client_id=client_id)
    other = say(mine, client_id=client_id, user=world.neighbour, quantity=Decimal(1))
    assert other.is_new
    assert Report.objects.filter(client_id=client_id).count() == 2


def test_more_than_is_left_is_refused_and_says_what_is_left(world: World, say: Say) -> None:
    issue = world.issue()
    say(issue, quantity=Decimal(8))
    with pytest.raises(Refused, match="只剩2户未整改") as refused:
        say(issue, quantity=Decimal("2.5"))
    assert refused.value.code == "too_much"
    say(issue, quantity=Decimal(2))
    with pytest.raises(Refused, match="数量请填0"):
        say(issue, quantity=Decimal(1))


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2018, 6, 7), "晚于今天"), (date(2018, 1, 9), "早于问题列入的日期（2018年1月10日）")],
)
def test_a_date_out_of_order_is_refused(world: World, say: Say, day: date, words: str) -> None:
    issue = world.issue()
    for quantity in (Decimal(1), Decimal(0)):
        with pytest.raises(Refused, match=words) as refused:
            say(issue, happened_on=day, quantity=quantity, narrative="词")
        assert refused.value.code == "date_out_of_order"


def test_a_day_before_something_was_found_is_out_of_order_for_it(world: World, say: Say) -> None:
    issue = world.issue(quantity=1)
    ledger.post(
        item_id=issue.pk,
        moves=[ledger.Move("found", Decimal(5), date(2018, 5, 1))],
        by=world.office,
        cause="correction",
    )
    with pytest.raises(Refused, match="2018-04-01") as refused:
        say(issue, happened_on=date(2018, 4, 1))
    assert refused.value.code == "date_out_of_order"
    assert not Report.objects.exists()


def test_zero_is_a_word_without_movement(world: World, say: Say) -> None:
    """W-020, W-027: it is kept and shown, and no quantity moves."""
    issue = world.issue(is_stated=False)
    say(issue, quantity=Decimal(0), narrative="已开会部署")
    assert not IssueEntry.objects.filter(item=issue, stage="claimed").exists()
    issue.refresh_from_db()
    assert (issue.claimed, issue.stated_on, issue.last_word_on) == (0, DAY, DAY)
    with pytest.raises(Refused, match="写明进展"):
        say(issue, quantity=Decimal(0))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"quantity": Decimal(-1)}, "invalid"),
        ({"quantity": Decimal("0.0000001")}, "invalid"),
        ({"quantity": Decimal("Infinity")}, "invalid"),
        ({"amount": Decimal("-0.5")}, "invalid"),
        ({"narrative": "字" * 2001}, "invalid"),
        ({"amount": Decimal(1)}, "too_much"),
        ({"quantity": Decimal("1E+400")}, "too_much"),
        ({"narrative": "机密★10年"}, "secret"),
    ],
)
def test_bad_input_is_refused_in_words_and_nothing_is_stored(
    world: World, say: Say, given: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        say(world.issue(), **given)
    assert refused.value.code == code
    assert not Report.objects.exists()


def test_money_moves_with_the_claim(world: World, say: Say) -> None:
    issue = world.issue(amount="20")
    say(issue, amount=Decimal("6.5"))
    issue.refresh_from_db()
    assert (issue.claimed, issue.amount_claimed) == (3, Decimal("6.5"))


def test_who_does_not_answer_or_may_not_report_is_refused(world: World, say: Say) -> None:
    issue = world.issue()
    with pytest.raises(Missing):
        say(issue, user=world.neighbour)
    with pytest.raises(Refused, match="不能填报进展"):
        say(issue, user=world.head)
    with pytest.raises(Refused, match="不是这个问题的牵头单位"):
        say(issue, user=world.staff)
    with pytest.raises(Missing):
        reports.submit(world.cadre, "WT-none", client_id=uuid4(), quantity=Decimal(1), happened_on=DAY)


def test_a_form_opened_before_somebody_else_acted_is_stale_but_a_resent_one_is_not(
    world: World, say: Say
) -> None:
    issue, client_id = world.issue(), uuid4()
    first = say(issue, client_id=client_id, version=issue.version)
    assert say(issue, client_id=client_id, version=issue.version).report == first.report
    with pytest.raises(Stale):
        say(issue, version=issue.version)


def test_words_taken_over_name_their_source(world: World, say: Say) -> None:
    issue = world.issue()
    first = say(issue, narrative="正在砌墙").report
    again = say(issue, narrative="正在砌墙", copied_from=first.pk).report
    assert again.copied_from == first
    hidden = world.issue(units=[world.other], township=world.other)
    theirs = say(hidden, user=world.neighbour, narrative="别处").report
    assert say(issue, narrative="别处", copied_from=theirs.pk).report.copied_from is None


# --- corrections --------------------------------------------------------------------------------------------


def _correct(world: World, issue: Issue, report: Report, difference: Any, **given: Any) -> reports.Submitted:
    facts: dict[str, Any] = {"client_id": uuid4(), "narrative": "多报了", **given}
    who = facts.pop("user", world.cadre)
    return reports.correct(who, issue.number, report_id=report.pk, difference=Decimal(difference), **facts)


def test_a_correction_is_a_new_report_on_the_day_of_the_old_one(world: World, say: Say) -> None:
    issue = world.issue()
    old = say(issue, quantity=Decimal(5), narrative="完成五户").report
    client_id = uuid4()
    new = _correct(world, issue, old, -2, client_id=client_id)
    assert not _correct(world, issue, old, -2, client_id=client_id).is_new
    assert (new.report.corrects, new.report.quantity, new.report.happened_on) == (old, -2, DAY)
    issue.refresh_from_db()
    assert (issue.claimed, issue.progress) == (3, "完成五户")
    event = Event.objects.get(subject_id=issue.pk, subject_type="issue", action="correct_report")
    assert event.summary == "甲镇更正2018年6月5日的填报，减少完成2户：多报了"
    _correct(world, issue, old, "1.5")
    issue.refresh_from_db()
    assert issue.claimed == Decimal("4.5")


def test_a_correction_takes_back_no_more_than_was_said_and_nothing_that_was_confirmed(
    world: World, say: Say
) -> None:
    issue = world.issue()
    old = say(issue, quantity=Decimal(5)).report
    say(issue, quantity=Decimal(4))
    _correct(world, issue, old, -1)
    with pytest.raises(Refused, match="现在只有4户") as refused:
        _correct(world, issue, old, -5)
    assert refused.value.code == "too_much"
    with pytest.raises(Refused, match="只剩2户未整改"):
        _correct(world, issue, old, 3)
    ledger.post(
        item_id=issue.pk,
        moves=[ledger.Move("confirmed", Decimal(7), date(2018, 6, 6))],
        by=world.staff,
        cause="verification",
    )
    with pytest.raises(Refused, match="核实认定超过自报完成"):
        _correct(world, issue, old, -2)
    _correct(world, issue, old, -1)


def test_only_a_report_of_the_own_unit_is_corrected_with_words_and_a_difference(
    world: World, say: Say
) -> None:
    issue = world.issue(units=[world.township, world.other])
    theirs = say(issue, user=world.neighbour).report
    own = say(issue).report
    correction = _correct(world, issue, own, -1).report
    for report in (theirs, correction):
        with pytest.raises(Refused, match="选择本单位"):
            _correct(world, issue, report, -1)
    with pytest.raises(Refused, match="不能是零"):
        _correct(world, issue, own, 0)
    with pytest.raises(Refused, match="更正的原因"):
        _correct(world, issue, own, -1, narrative=" ")


def test_a_receipt_cannot_be_guessed() -> None:
    assert receipt(date(2018, 6, 6), lambda alphabet: alphabet[-1]) == "HZ20180606-ZZZZZZZZ"


def test_the_issues_number_belongs_to_the_content() -> None:
    one = Said("WT1", Decimal(3), DAY)
    assert one.digest == Said("WT1", Decimal("3.000"), DAY).digest
    assert Said("WT1", Decimal(0), DAY).digest == Said("WT1", Decimal("-0.0"), DAY).digest
    assert one.digest != Said("WT2", Decimal(3), DAY).digest
