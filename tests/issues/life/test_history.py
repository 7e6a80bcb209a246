"""The history of an issue: every act once, in order, with who, when, why and what it moved, changed, showed."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

from django.db import transaction
from django.test import Client

from issues.models import Evidence, Issue, IssueList, ListTemplate
from issues.queries.history import Moment, moments_of
from issues.queries.story import load_issue
from issues.rules.stages import Cause, State
from issues.rules.workflow import Verb
from issues.services import ledger
from issues.services.life import locking, signing
from issues.services.workflow import begin, finish, note_change
from rectify.lib import clock
from tests.issues.life.conftest import World
from townships.models import User
from townships.services import events


@transaction.atomic
def claims(issue: Issue, by: User, quantity: int, narrative: str, *, shows: str = "") -> None:
    """An act as the services write it: the row held, the ledger moved, a field changed, one event."""
    held = begin(issue.pk, Verb.REPORT, by)
    move = ledger.Move("claimed", Decimal(quantity), date(2018, 6, 4))
    ledger.post(item_id=held.pk, moves=[move], by=by, cause="report", cause_id=7)
    note_change(held, "person", held.person, "李某", by=by, cause=Cause.REPORT, cause_id=7)
    if shows:
        Evidence.objects.create(
            issue=held, kind="after", name=shows, path="x", media_type="image/jpeg", size=1, sha256="0" * 64,
            source_sha256=shows, unit=by.unit, uploaded_by=by, uploaded_at=clock.now(),
        )  # fmt: skip
    finish(held, Verb.REPORT, by, narrative)


def told(issue: Issue, **sees: Any) -> list[Moment]:
    sees = {"sees_household": False, "sees_readers": False, **sees}
    return moments_of(load_issue(issue), **sees)


def test_an_act_and_what_it_wrote_are_one_moment(world: World) -> None:
    issue = world.issue(person="张某")
    claims(issue, world.cadre, 3, "填报完成3户：屋面已修", shows="屋面.jpg")
    moments = told(issue)
    assert [moment.text for moment in moments] == [
        "2018年1月10日，登记列入10户（补录）",
        "2018年6月6日，填报完成3户：屋面已修",
    ]
    assert moments[1].details == [
        "自报完成 +3户（2018年6月4日）",
        "责任人由“张某”改为“李某”",
        "佐证：成效照片《屋面.jpg》",
    ]
    assert moments[1].by.startswith("甲镇　cadre，2018-06-06 ")
    assert not moments[1].is_minor


def test_two_acts_of_one_day_stay_two_and_in_order(world: World) -> None:
    issue = world.issue(State.AWAITING_SIGNATURE)
    signing.sign(issue.pk, world.cadre)
    claims(issue, world.cadre, 1, "第一次填报")
    claims(issue, world.cadre, 2, "第二次填报")
    moments = told(issue)
    assert [moment.text.partition("，")[2] for moment in moments[1:]] == [
        "甲镇签收",
        "第一次填报",
        "第二次填报",
    ]
    assert moments[1].details == ["状态转为“待制定计划”"]
    assert [moment.details[0] for moment in moments[2:]] == [
        "自报完成 +1户（2018年6月4日）",
        "自报完成 +2户（2018年6月4日）",
    ]


def test_a_list_locked_on_the_demo_s_day_is_told_on_that_day(world: World) -> None:
    issue = world.issue(State.REGISTERED)
    IssueList.objects.update(locked_at=None, locked_by=None)
    locking.lock_list(issue.list_id, world.office)
    locked = told(issue)[-1]
    assert locked.text.startswith("2018年6月6日，清单锁定")
    assert "，2018-06-06 " in locked.by


def test_what_one_import_changed_is_one_moment(world: World) -> None:
    issue = world.issue()
    at = clock.now()
    for field, before, after in (("person", "张某", "李某"), ("note", "", "已约谈")):
        issue.changes.create(
            field=field, before=before, after=after, changed_at=at, changed_by=world.office,
            cause="import", cause_id=3,
        )  # fmt: skip
    moment = told(issue)[-1]
    assert moment.text == "2018年6月6日，台账导入，改动2项"
    assert moment.details == ["责任人由“张某”改为“李某”", "补填备注“已约谈”"]


def test_who_took_it_out_is_told_to_the_office_alone(client: Client, world: World) -> None:
    issue = world.issue()
    events.record(
        subject_type="issue", subject_id=issue.pk, action="view_clear", summary="查看户主全名，用途：入户",
        by=world.staff,
    )  # fmt: skip
    assert any("入户" in moment.text for moment in told(issue, sees_readers=True))
    for user, sees in ((world.office, True), (world.cadre, False)):
        client.force_login(user)
        page = unescape(client.get(f"/issues/{issue.number}/").content.decode())
        assert ("入户" in page) is sees
        assert (f"/audit/?subject_type=issue&subject_id={issue.pk}" in page) is sees


def test_the_audit_trail_of_one_issue_has_words_for_every_act(client: Client, world: World) -> None:
    issue, another = world.issue(State.AWAITING_SIGNATURE), world.issue(State.AWAITING_SIGNATURE)
    signing.sign(issue.pk, world.cadre)
    signing.sign(another.pk, world.cadre)
    client.force_login(world.office)
    page = client.get(f"/audit/?subject_type=issue&subject_id={issue.pk}").content.decode()
    assert page.count("甲镇签收") == 1
    assert "<td>签收</td>" in page
    assert f"问题 {issue.pk}" in page


def test_the_list_s_own_word_for_a_state_stands_on_page_and_list(client: Client, world: World) -> None:
    world.listed.template = ListTemplate.objects.create(
        code="audit", name="审计整改", state_words={"rectifying": "正在整改"}
    )
    world.listed.save()
    issue = world.issue()
    client.force_login(world.cadre)
    page = client.get(f"/issues/{issue.number}/").content.decode()
    assert '<span class="state">正在整改</span>' in page
    assert "自2018年6月6日" in page
    assert '<span class="state">正在整改</span>' in client.get("/issues/").content.decode()


def test_the_next_step_is_the_one_primary_act(client: Client, world: World) -> None:
    issue = world.issue(State.AWAITING_SIGNATURE)
    client.force_login(world.cadre)
    page = unescape(client.get(f"/issues/{issue.number}/").content.decode())
    offers = page[page.index("我能做什么") : page.index("现在不能做的")]
    assert offers.count("btn-primary") == 1
    assert re.search(r'btn-primary" href="/issues/[^"]+/sign/">签收<', offers)
    refused = page[page.index("现在不能做的") : page.index('id="facts"')]
    assert "才能立行立改，直接整改" in refused


def test_verifying_is_the_next_step_once_something_is_claimed(client: Client, world: World) -> None:
    for claimed, is_next in (((), False), ([(3, date(2018, 6, 1))], True)):
        issue = world.issue(claims=claimed)
        client.force_login(world.office)
        page = client.get(f"/issues/{issue.number}/").content.decode()
        assert (f'btn-primary" href="/issues/{issue.number}/verify/"' in page) is is_next
