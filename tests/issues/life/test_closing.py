"""Closing one issue through several hands, and everything that stands in its way."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import get_resolver

from issues.models import Closure, Issue
from issues.rules.records import ReturnReason
from issues.rules.stages import State
from issues.rules.workflow import Verb
from issues.services.life import assigning, closing
from issues.services.life.verifying import verify
from issues.services.workflow import Refused
from tests.issues.life.closing import TODAY, application, closed, finished, template, to_review, whole
from tests.issues.life.conftest import World
from townships.models import Event


def test_an_issue_is_closed_with_a_number_a_day_and_four_names(world: World) -> None:
    """W-114: one done, one struck off; the row stays readable."""
    template(world)
    issue = closed(world)
    closure = Closure.objects.get(issue=issue)
    assert issue.state == State.CLOSED
    assert issue.closed_on == TODAY
    assert closure.number == "XH2018-000001"
    hands = (closure.applied_by, closure.signed_by, closure.reviewed_by, closure.closed_by)
    assert hands == (world.cadre, world.head, world.staff, world.office)
    assert issue.verifications.count() == 1
    told = Event.objects.filter(subject_type="issue", subject_id=issue.pk).values_list("action", flat=True)
    assert list(told.order_by("seq")) == [
        "apply_closure", "sign_closure", "verify", "review_closure", "sign_off",
    ]  # fmt: skip


def test_one_of_four_statements_unanswered_refuses_the_application(world: World) -> None:
    """W-085."""
    template(world)
    issue = finished(world)
    answers = {"done": "已改", "roots": "已查", "rules": "已修订", "lesson": " "}
    with pytest.raises(Refused, match="共4项，还有1项没有回答：“责任人汲取教训”"):
        closing.apply(issue.pk, world.cadre, application(answers=answers))
    assert not Closure.objects.exists()


def test_closing_asks_what_looking_for_the_same_elsewhere_found(world: World) -> None:
    """W-077."""
    issue = finished(world)
    with pytest.raises(Refused, match="举一反三"):
        closing.apply(issue.pk, world.cadre, application(similar=""))
    closing.apply(issue.pk, world.cadre, application(mechanism="建立动态监测制度"))
    assert Closure.objects.get(issue=issue).mechanism == "建立动态监测制度"


def test_a_list_that_files_its_papers_asks_for_the_archive_number(world: World) -> None:
    """W-107."""
    template(
        world, needs_file_number=True, extra_fields=[{"name": "cost", "label": "投入资金", "at": "closing"}]
    )
    issue = finished(world)
    with pytest.raises(Refused, match="投入资金"):
        closing.apply(issue.pk, world.cadre, application(archive_number="A-1"))
    with pytest.raises(Refused, match="请填写档案号"):
        closing.apply(issue.pk, world.cadre, application(extra={"cost": "3万元"}))
    closing.apply(issue.pk, world.cadre, application(extra={"cost": "3万元"}, archive_number="A-1"))
    assert Closure.objects.get(issue=issue).answers["extra.cost"] == "3万元"


def test_who_verified_does_not_sign_off_and_nobody_closes_what_was_not_verified(world: World) -> None:
    issue = finished(world)
    to_review(world, issue)
    closing.review(issue.pk, world.staff, "同意")
    with pytest.raises(Refused, match="还没有核查记录"):
        closing.sign_off(issue.pk, world.office, TODAY)
    verify(issue.pk, world.office, whole())
    with pytest.raises(Refused, match="须由没有参与核查的人签字"):
        closing.sign_off(issue.pk, world.office, TODAY)
    closing.sign_off(issue.pk, world.second, TODAY)


def test_the_lead_department_reviews_before_the_office_signs(world: World) -> None:
    issue = finished(world)
    to_review(world, issue)
    verify(issue.pk, world.second, whole())
    with pytest.raises(Refused, match="主管部门还没有复核"):
        closing.sign_off(issue.pk, world.office, TODAY)


def test_the_day_of_closing_lies_between_the_last_check_and_today(world: World) -> None:
    issue = finished(world)
    to_review(world, issue)
    verify(issue.pk, world.staff, whole(date(2018, 6, 5)))
    closing.review(issue.pk, world.staff, "同意")
    with pytest.raises(Refused, match="早于最近一次核查或变动的日期2018-06-05"):
        closing.sign_off(issue.pk, world.office, date(2018, 6, 4))
    with pytest.raises(Refused, match="晚于今天"):
        closing.sign_off(issue.pk, world.office, date(2018, 6, 7))
    closing.sign_off(issue.pk, world.office, date(2018, 6, 5))
    assert Issue.objects.get(pk=issue.pk).closed_on == date(2018, 6, 5)


def test_the_head_may_not_sign_and_the_office_may_send_it_back(world: World) -> None:
    issue = finished(world)
    closing.apply(issue.pk, world.cadre, application())
    with pytest.raises(Refused, match="不能以主要负责人身份签字"):
        closing.sign(issue.pk, world.cadre)
    closing.recall(issue.pk, world.head, "两户未入住")
    to_review(world, issue)
    closing.give_back(issue.pk, world.office, ReturnReason.PAPER, "缺成效照片")
    issue.refresh_from_db()
    last = Closure.objects.filter(issue=issue).latest("id")
    assert issue.state == State.RECTIFYING
    assert (last.state, last.return_reason, last.return_words) == ("returned", "paper", "缺成效照片")
    to_review(world, issue)
    assert Closure.objects.filter(issue=issue).count() == 3


def test_a_closed_issue_stays_closed(world: World) -> None:
    issue = closed(world)
    with pytest.raises(Refused, match="已销号"):
        closing.sign_off(issue.pk, world.second, TODAY)
    with pytest.raises(Refused, match="已销号"):
        closing.apply(issue.pk, world.cadre, application())


def test_there_is_no_door_that_closes_many(world: World, client: Client) -> None:
    """W-114: no bulk 销号. Every address that signs off names one issue."""
    issues = [finished(world) for _ in range(2)]
    client.force_login(world.office)
    numbers = [issue.number for issue in issues]
    for path in ("/issues/sign_off/", "/issues/bulk/sign_off/", "/checks/sign_off/"):
        assert client.post(path, {"numbers": numbers}).status_code in (404, 405)
    patterns = str(get_resolver().reverse_dict) + str(get_resolver().namespace_dict["issues"][1].reverse_dict)
    assert Verb.SIGN_OFF.value not in patterns
    assert not Issue.objects.filter(state=State.CLOSED).exists()


def test_what_was_closed_unfiled_gets_its_file_number_and_stays_closed(world: World, client: Client) -> None:
    """W-107: done without file is 待归档 until the answering unit or the office files it, once."""
    kind = template(world)
    issue = closed(world)
    with pytest.raises(Refused, match="本清单不要求归档"):
        closing.file(issue.pk, world.cadre, "A-1")
    kind.needs_file_number = True
    kind.save()
    unfiled = f"/issues/?campaign={world.campaign.code}&measure=unfiled"
    client.force_login(world.cadre)
    page = f"/issues/{issue.number}/"
    assert "待归档" in client.get(page).content.decode()
    assert issue.number in client.get(unfiled).content.decode()
    with pytest.raises(Refused, match="不能"):
        closing.file(issue.pk, world.head, "A-1")
    with pytest.raises(Refused, match="由责任单位或整改办办理"):
        closing.file(issue.pk, world.staff, "A-1")
    with pytest.raises(Refused, match="请填写档案号"):
        closing.file(issue.pk, world.office, " ")
    assert client.post(f"{page}file/", {"archive_number": "档" * 61}).status_code == 422
    assert client.post(f"{page}file/", {"archive_number": "甲镇2018-001"}).status_code == 302
    issue.refresh_from_db()
    assert (issue.archive_number, issue.state) == ("甲镇2018-001", State.CLOSED)
    assert "甲镇2018-001" in client.get(page).content.decode()
    assert "甲镇2018-001" in client.get(f"{page}closure/").content.decode()
    assert issue.number not in client.get(unfiled).content.decode()
    with pytest.raises(Refused, match="已有档案号"):
        closing.file(issue.pk, world.office, "A-2")


def test_only_what_is_closed_is_filed(world: World) -> None:
    """W-107: before that the file number goes with the application."""
    template(world, needs_file_number=True)
    with pytest.raises(Refused, match="“已销号”才能归档"):
        closing.file(finished(world).pk, world.cadre, "A-1")


@pytest.mark.parametrize("units", [["other"], ["township", "other"]])
def test_with_other_units_an_application_goes_back(world: World, units: list[str]) -> None:
    """What one unit applied for, another unit's head does not sign."""
    issue = finished(world)
    closing.apply(issue.pk, world.cadre, application())
    named = tuple(assigning.Named.of(getattr(world, name)) for name in units)
    assigning.assign(issue.pk, world.office, units=assigning.Units(responsible=named), words="职责调整")
    closure = Closure.objects.get(issue=issue)
    assert (closure.state, closure.return_words) == ("returned", "责任单位已调整，须重新申请销号。")
    for head in (world.head, world.neighbour_head):
        with pytest.raises(Refused):
            closing.sign(issue.pk, head)
    told = Event.objects.filter(subject_type="issue", subject_id=issue.pk, action="assign").get().summary
    assert told.endswith("（销号申请退回，须重新申请）")


def test_with_another_supporting_unit_it_does_not(world: World) -> None:
    issue = finished(world)
    closing.apply(issue.pk, world.cadre, application())
    named = assigning.Named.of
    units = assigning.Units(responsible=(named(world.township),), support=(named(world.other),))
    assigning.assign(issue.pk, world.office, units=units, words="增加配合单位")
    assert Closure.objects.get(issue=issue).state == "awaiting_head"
    closing.sign(issue.pk, world.head)


def test_the_township_of_the_place_named_in_so_many_words_answers_as_before(world: World) -> None:
    issue = finished(world)
    issue.units.all().delete()
    closing.apply(issue.pk, world.cadre, application())
    units = assigning.Units(responsible=(assigning.Named.of(world.township),))
    assigning.assign(issue.pk, world.office, units=units, words="写明责任单位")
    assert Closure.objects.get(issue=issue).state == "awaiting_head"
